// Sums of products of s8 vectors with MVE (Helium), the core of convolutions and fully connected layers.
//
// VMLADAVA.S8 adds sixteen products to a core register of even number.  A block is four output channels × two pixels:
// eight sums in r0, r2 … lr, six loads for eight such instructions.  Sums, bias, multiplier and shift of four channels
// are one vector each.  All that a block needs besides the inputs lies in one stream of words in the order of use:
//
//   group of 8 channels, the last perhaps of 4:
//     first half   channels 0 2 4 6 (of a last group of 4: 0 1 2 3)
//       steps × 4 × 16 bytes   weights: of 16 inputs for each of the four channels, inputs beyond the last are 0
//       4 words                bias, the input's zero point folded in
//       4 words                multiplier
//       4 bytes                shift, ≤ −1 or, mixed, ≤ 0
//     second half  channels 1 3 5 7, the same with its steps in reversed order: the inputs are walked back
//
// The halves' results are narrowed into even and odd lanes, so that eight neighbouring outputs leave as one vector.
// Conditions, which the host proves: every sum fits 32 bits; shifts ≤ −1, so that the second rounding of a negative value
// is that of value − 1 with ties upwards (VQDMLAH by 1 subtracts it).  With shifts of 0 among them, `mixed`, values that are
// not shifted are left alone.
//
// Instructions: 14 a step of 128 MACs, 48 for the sixteen outputs of a group (54 mixed; 8 more for clamps or a last
// group that is not whole), about 15 a pair of pixels.
#ifndef MOTE_NN_MVE_H
#define MOTE_NN_MVE_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define MOTE_MVE_ASSEMBLY 1
#else
#define MOTE_MVE_ASSEMBLY 0
#endif

