// fully_connected_s8_eights: the same bytes as fully_connected_s8, eight outputs at a time, so that each input byte is loaded
// once for eight weights.  For cores without SIMD instructions: Cortex-M0, M3, RV32IMC.
//
// Weights lie in flash as w + 128, unsigned: ARMv6-M loads unsigned bytes at a constant offset, signed ones only at one in a
// register.  What that adds to every sum, 128·Σ x, is taken off once.
//
// Instructions a MAC, under QEMU 7.2, arm-none-eabi-gcc 12 -O2; those of fully_connected_s8_direct in brackets:
//                 Cortex-M3      Cortex-M0
//   640 → 128     2.27 (3.08)    3.47 (5.93)
//   128 → 128     2.48 (3.39)    3.89 (7.13)
//   inner loop    2.19           3.31
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_EIGHTS_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_EIGHTS_H

#include "mote/base/fixed_short.h"
#include "mote/base/rom.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// sums[k] = Σ x[i] · w[8·i + k] for i < taps, a multiple of 4, not 0.
#if MOTE_SHORT_ARMV7M
__attribute__((naked, noinline)) inline void products_of_eight(const int8_t*, Rom<uint8_t>, int32_t,
                                                               uint32_t*) {
  __asm__ volatile(
#define MOTE_EIGHT_ROW(to) \
  "ldrb r3, [r1], #1\n\t"  \
  "mla " to ", r2, r3, " to "\n\t"
#define MOTE_EIGHT_TAP                                                                     \
  "ldrsb r2, [r0], #1\n\t" MOTE_EIGHT_ROW("r4") MOTE_EIGHT_ROW("r5") MOTE_EIGHT_ROW("r6")  \
      MOTE_EIGHT_ROW("r7") MOTE_EIGHT_ROW("r8") MOTE_EIGHT_ROW("r9") MOTE_EIGHT_ROW("r10") \
          MOTE_EIGHT_ROW("r11")
      "push {r3-r11, lr}\n\t"
      "add r12, r0, r2\n\t"
      "movs r4, #0\n\t"
      "movs r5, #0\n\t"
      "movs r6, #0\n\t"
      "movs r7, #0\n\t"
      "mov r8, #0\n\t"
      "mov r9, #0\n\t"
      "mov r10, #0\n\t"
      "mov r11, #0\n"
      "1:\n\t" MOTE_EIGHT_TAP MOTE_EIGHT_TAP MOTE_EIGHT_TAP MOTE_EIGHT_TAP
      "cmp r0, r12\n\t"
      "bne 1b\n\t"
      "pop {r3}\n\t"
      "stm r3, {r4-r11}\n\t"
      "pop {r4-r11, pc}");
#undef MOTE_EIGHT_ROW
#undef MOTE_EIGHT_TAP
}
#elif MOTE_SHORT_ARMV6M
// r4 counts from −taps up to 0: the input at [r0 + r4].
__attribute__((naked, noinline)) inline void products_of_eight(const int8_t*, Rom<uint8_t>, int32_t,
                                                               uint32_t*) {
  __asm__ volatile(
#define MOTE_EIGHT_ROW(at, to) \
  "ldrb r3, [r1, #" at         \
  "]\n\t"                      \
  "muls r3, r2\n\t"            \
  "add " to ", r3\n\t"
#define MOTE_EIGHT_TAP(a, b, c, d, e, f, g, h)                                                          \
  "ldrsb r2, [r0, r4]\n\t" MOTE_EIGHT_ROW(a, "r5") MOTE_EIGHT_ROW(b, "r6") MOTE_EIGHT_ROW(c, "r7")      \
      MOTE_EIGHT_ROW(d, "r8") MOTE_EIGHT_ROW(e, "r9") MOTE_EIGHT_ROW(f, "r10") MOTE_EIGHT_ROW(g, "r11") \
          MOTE_EIGHT_ROW(h, "r12")
      ".syntax unified\n\t"
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r3-r7}\n\t"
      "adds r0, r0, r2\n\t"
      "rsbs r4, r2, #0\n\t"
      "movs r5, #0\n\t"
      "movs r6, #0\n\t"
      "movs r7, #0\n\t"
      "mov r8, r5\n\t"
      "mov r9, r5\n\t"
      "mov r10, r5\n\t"
      "mov r11, r5\n\t"
      "mov r12, r5\n"
      "1:\n\t" MOTE_EIGHT_TAP("0", "1", "2", "3", "4", "5", "6", "7")
      "adds r4, #1\n\t" MOTE_EIGHT_TAP("8", "9", "10", "11", "12", "13", "14", "15")
      "adds r4, #1\n\t" MOTE_EIGHT_TAP("16", "17", "18", "19", "20", "21", "22", "23")
      "adds r4, #1\n\t" MOTE_EIGHT_TAP("24", "25", "26", "27", "28", "29", "30", "31")
      "adds r1, #32\n\t"
      "adds r4, #1\n\t"
      "bne 1b\n\t"
      "pop {r0}\n\t"
      "stmia r0!, {r5, r6, r7}\n\t"
      "mov r3, r8\n\t"
      "mov r4, r9\n\t"
      "mov r5, r10\n\t"
      "mov r6, r11\n\t"
      "mov r7, r12\n\t"
      "stmia r0!, {r3-r7}\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r4-r7, pc}");
