// Three pixels in two words: products of three inputs with one weight by two multiplications.  For cores whose multiply-add
// takes 32 bits: Cortex-M0, M3, RV32IMC.
//
// Of three pixels' inputs x0, x1, x2 under one tap the words
//   a = x0 + 2^21·x1        b = x2 + 2^10·x1
// are multiplied by the tap's weight and summed up modulo 2^32:
//   A = S0 + 2^21·S1        B = S2 + 2^10·S1
// Sums of 21 bits can be told apart again: S0 is A's low 21 bits, signed; what remains of A gives S1 modulo 2^11; with that
// taken from B its low 21 bits are S2, and what remains are S1's upper bits.  Where a window has so many taps that 21 bits
// might not do, it is summed in segments of taps; the host proves for each that −2^20 ≤ S < 2^20.
//
// Weights: fours of output channels; in a four tap after tap, of each tap the bytes of its channels.  Taps are filled up
// with zeros to whole segments, a segment to a multiple of 4.
// Inputs: of each tap the words a, b.
#ifndef MOTE_NN_TRIPLE_TRIPLE_H
#define MOTE_NN_TRIPLE_TRIPLE_H

#include "mote/base/fixed_short.h"
#include "mote/base/rom.h"

namespace mote {

// A pair of words, and the products of one tap added to it.
struct TripleWords {
  uint32_t a, b;
};
MOTE_KERNEL void triple_product(uint32_t a, uint32_t b, int8_t weight, TripleWords& sum) {
  const uint32_t w = (uint32_t)(int32_t)weight;
  sum.a += a * w;
  sum.b += b * w;
}

// Adds nothing to what was there: sums[2c], sums[2c + 1] become A and B of channel c of the four.
// x: `taps` pairs of words; weights: `taps` fours; taps is a multiple of 4, not 0.
//
// Instructions for the 48 products of four taps: ARMv7-M 54, ARMv6-M 106 (twice 53).
#if MOTE_SHORT_ARMV7M
__attribute__((naked, noinline)) inline void triple_products(const uint32_t*, Rom<int8_t>, int32_t,
                                                             uint32_t*) {
  __asm__ volatile(
      "push {r3-r11, lr}\n\t"
      "add lr, r0, r2, lsl #3\n\t"
      "movs r4, #0\n\t"
      "movs r5, #0\n\t"
      "movs r6, #0\n\t"
      "movs r7, #0\n\t"
      "mov r8, #0\n\t"
      "mov r9, #0\n\t"
      "mov r10, #0\n\t"
      "mov r11, #0\n"
#define MOTE_TRIPLE_TAP       \
  "ldrd r2, r3, [r0], #8\n\t" \
  "ldrsb r12, [r1], #1\n\t"   \
  "mla r4, r2, r12, r4\n\t"   \
  "mla r5, r3, r12, r5\n\t"   \
  "ldrsb r12, [r1], #1\n\t"   \
  "mla r6, r2, r12, r6\n\t"   \
  "mla r7, r3, r12, r7\n\t"   \
  "ldrsb r12, [r1], #1\n\t"   \
  "mla r8, r2, r12, r8\n\t"   \
  "mla r9, r3, r12, r9\n\t"   \
  "ldrsb r12, [r1], #1\n\t"   \
  "mla r10, r2, r12, r10\n\t" \
  "mla r11, r3, r12, r11\n\t"
      "1:\n\t" MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP
#undef MOTE_TRIPLE_TAP
      "cmp r0, lr\n\t"
      "bne 1b\n\t"
      "pop {r3}\n\t"
      "stm r3, {r4-r11}\n\t"
      "pop {r4-r11, pc}");
}
#elif MOTE_SHORT_ARMV6M
// Two channels at a time: A and B of each in r8 … r11, the weights at [r1 + r6] and [r7 + r6], r6 from −4·taps up to 0.
__attribute__((naked, noinline)) inline void triple_products(const uint32_t*, Rom<int8_t>, int32_t,
                                                             uint32_t*) {
  __asm__ volatile(
      ".syntax unified\n\t"
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r0, r3-r7}\n\t"  // x, sums, r8 … r11
      "lsls r2, r2, #2\n\t"
      "mov r12, r2\n\t"
      "adds r1, r1, r2\n\t"
      "mov lr, r3\n"
      "2:\n\t"
      "movs r4, #0\n\t"
      "mov r8, r4\n\t"
      "mov r9, r4\n\t"
      "mov r10, r4\n\t"
      "mov r11, r4\n\t"
      "mov r6, r12\n\t"
      "rsbs r6, r6, #0\n\t"
      "adds r7, r1, #1\n"
#define MOTE_TRIPLE_TAP     \
  "ldmia r0!, {r2, r3}\n\t" \
  "ldrsb r4, [r1, r6]\n\t"  \
  "movs r5, r4\n\t"         \
  "muls r5, r2\n\t"         \
  "add r8, r5\n\t"          \
  "muls r4, r3\n\t"         \
  "add r9, r4\n\t"          \
  "ldrsb r4, [r7, r6]\n\t"  \
  "muls r2, r4\n\t"         \
  "add r10, r2\n\t"         \
  "muls r3, r4\n\t"         \
  "add r11, r3\n\t"         \
  "adds r6, #4\n\t"
      "1:\n\t" MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP MOTE_TRIPLE_TAP
#undef MOTE_TRIPLE_TAP
      "bne 1b\n\t"
      "mov r2, lr\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "stmia r2!, {r4-r7}\n\t"
      "mov lr, r2\n\t"
      "ldr r0, [sp]\n\t"
      "adds r1, #2\n\t"
      "ldr r4, [sp, #4]\n\t"
      "adds r4, #32\n\t"
      "cmp r2, r4\n\t"
      "bne 2b\n\t"
      "pop {r0, r3-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r4-r7, pc}");
}
#else
MOTE_NOINLINE inline void triple_products(const uint32_t* x, Rom<int8_t> weights, int32_t taps,
                                          uint32_t* sums) {
  TripleWords c0 = {0, 0}, c1 = {0, 0}, c2 = {0, 0}, c3 = {0, 0};
  const uint32_t* const end = x + 2 * taps;
  do {
    triple_product(x[0], x[1], weights[0], c0);
    triple_product(x[0], x[1], weights[1], c1);
    triple_product(x[0], x[1], weights[2], c2);
    triple_product(x[0], x[1], weights[3], c3);
    triple_product(x[2], x[3], weights[4], c0);
    triple_product(x[2], x[3], weights[5], c1);
    triple_product(x[2], x[3], weights[6], c2);
    triple_product(x[2], x[3], weights[7], c3);
    x += 4;
    weights = weights + 8;
  } while (x != end);
  sums[0] = c0.a, sums[1] = c0.b, sums[2] = c1.a, sums[3] = c1.b;
  sums[4] = c2.a, sums[5] = c2.b, sums[6] = c3.a, sums[7] = c3.b;
}
#endif

