// add_s8_mve: the same bytes as add_s8 on cores with MVE, eight elements at a time.
//
// (in − zero point) · 16 fits 16 bits; widened into the upper halves of words, even and odd elements apart, it is
// (in − zero point) · 2^20, what the reference multiplies.  The results are narrowed back into even and odd lanes.
// Second roundings of negative values are those of value − 1 with ties upwards; without a shift nothing is subtracted.
// 4.3 instructions an element where one of the inputs is not shifted and the output is only saturated, at most 5.4.
#ifndef MOTE_NN_ELEMENTWISE_ADD_S8_MVE_H
#define MOTE_NN_ELEMENTWISE_ADD_S8_MVE_H

#include "mote/nn/elementwise/add_s8.h"
#include "mote/nn/mve.h"

namespace mote {

#if MOTE_MVE_ASSEMBLY
// What the loop reads besides its registers; offsets are in the assembly.
struct MveAdd {
  int32_t out_multiplier, out_zero_point;  // 0, 4
  int32_t act_min, act_max;                // 8, 12
  int32_t blocks;                          // 16: of eight elements
  int32_t rest;                            // 20: elements behind them
  int32_t shift1, shift2, out_shift;       // 24, 28, 32
};

#define MOTE_MVE_ADD_SHIFT(even, odd, shift, one) \
  "vqdmlah.s32 " even ", " even ", %[" one        \
  "]\n"                                           \
  "vqdmlah.s32 " odd ", " odd ", %[" one          \
  "]\n"                                           \
  "vrshl.s32 " even ", " even ", " shift          \
  "\n"                                            \
  "vrshl.s32 " odd ", " odd ", " shift "\n"
#define MOTE_MVE_ADD_CLAMP \
  "ldr r12, [%[c], #8]\n"  \
  "vdup.16 q1, r12\n"      \
  "ldr r12, [%[c], #12]\n" \
  "vmax.s16 q0, q0, q1\n"  \
  "vdup.16 q2, r12\n"      \
  "vmin.s16 q0, q0, q2\n"
#define MOTE_MVE_ADD_SATURATE "vqmovnb.s16 q0, q0\n"
#define MOTE_MVE_ADD_EIGHT(shift1, shift2, clamp) \
  "vmlas.s16 q0, q7, %[z1]\n"                     \
  "vmlas.s16 q2, q7, %[z2]\n"                     \
  "vshllt.s16 q1, q0, #16\n"                      \
  "vshllb.s16 q0, q0, #16\n"                      \
  "vshllt.s16 q3, q2, #16\n"                      \
  "vshllb.s16 q2, q2, #16\n"                      \
  "vqrdmulh.s32 q0, q0, %[m1]\n"                  \
  "vqrdmulh.s32 q1, q1, %[m1]\n"                  \
  "vqrdmulh.s32 q2, q2, %[m2]\n"                  \
  "vqrdmulh.s32 q3, q3, %[m2]\n" shift1 shift2    \
  "ldr r12, [%[c]]\n"                             \
  "vadd.i32 q0, q0, q2\n"                         \
  "vadd.i32 q1, q1, q3\n"                         \
  "vqrdmulh.s32 q0, q0, r12\n"                    \
  "vqrdmulh.s32 q1, q1, r12\n"                    \
  "mov r12, #1\n"                                 \
  "vqdmlah.s32 q0, q0, r12\n"                     \
  "vqdmlah.s32 q1, q1, r12\n"                     \
  "vrshl.s32 q0, q0, q6\n"                        \
  "vrshl.s32 q1, q1, q6\n"                        \
  "ldr r12, [%[c], #4]\n"                         \
  "vqmovnb.s32 q0, q0\n"                          \
  "vqmovnt.s32 q0, q1\n"                          \
  "vqadd.s16 q0, q0, r12\n" clamp
#define MOTE_MVE_ADD(shift1, shift2, clamp) \
  __asm__ volatile(                                                                                        \
      "ldrd lr, r12, [%[c], #24]\n" \
      "vdup.32 q4, lr\n" \
      "vdup.32 q5, r12\n" \
      "ldr lr, [%[c], #32]\n" \
      "mov r12, #16\n" \
      "vdup.32 q6, lr\n" \
      "vdup.16 q7, r12\n" \
      "ldrd lr, r12, [%[c], #16]\n" \
      "wls lr, lr, 2f\n"                                                                                   \
      "1:\n"                                                                                               \
      "vldrb.s16 q0, [%[in1]], #8\n"                                                                       \
      "vldrb.s16 q2, [%[in2]], #8\n" MOTE_MVE_ADD_EIGHT(shift1, shift2, clamp)                                    \
      "vstrb.16 q0, [%[out]], #8\n"                                                                        \
      "le lr, 1b\n"                                                                                        \
      "ldr r12, [%[c], #20]\n"                                                                             \
      "2:\n"                                                                                               \
      "cmp r12, #0\n"                                                                                      \
      "beq 3f\n"                                                                                           \
      "vctp.16 r12\n"                                                                                      \
      "vpstt\n"                                                                                            \
      "vldrbt.s16 q0, [%[in1]]\n"                                                                          \
      "vldrbt.s16 q2, [%[in2]]\n" MOTE_MVE_ADD_EIGHT(shift1, shift2, clamp)                                       \
      "vpst\n"                                                                                             \
      "vstrbt.16 q0, [%[out]]\n"                                                                           \
      "3:\n"                                                                                               \
      : [in1] "+&l"(in1), [in2] "+&l"(in2), [out] "+&l"(out)                                               \
      : [z1] "r"(z1), [z2] "r"(z2), [one1] "r"(one1), [one2] "r"(one2), [m1] "r"(p.in1_multiplier),        \
        [m2] "r"(p.in2_multiplier), [c] "r"(&context)                                                      \
      : "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc", "memory")
#define MOTE_MVE_ADD_FIRST MOTE_MVE_ADD_SHIFT("q0", "q1", "q4", "one1")
#define MOTE_MVE_ADD_SECOND MOTE_MVE_ADD_SHIFT("q2", "q3", "q5", "one2")

MOTE_KERNEL void mve_add(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  const MveAdd context = {p.out_multiplier, p.out_zero_point, p.act_min,   p.act_max,  p.count / 8,
                          p.count % 8,      p.in1_shift,      p.in2_shift, p.out_shift};
  const int32_t z1 = -16 * p.in1_zero_point, z2 = -16 * p.in2_zero_point;
  const int32_t one1 = p.in1_shift < 0 ? 1 : 0, one2 = p.in2_shift < 0 ? 1 : 0;
#define MOTE_MVE_ADD_SHIFTS(clamp)                                    \
  if (__builtin_constant_p(p.in1_shift) && p.in1_shift == 0) {        \
    MOTE_MVE_ADD("", MOTE_MVE_ADD_SECOND, clamp);                     \
  } else if (__builtin_constant_p(p.in2_shift) && p.in2_shift == 0) { \
    MOTE_MVE_ADD(MOTE_MVE_ADD_FIRST, "", clamp);                      \
  } else {                                                            \
    MOTE_MVE_ADD(MOTE_MVE_ADD_FIRST, MOTE_MVE_ADD_SECOND, clamp);     \
  }
  // Only what the compiler knows chooses, so that one loop remains.
  if (__builtin_constant_p(p.act_min) && p.act_min == -128 && __builtin_constant_p(p.act_max) &&
      p.act_max == 127) {
    MOTE_MVE_ADD_SHIFTS(MOTE_MVE_ADD_SATURATE)
  } else {
    MOTE_MVE_ADD_SHIFTS(MOTE_MVE_ADD_CLAMP)
  }
#undef MOTE_MVE_ADD_SHIFTS
}
#else
MOTE_KERNEL void mve_add(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  add_s8(p, in1, in2, out);
}
#endif

// in1, in2, out and ranges as add_s8, with left_shift 20 and out_shift ≤ −1.
// out may lie over an input or below it: eight elements are read before these are written.
MOTE_KERNEL void add_s8_mve(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  mve_add(p, in1, in2, out);
}

}  // namespace mote

#endif