#undef MOTE_EIGHT_ROW
#undef MOTE_EIGHT_TAP
}
#else
MOTE_NOINLINE inline void products_of_eight(const int8_t* x, Rom<uint8_t> weights, int32_t taps,
                                            uint32_t* sums) {
  uint32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  for (const int8_t* const end = x + taps; x != end; ++x) {
    const uint32_t value = (uint32_t)(int32_t)*x;
    a += value * weights[0];
    b += value * weights[1];
    c += value * weights[2];
    d += value * weights[3];
    e += value * weights[4];
    f += value * weights[5];
    g += value * weights[6];
    h += value * weights[7];
    weights = weights + 8;
  }
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
  sums[4] = e, sums[5] = f, sums[6] = g, sums[7] = h;
}
#endif

// in, out     as fully_connected_s8; they do not overlap
// weights     [out_count / 8, in_count, 8] u8, w + 128, filled up to whole eights
// bias        [out_count], the zero point of the input folded in, doubled
// multiplier, right  [out_count] when requant_step is 1, [1] when it is 0
MOTE_KERNEL void fully_connected_s8_eights(const FullyConnectedS8Params& p, const int8_t* in,
                                           Rom<uint8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                           Rom<int8_t> right, int8_t* out) {
  const int32_t whole = p.in_count - p.in_count % 4;
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_count) {
    uint32_t excess = 0;  // 128 · Σ x
    for (int32_t i = 0; i < p.in_count; ++i) excess += (uint32_t)(int32_t)in[i];
    excess *= 128;
    Rom<uint8_t> w = weights;
    for (int32_t o = 0; o < p.out_count;) {
      uint32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
      if (whole > 0) products_of_eight(in, w, whole, sums);
      w = w + 8 * whole;
      for (int32_t i = whole; i < p.in_count; ++i) {
        for (int32_t k = 0; k < 8; ++k) sums[k] += (uint32_t)(int32_t)in[i] * w[k];
        w = w + 8;
      }
      const int32_t end = p.out_count - o < 8 ? p.out_count : o + 8;
      for (const uint32_t* sum = sums; o < end; ++o, ++sum) {
        const int32_t r = o * p.requant_step;
        const int32_t y =
            requantize_short((int32_t)(*sum - excess), bias[o], multiplier[r], right[r], p.out_zero_point);
        *out++ = (int8_t)clamp(y, p.act_min, p.act_max);
      }
    }
  }
}

}  // namespace mote

#endif