// The three sums in A and B.
struct TripleSums {
  int32_t s0, s1, s2;
};
MOTE_KERNEL TripleSums triple_split(uint32_t a, uint32_t b) {
  TripleSums sums;
  sums.s0 = (int32_t)(a << 11) >> 11;
  const int32_t high = (int32_t)(a - (uint32_t)sums.s0);  // 2^21·(S1 modulo 2^11)
  b -= (uint32_t)(high >> 11);
  sums.s2 = (int32_t)(b << 11) >> 11;
  sums.s1 = ((int32_t)(b - (uint32_t)sums.s2) >> 10) + (high >> 21);
  return sums;
}

// Inputs of three pixels under `count` taps in a row: fills x, returns its end.
MOTE_NOINLINE inline uint32_t* triple_inputs(const int8_t* in0, const int8_t* in1, const int8_t* in2,
                                             int32_t count, uint32_t* x) {
  for (int32_t i = 0; i < count; ++i) {
    const uint32_t x0 = (uint32_t)(int32_t)in0[i], x1 = (uint32_t)(int32_t)in1[i],
                   x2 = (uint32_t)(int32_t)in2[i];
    x[0] = x0 + (x1 << 21);
    x[1] = x2 + (x1 << 10);
    x += 2;
  }
  return x;
}