namespace mote {

// What a stream's outputs share.  `steps`: vectors of 16 inputs, ≥ 1.
struct MveBlock {
  int32_t steps;
  int32_t channels;
  int32_t out_zero_point, act_min, act_max;
};

MOTE_KERNEL int32_t mve_requantized(int32_t sum, int32_t multiplier, int32_t shift, const MveBlock& b) {
  return clamp(requantize(sum, multiplier, shift) + b.out_zero_point, b.act_min, b.act_max);
}

// The portable twin: `pixels` inputs of 16·steps bytes, x0 and x1, to channels each of out0 and out1.
MOTE_KERNEL void mve_pixels_portable(const MveBlock& b, Rom<int32_t> stream, const int8_t* x0,
                                     const int8_t* x1, int8_t* out0, int8_t* out1) {
  const int32_t half_words = 16 * b.steps + 9;
  for (int32_t half = 0; 4 * half < b.channels; ++half) {
    const int8_t* w = (const int8_t*)(stream + half * half_words);
    int32_t bias[4], multiplier[4];
    memcpy(bias, w + 64 * b.steps, 16);
    memcpy(multiplier, w + 64 * b.steps + 16, 16);
    const int8_t* shift = w + 64 * b.steps + 32;
    const bool alone = half % 2 == 0 && 4 * (half + 1) >= b.channels;
    for (int32_t k = 0; k < 4; ++k) {
      const int32_t o = alone ? 4 * half + k : half / 2 * 8 + half % 2 + 2 * k;
      int32_t sum0 = bias[k], sum1 = bias[k];
      for (int32_t i = 0; i < 16 * b.steps; ++i) {
        const int32_t step = half % 2 == 0 ? i / 16 : b.steps - 1 - i / 16;
        const int32_t weight = w[64 * step + 16 * k + i % 16];
        sum0 += x0[i] * weight;
        sum1 += x1[i] * weight;
      }
      if (o >= b.channels) continue;
      out0[o] = (int8_t)mve_requantized(sum0, multiplier[k], shift[k], b);
      out1[o] = (int8_t)mve_requantized(sum1, multiplier[k], shift[k], b);
    }
  }
}

#if MOTE_MVE_ASSEMBLY

// What the blocks below read besides their registers; offsets are in the assembly.
struct MveContext {
  int32_t out_zero_point;  // 0
  int32_t left;            // 4: channels
  int32_t act_min;         // 8
  int32_t act_max;         // 12
  int32_t more_steps;      // 16: turns of the loop over steps
  int8_t *out0, *out1;     // 20, 24
};

// Eight products of vectors, with x forwards or backwards; `mac` is vmladav (sums start at 0) or vmladava.
#define MOTE_MVE_STEP(mac, forward) \
  "vldrb.8 q0, " forward("x0") "\n"                                       \
  "vldrb.8 q2, [%[w]], #16\n"                                             \
  "vldrb.8 q1, " forward("x1") "\n"                                       \
  mac " r0, q0, q2\n"                                                     \
  "vldrb.8 q3, [%[w]], #16\n"                                             \
  mac " r2, q1, q2\n"                                                     \
  "vldrb.8 q2, [%[w]], #16\n"                                             \
  mac " r4, q0, q3\n"                                                     \
  mac " r6, q1, q3\n"                                                     \
  "vldrb.8 q3, [%[w]], #16\n"                                             \
  mac " r8, q0, q2\n"                                                     \
  mac " r10, q1, q2\n"                                                    \
  mac " r12, q0, q3\n"                                                    \
  mac " lr, q1, q3\n"
#define MOTE_MVE_UP(x) "[%[" x "]], #16"
#define MOTE_MVE_DOWN(x) "[%[" x "], #-16]!"
#define MOTE_MVE_FIRST(way) MOTE_MVE_STEP("vmladav.s8", way)
#define MOTE_MVE_NEXT(way) MOTE_MVE_STEP("vmladava.s8", way)

// Sums into q0 (first pixel) and q1 (second), requantized.
#define MOTE_MVE_REQUANTIZE(fix)  \
  "vmov q0[2], q0[0], r0, r8\n"   \
  "vmov q1[2], q1[0], r2, r10\n"  \
  "vmov q0[3], q0[1], r4, r12\n"  \
  "vmov q1[3], q1[1], r6, lr\n"   \
  "vldrw.32 q2, [%[w]], #16\n"    \
  "vadd.i32 q0, q0, q2\n"         \
  "vldrw.32 q3, [%[w]], #16\n"    \
  "vadd.i32 q1, q1, q2\n"         \
  "vqrdmulh.s32 q0, q0, q3\n"     \
  "vldrb.s32 q2, [%[w]], #4\n"    \
  "vqrdmulh.s32 q1, q1, q3\n" fix \
  "vrshl.s32 q0, q0, q2\n"        \
  "vrshl.s32 q1, q1, q2\n"
// Negative values less 1; where some shifts are 0, only those that are shifted.
#define MOTE_MVE_FIX_ALL     \
  "mov r0, #1\n"             \
  "vqdmlah.s32 q0, q0, r0\n" \
  "vqdmlah.s32 q1, q1, r0\n"
#define MOTE_MVE_FIX_SHIFTED \
  "vand q3, q0, q2\n"        \
  "vshr.s32 q3, q3, #31\n"   \
  "vqadd.s32 q0, q0, q3\n"   \
  "vand q3, q1, q2\n"        \
  "vshr.s32 q3, q3, #31\n"   \
  "vqadd.s32 q1, q1, q3\n"

// All channels of two pixels.  `up` and `down` are the steps after the first; get and put keep `left` in memory where
// its register counts steps.
#define MOTE_MVE_TWO_PIXELS(fix, up, down, get, put)                             \
  __asm__ volatile(                                                              \
      "ldrd r0, r2, [%[c], #8]\n"                                                \
      "vdup.16 q6, r0\n"                                                         \
      "vdup.16 q7, r2\n"                                                         \
      "1:\n" MOTE_MVE_FIRST(MOTE_MVE_UP) up MOTE_MVE_REQUANTIZE(fix) get         \
      "vqmovnb.s32 q4, q0\n"                                                     \
      "vqmovnb.s32 q5, q1\n"                                                     \
      "cmp %[n], #4\n"                                                           \
      "ble 2f\n" MOTE_MVE_FIRST(MOTE_MVE_DOWN) down MOTE_MVE_REQUANTIZE(fix) get \
      "vqmovnt.s32 q4, q0\n"                                                     \
      "vqmovnt.s32 q5, q1\n"                                                     \
      "2:\n"                                                                     \
      "ldr r0, [%[c]]\n"                                                         \
      "ldrd r2, r4, [%[c], #20]\n"                                               \
      "vqadd.s16 q4, q4, r0\n"                                                   \
      "vqadd.s16 q5, q5, r0\n"                                                   \
      "vmax.s16 q4, q4, q6\n"                                                    \
      "vmax.s16 q5, q5, q6\n"                                                    \
      "vmin.s16 q4, q4, q7\n"                                                    \
      "vmin.s16 q5, q5, q7\n"                                                    \
      "cmp %[n], #4\n"                                                           \
      "ble 3f\n"                                                                 \
      "vctp.16 %[n]\n"                                                           \
      "vpstt\n"                                                                  \
      "vstrbt.16 q4, [r2], #8\n"                                                 \
      "vstrbt.16 q5, [r4], #8\n"                                                 \
      "strd r2, r4, [%[c], #20]\n"                                               \
      "subs %[n], %[n], #8\n" put                                                \
      "bgt 1b\n"                                                                 \
      "b 4f\n"                                                                   \
      "3:\n"                                                                     \
      "vctp.32 %[n]\n"                                                           \
      "vpstt\n"                                                                  \
      "vstrbt.32 q4, [r2]\n"                                                     \
      "vstrbt.32 q5, [r4]\n"                                                     \
      "4:\n" MOTE_MVE_TWO_PIXELS_OPERANDS)
// The same of whole groups of 8 channels whose outputs are only saturated.
#define MOTE_MVE_TWO_WHOLE_PIXELS(fix, up, down, get, put)                                \
  __asm__ volatile("1:\n" MOTE_MVE_FIRST(MOTE_MVE_UP) up MOTE_MVE_REQUANTIZE(             \
      fix) "vqmovnb.s32 q4, q0\n"                                                         \
           "vqmovnb.s32 q5, q1\n" MOTE_MVE_FIRST(MOTE_MVE_DOWN) down MOTE_MVE_REQUANTIZE( \
               fix) "ldr r0, [%[c]]\n"                                                    \
                    "vqmovnt.s32 q4, q0\n"                                                \
                    "ldrd r2, r4, [%[c], #20]\n"                                          \
                    "vqmovnt.s32 q5, q1\n"                                                \
                    "vqadd.s16 q4, q4, r0\n"                                              \
                    "vqadd.s16 q5, q5, r0\n"                                              \
                    "vqmovnb.s16 q4, q4\n"                                                \
                    "vqmovnb.s16 q5, q5\n"                                                \
                    "vstrb.16 q4, [r2], #8\n"                                             \
                    "vstrb.16 q5, [r4], #8\n"                                             \
                    "strd r2, r4, [%[c], #20]\n" get "subs %[n], %[n], #8\n" put          \
                    "bgt 1b\n" MOTE_MVE_TWO_PIXELS_OPERANDS)
#define MOTE_MVE_TWO_PIXELS_OPERANDS                                  \
      : [x0] "+&r"(x0), [x1] "+&r"(x1), [w] "+&l"(w), [n] "+&r"(left) \
      : [c] "r"(&context) \
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc", "memory"

// The loop over further steps, and over pairs of them.
#define MOTE_MVE_LOOP(body) \
  "ldr %[n], [%[c], #16]\n" \
  "5:\n" body               \
  "subs %[n], %[n], #1\n"   \
  "bgt 5b\n"
#define MOTE_MVE_ANY_LOOP(body) \
  "ldr %[n], [%[c], #16]\n"     \
  "cmp %[n], #0\n"              \
  "beq 6f\n"                    \
  "5:\n" body                   \
  "subs %[n], %[n], #1\n"       \
  "bgt 5b\n"                    \
  "6:\n"
#define MOTE_MVE_GET_LEFT "ldr %[n], [%[c], #4]\n"
#define MOTE_MVE_PUT_LEFT "str %[n], [%[c], #4]\n"

#define MOTE_MVE_U MOTE_MVE_NEXT(MOTE_MVE_UP)
#define MOTE_MVE_D MOTE_MVE_NEXT(MOTE_MVE_DOWN)
// One block remains of these, as the number of steps is known, or else the last one.
#define MOTE_MVE_PIXELS(pixels, fix)                                                               \
  if (__builtin_constant_p(b.steps) && b.steps == 1) {                                             \
    pixels(fix, "", "", "", "");                                                                   \
  } else if (__builtin_constant_p(b.steps) && b.steps == 2) {                                      \
    pixels(fix, MOTE_MVE_U, MOTE_MVE_D, "", "");                                                   \
  } else if (__builtin_constant_p(b.steps) && b.steps == 3) {                                      \
    pixels(fix, MOTE_MVE_U MOTE_MVE_U, MOTE_MVE_D MOTE_MVE_D, "", "");                             \
  } else if (__builtin_constant_p(b.steps) && b.steps == 4) {                                      \
    pixels(fix, MOTE_MVE_U MOTE_MVE_U MOTE_MVE_U, MOTE_MVE_D MOTE_MVE_D MOTE_MVE_D, "", "");       \
  } else if (__builtin_constant_p(b.steps) && b.steps % 2 == 1) {                                  \
    context.more_steps = b.steps / 2;                                                              \
    pixels(fix, MOTE_MVE_LOOP(MOTE_MVE_U MOTE_MVE_U), MOTE_MVE_LOOP(MOTE_MVE_D MOTE_MVE_D),        \
           MOTE_MVE_GET_LEFT, MOTE_MVE_PUT_LEFT);                                                  \
  } else if (__builtin_constant_p(b.steps)) {                                                      \
    context.more_steps = b.steps / 2 - 1;                                                          \
    pixels(fix, MOTE_MVE_U MOTE_MVE_LOOP(MOTE_MVE_U MOTE_MVE_U),                                   \
           MOTE_MVE_D MOTE_MVE_LOOP(MOTE_MVE_D MOTE_MVE_D), MOTE_MVE_GET_LEFT, MOTE_MVE_PUT_LEFT); \
  } else {                                                                                         \
    context.more_steps = b.steps - 1;                                                              \
    pixels(fix, MOTE_MVE_ANY_LOOP(MOTE_MVE_U), MOTE_MVE_ANY_LOOP(MOTE_MVE_D), MOTE_MVE_GET_LEFT,   \
           MOTE_MVE_PUT_LEFT);                                                                     \
  }

// What pairs of pixels share in memory.
MOTE_KERNEL MveContext mve_context(const MveBlock& b) {
  const MveContext context = {b.out_zero_point, b.channels, b.act_min, b.act_max, 0, 0, 0};
  return context;
}

// mixed: some shifts are 0.  context: of mve_context(b), kept between calls.
template <bool mixed>
MOTE_KERNEL void mve_pixels_here(const MveBlock& b, MveContext& context, Rom<int32_t> stream,
                                 const int8_t* x0, const int8_t* x1, int8_t* out0, int8_t* out1) {
  context.out0 = out0;
  context.out1 = out1;
  const int32_t* w = stream;
  int32_t left = b.channels;
  if (__builtin_constant_p(b.steps) && b.steps > 4) context.left = left;
  if (!__builtin_constant_p(b.steps)) context.left = left;
  if (__builtin_constant_p(b.channels) && b.channels % 8 == 0 && __builtin_constant_p(b.act_min) &&
      b.act_min == -128 && __builtin_constant_p(b.act_max) && b.act_max == 127) {
    if (mixed) {
      MOTE_MVE_PIXELS(MOTE_MVE_TWO_WHOLE_PIXELS, MOTE_MVE_FIX_SHIFTED)
    } else {
      MOTE_MVE_PIXELS(MOTE_MVE_TWO_WHOLE_PIXELS, MOTE_MVE_FIX_ALL)
    }
  } else if (mixed) {
    MOTE_MVE_PIXELS(MOTE_MVE_TWO_PIXELS, MOTE_MVE_FIX_SHIFTED)
  } else {
    MOTE_MVE_PIXELS(MOTE_MVE_TWO_PIXELS, MOTE_MVE_FIX_ALL)
  }
}

// Where the compiler does not know the layer, the loops around hold more in registers than the blocks leave: then they are a
// function of their own.  It takes both by value: were their addresses handed out, no compiler would know what is in them, and
// every layer would be one it does not know.
template <bool mixed>
__attribute__((noinline, noclone)) void mve_pixels_apart(MveBlock b, MveContext context, Rom<int32_t> stream,
                                                         const int8_t* x0, const int8_t* x1, int8_t* out0,
                                                         int8_t* out1) {
  mve_pixels_here<mixed>(b, context, stream, x0, x1, out0, out1);
}
template <bool mixed>
MOTE_KERNEL void mve_pixels(const MveBlock& b, MveContext& context, Rom<int32_t> stream, const int8_t* x0,
                            const int8_t* x1, int8_t* out0, int8_t* out1) {
  if (__builtin_constant_p(b.steps) && __builtin_constant_p(b.channels) &&
      __builtin_constant_p(b.out_zero_point))
    mve_pixels_here<mixed>(b, context, stream, x0, x1, out0, out1);
  else
    mve_pixels_apart<mixed>(b, context, stream, x0, x1, out0, out1);
}
#else
struct MveContext {};
MOTE_KERNEL MveContext mve_context(const MveBlock&) { return MveContext(); }
template <bool mixed>
MOTE_KERNEL void mve_pixels(const MveBlock& b, MveContext&, Rom<int32_t> stream, const int8_t* x0,
                            const int8_t* x1, int8_t* out0, int8_t* out1) {
  mve_pixels_portable(b, stream, x0, x1, out0, out1);
}
#endif

// Copies `count` bytes.  from and to do not overlap.
MOTE_KERNEL void mve_copy(int8_t* to, const int8_t* from, int32_t count) {
#if MOTE_MVE_ASSEMBLY
  __asm__ volatile(
      "wlstp.8 lr, %[n], 2f\n"
      "1:\n"
      "vldrb.8 q0, [%[from]], #16\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [n] "r"(count)
      : "lr", "q0", "memory");
#else
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
#endif
}

MOTE_KERNEL void mve_fill(int8_t* to, int32_t value, int32_t count) {
#if MOTE_MVE_ASSEMBLY
  __asm__ volatile(
      "vdup.8 q0, %[value]\n"
      "wlstp.8 lr, %[n], 2f\n"
      "1:\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [to] "+r"(to)
      : [n] "r"(count), [value] "r"(value)
      : "lr", "q0", "memory");
#else
  for (int32_t i = 0; i < count; ++i) to[i] = (int8_t)value;
#endif
}

}  // namespace mote

#endif
