// Requantize in five instructions, on cores with the DSP extension (Cortex-M4, M7, M33, M55); the portable twin elsewhere.
#ifndef MOTE_BASE_FIXED_DSP_H
#define MOTE_BASE_FIXED_DSP_H

#include "mote/base/fixed.h"

// Assembly for GCC; its blocks take all registers there are.  Other compilers, clang among them, take the portable twins, and so
// does a build that reserves a register (-ffixed-r9, -msingle-pic-base) with -DMOTE_DSP_ASSEMBLY=0.
#ifndef MOTE_DSP_ASSEMBLY
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__) && !defined(__clang__)
#define MOTE_DSP_ASSEMBLY 1
#else
#define MOTE_DSP_ASSEMBLY 0
#endif
#endif

// Whether the compiler knows the value: in code of one layer it does, in code that layers share it does not.
#if defined(__GNUC__)
#define MOTE_IS_CONSTANT(value) __builtin_constant_p(value)
#else
#define MOTE_IS_CONSTANT(value) false
#endif

namespace mote {

// requantize(x, multiplier, −right) + offset, of doubled = 2·x.  |x| < 2^30, which the host has proved; 1 ≤ right ≤ 31.
//
// SMMULR gives the high word of doubled·multiplier + 2^31, which is x·multiplier + 2^30 shifted right by 31: the first rounding.
// The second one rounds ties away from zero: one less for negative values, then the last bit shifted out, which ASRS leaves in
// the carry, is added again together with the offset.
MOTE_KERNEL int32_t requantize_doubled(int32_t doubled, int32_t multiplier, int32_t right, int32_t offset) {
#if MOTE_DSP_ASSEMBLY
  int32_t y;
  // A constant offset goes into the instruction: SBC with −1 − offset where it is negative.
  if (MOTE_IS_CONSTANT(offset) && offset < 0) {
    __asm__(
        "smmulr %0, %1, %2\n\t"
        "add %0, %0, %0, asr #31\n\t"
        "asrs %0, %0, %3\n\t"
        "sbc %0, %0, %4"
        : "=&r"(y)
        : "r"(doubled), "r"(multiplier), "r"(right), "ri"(-1 - offset)
        : "cc");
    return y;
  }
  __asm__(
      "smmulr %0, %1, %2\n\t"
      "add %0, %0, %0, asr #31\n\t"
      "asrs %0, %0, %3\n\t"
      "adc %0, %0, %4"
      : "=&r"(y)
      : "r"(doubled), "r"(multiplier), "r"(right), "ri"(offset)
      : "cc");
  return y;
#else
  return rounding_divide_by_pot(doubling_high_mul(doubled >> 1, multiplier), right) + offset;
#endif
}

// clamp(x, low, high) to a part of s8; one instruction where it is known to be the whole.
MOTE_KERNEL int8_t clamp_s8(int32_t x, int32_t low, int32_t high) {
#if MOTE_DSP_ASSEMBLY
  if (MOTE_IS_CONSTANT(low == -128 && high == 127) && low == -128 && high == 127) {
    int32_t y;
    __asm__("ssat %0, #8, %1" : "=r"(y) : "r"(x));
    return (int8_t)y;
  }
#endif
  return (int8_t)clamp(x, low, high);
}

}  // namespace mote

#endif