struct TripleRange {
  int32_t offset, low, high;  // zero point of the output, bounds
};

struct TripleChannel {
  int32_t twice_bias, multiplier, right;
};

// What the outputs of three pixels need beside their inputs.
struct TripleOutputs {
  Rom<int8_t> weights;
  Rom<int32_t> bias;  // with the zero point of the input folded in, doubled
  Rom<int32_t> multiplier;
  Rom<int8_t> right;  // 1 … 31: the shift to the right
  int32_t taps;       // of a segment
  int32_t segments;
  int32_t channels;
  TripleRange range;
};

// Three outputs of one channel; `twice_bias` is doubled by the host.
template <bool whole>
MOTE_KERNEL void triple_finish(const TripleSums& sums, int32_t twice_bias, int32_t multiplier, int32_t right,
                               const TripleRange& range, int8_t* out0, int8_t* out1, int8_t* out2) {
  const int32_t y2 = requantize_short(sums.s2, twice_bias, multiplier, right, range.offset);
  const int32_t y1 = requantize_short(sums.s1, twice_bias, multiplier, right, range.offset);
  const int32_t y0 = requantize_short(sums.s0, twice_bias, multiplier, right, range.offset);
  *out2 = clamp_short<whole>(y2, range.low, range.high);
  *out1 = clamp_short<whole>(y1, range.low, range.high);
  *out0 = clamp_short<whole>(y0, range.low, range.high);
}

#if MOTE_SHORT_ARMV6M
// Outputs in the whole range of s8 of `count` triples; a pixel that is written to the place of another comes first.
struct TripleRowArmv6m {
  int32_t step;
  const uint32_t* end;  // of the sums
  int32_t bias, right;
  int8_t *out0, *out1, *out2;
  int32_t offset;
  const uint32_t* sums;
  int32_t multiplier_low, multiplier_high;
};
struct TripleChannelsArmv6m {
  const int32_t *twice_bias, *multiplier;
  const int8_t* right;
  const uint32_t* end;
  int8_t *out0, *out1, *out2;
  int32_t offset;
  const uint32_t* sums;
};

// The three sums of the pair at r7, with the bias of lr: s2 in r0, s1 in r11, s0 in r12.
#define MOTE_TRIPLE_SPLIT_ARMV6M \
  "ldmia r7!, {r0, r1}\n\t"      \
  "lsls r2, r0, #11\n\t"         \
  "asrs r2, r2, #11\n\t"         \
  "subs r0, r0, r2\n\t"          \
  "add r2, lr\n\t"               \
  "mov r12, r2\n\t"              \
  "asrs r2, r0, #11\n\t"         \
  "subs r1, r1, r2\n\t"          \
  "lsls r2, r1, #11\n\t"         \
  "asrs r2, r2, #11\n\t"         \
  "subs r1, r1, r2\n\t"          \
  "asrs r1, r1, #10\n\t"         \
  "asrs r0, r0, #21\n\t"         \
  "adds r1, r1, r0\n\t"          \
  "add r1, lr\n\t"               \
  "mov r11, r1\n\t"              \
  "movs r0, r2\n\t"              \
  "add r0, lr\n\t"
// r0 requantized, limited to s8, stored to [out]; the limits are at `far` and lead back to `back`.
#define MOTE_TRIPLE_OUTPUT_ARMV6M(out, far, back) \
  MOTE_SHORT_REQUANTIZE_ARMV6M                    \
  "sxtb r1, r0\n\t"                               \
  "cmp r1, r0\n\t"                                \
  "bne " far "f\n" back                           \
  ":\n\t"                                         \
  "mov r1, " out                                  \
  "\n\t"                                          \
  "strb r0, [r1]\n\t"
#define MOTE_TRIPLE_FAR_ARMV6M(far, back) \
  far ":\n\t"                             \
      "asrs r0, r0, #31\n\t"              \
      "movs r1, #127\n\t"                 \
      "eors r0, r1\n\t"                   \
      "b " back "b\n"
#define MOTE_TRIPLE_ENTER_ARMV6M \
  ".syntax unified\n\t"          \
  "push {r4-r7, lr}\n\t"         \
  "mov r4, r8\n\t"               \
  "mov r5, r9\n\t"               \
  "mov r6, r10\n\t"              \
  "mov r7, r11\n\t"              \
  "push {r4-r7}\n\t"             \
  "ldmia r0!, {r1-r7}\n\t"       \
  "mov r8, r5\n\t"               \
  "mov r9, r6\n\t"               \
  "mov r10, r7\n\t"
#define MOTE_TRIPLE_LEAVE_ARMV6M \
  "pop {r4-r7}\n\t"              \
  "mov r8, r4\n\t"               \
  "mov r9, r5\n\t"               \
  "mov r10, r6\n\t"              \
  "mov r11, r7\n\t"              \
  "pop {r4-r7, pc}\n"

__attribute__((naked, noinline)) inline void triple_row_armv6m(const TripleRowArmv6m*) {
  __asm__ volatile(MOTE_TRIPLE_ENTER_ARMV6M
                   "mov lr, r3\n\t"
                   "mov r5, r4\n\t"
                   "ldmia r0!, {r6, r7}\n\t"
                   "ldmia r0!, {r3, r4}\n\t"
                   "push {r1, r2}\n"
                   "1:\n\t" MOTE_TRIPLE_SPLIT_ARMV6M MOTE_TRIPLE_OUTPUT_ARMV6M("r10", "2", "3")
                   "mov r0, r11\n\t" MOTE_TRIPLE_OUTPUT_ARMV6M("r9", "4", "5")
                   "mov r0, r12\n\t" MOTE_TRIPLE_OUTPUT_ARMV6M("r8", "6", "7")
                   "ldr r0, [sp]\n\t"
                   "add r8, r0\n\t"
                   "add r9, r0\n\t"
                   "add r10, r0\n\t"
                   "ldr r0, [sp, #4]\n\t"
                   "cmp r7, r0\n\t"
                   "bne 1b\n\t"
                   "add sp, #8\n\t" MOTE_TRIPLE_LEAVE_ARMV6M MOTE_TRIPLE_FAR_ARMV6M("2", "3")
                   MOTE_TRIPLE_FAR_ARMV6M("4", "5") MOTE_TRIPLE_FAR_ARMV6M("6", "7"));
}

__attribute__((naked, noinline)) inline void triple_channels_armv6m(const TripleChannelsArmv6m*) {
  __asm__ volatile(MOTE_TRIPLE_ENTER_ARMV6M
                   "ldmia r0!, {r6, r7}\n\t"
                   "push {r1-r4}\n"
                   "1:\n\t"
                   "ldr r0, [sp]\n\t"
                   "ldmia r0!, {r1}\n\t"
                   "str r0, [sp]\n\t"
                   "asrs r1, r1, #1\n\t"
                   "mov lr, r1\n\t"
                   "ldr r0, [sp, #4]\n\t"
                   "ldmia r0!, {r4}\n\t"
                   "str r0, [sp, #4]\n\t"
                   "uxth r3, r4\n\t"
                   "lsrs r4, r4, #16\n\t"
                   "ldr r0, [sp, #8]\n\t"
                   "ldrb r5, [r0]\n\t"
                   "adds r0, #1\n\t"
                   "str r0, [sp, #8]\n\t" MOTE_TRIPLE_SPLIT_ARMV6M MOTE_TRIPLE_OUTPUT_ARMV6M("r10", "2", "3")
                   "mov r0, r11\n\t" MOTE_TRIPLE_OUTPUT_ARMV6M("r9", "4", "5")
                   "mov r0, r12\n\t" MOTE_TRIPLE_OUTPUT_ARMV6M("r8", "6", "7")
                   "movs r0, #1\n\t"
                   "add r8, r0\n\t"
                   "add r9, r0\n\t"
                   "add r10, r0\n\t"
                   "ldr r0, [sp, #12]\n\t"
                   "cmp r7, r0\n\t"
                   "bne 1b\n\t"
                   "add sp, #16\n\t" MOTE_TRIPLE_LEAVE_ARMV6M MOTE_TRIPLE_FAR_ARMV6M("2", "3")
                   MOTE_TRIPLE_FAR_ARMV6M("4", "5") MOTE_TRIPLE_FAR_ARMV6M("6", "7"));
}
#endif

// `count` triples of one channel, their words in `sums`; outputs are `step` bytes apart.
template <bool whole>
MOTE_NOINLINE inline void triple_finish_row(const uint32_t* sums, int32_t count, const TripleChannel& channel,
                                            const TripleRange& range, int8_t* out0, int8_t* out1,
                                            int8_t* out2, int32_t step) {
  const int32_t twice_bias = channel.twice_bias, multiplier = channel.multiplier, right = channel.right;
#if MOTE_SHORT_ARMV6M
  if (whole) {
    const TripleRowArmv6m row = {
        step, sums + 2 * count,    twice_bias >> 1, right, out0, out1, out2, range.offset,
        sums, multiplier & 0xffff, multiplier >> 16};
    return triple_row_armv6m(&row);
  }
#endif
  const TripleRange kept = range;
  int32_t at = 0;
  for (const uint32_t* const end = sums + 2 * count; sums != end; sums += 2) {
    triple_finish<whole>(triple_split(sums[0], sums[1]), twice_bias, multiplier, right, kept, out0 + at,
                         out1 + at, out2 + at);
    at += step;
  }
}

// All channels of three pixels.  Where pixels have one address, what the first of them gives remains.
template <bool whole, bool longer>
MOTE_NOINLINE inline void triple_outputs(const TripleOutputs& p, const uint32_t* x, int8_t* out0,
                                         int8_t* out1, int8_t* out2) {
  Rom<int8_t> weights = p.weights;
  const Rom<int32_t> bias = p.bias, multiplier = p.multiplier;
  const Rom<int8_t> right = p.right;
  const TripleRange range = p.range;
  const int32_t taps = p.taps, channels = p.channels;
  for (int32_t o = 0; o < channels;) {
    uint32_t words[8];
    const int32_t end = channels - o < 4 ? channels : o + 4;
    if (!longer) {
      triple_products(x, weights, taps, words);
      weights = weights + 4 * taps;
#if MOTE_SHORT_ARMV6M
      if (whole) {
        const TripleChannelsArmv6m four = {bias + o, multiplier + o, right + o, words + 2 * (end - o),
                                           out0 + o, out1 + o,       out2 + o,  range.offset,
                                           words};
        triple_channels_armv6m(&four);
        o = end;
        continue;
      }
#endif
      for (const uint32_t* pair = words; o < end; ++o, pair += 2) {
        triple_finish<whole>(triple_split(pair[0], pair[1]), bias[o], multiplier[o], right[o], range,
                             out0 + o, out1 + o, out2 + o);
      }
      continue;
    }
    TripleSums sums[4] = {};
    const uint32_t* segment = x;
    for (int32_t s = 0; s < p.segments; ++s) {
      triple_products(segment, weights, taps, words);
      segment += 2 * taps;
      weights = weights + 4 * taps;
      for (int32_t c = 0; c < 4; ++c) {
        const TripleSums more = triple_split(words[2 * c], words[2 * c + 1]);
        sums[c].s0 += more.s0;
        sums[c].s1 += more.s1;
        sums[c].s2 += more.s2;
      }
    }
    for (const TripleSums* sum = sums; o < end; ++o, ++sum)
      triple_finish<whole>(*sum, bias[o], multiplier[o], right[o], range, out0 + o, out1 + o, out2 + o);
  }
}

}  // namespace mote

#endif
