// Requantize in few instructions on cores without SIMD: Cortex-M3 (SMULL), Cortex-M0 (no multiply of more than 32 bits),
// RISC-V; the portable twin elsewhere.  Exact, under bounds that the host has proved.
#ifndef MOTE_BASE_FIXED_SHORT_H
#define MOTE_BASE_FIXED_SHORT_H

#include "mote/base/fixed.h"

#if defined(__GNUC__) && defined(__ARM_ARCH) && defined(__thumb__) && !defined(__thumb2__)
#define MOTE_SHORT_ARMV6M 1
#else
#define MOTE_SHORT_ARMV6M 0
#endif
#if defined(__GNUC__) && defined(__ARM_ARCH) && defined(__thumb2__)
#define MOTE_SHORT_ARMV7M 1
#else
#define MOTE_SHORT_ARMV7M 0
#endif

namespace mote {

#if MOTE_SHORT_ARMV6M
// The instructions of requantize_short for an assembly block: r0 is the sum and becomes the result; r1, r2 are lost;
// r3, r4 are the multiplier's lower and upper 16 bits, r5 the shift to the right, r6 the offset.
#define MOTE_SHORT_REQUANTIZE_ARMV6M                     \
  "sxth r1, r0\n\t"                                      \
  "subs r0, r0, r1\n\t"                                  \
  "asrs r0, r0, #16\n\t" /* xh */                        \
  "movs r2, r1\n\t"                                      \
  "muls r2, r3\n\t"                                      \
  "asrs r2, r2, #16\n\t" /* xl·ml >> 16 */              \
  "muls r1, r4\n\t"                                      \
  "adds r2, r2, r1\n\t" /* + xl·mh */                   \
  "movs r1, r0\n\t"                                      \
  "muls r1, r3\n\t"                                      \
  "adds r2, r2, r1\n\t" /* + xh·ml */                   \
  "muls r0, r4\n\t"                                      \
  "asrs r2, r2, #15\n\t" /* its last bit is the carry */ \
  "adcs r0, r0\n\t"                                      \
  "adds r0, r0, r2\n\t"                                  \
  "asrs r1, r0, #31\n\t"                                 \
  "adds r0, r0, r1\n\t"                                  \
  "asrs r0, r5\n\t"                                      \
  "adcs r0, r6\n\t"
#endif

// requantize(x, multiplier, −right) + offset with x = sum + twice_bias / 2.  |x| < 2^29, multiplier in [0, 2^31), 1 ≤ right ≤ 31.
//
// First rounding, (x·multiplier + 2^30) >> 31.  With SMULL: the high word of 2·x·multiplier and bit 31 of the low one.
// With 32-bit products only: x = 2^16·xh + xl and multiplier = 2^16·mh + ml, xl signed, ml unsigned, give
//   2·xh·mh + ((xl·mh + xh·ml + (xl·ml >> 16) + 2^14) >> 15)
// where no term leaves 32 bits and what the inner shift drops cannot reach bit 15.
//
// Second rounding, ties away from zero: one less for negative values, then the last bit that is shifted out is added again.
MOTE_KERNEL int32_t requantize_short(int32_t sum, int32_t twice_bias, int32_t multiplier, int32_t right,
                                     int32_t offset) {
#if MOTE_SHORT_ARMV6M
  const uint32_t ml = (uint32_t)multiplier & 0xffffu, mh = (uint32_t)multiplier >> 16;
  register int32_t x __asm__("r0") = sum + (twice_bias >> 1);
  register uint32_t low __asm__("r3") = ml;
  register uint32_t high __asm__("r4") = mh;
  register int32_t by __asm__("r5") = right;
  register int32_t more __asm__("r6") = offset;
  __asm__(".syntax unified\n\t" MOTE_SHORT_REQUANTIZE_ARMV6M
          : "+r"(x)
          : "r"(low), "r"(high), "r"(by), "r"(more)
          : "r1", "r2", "cc");
  return x;
#else
  const int64_t product = (int64_t)(sum * 2 + twice_bias) * multiplier;
  int32_t y = (int32_t)(product >> 32) + (int32_t)((uint32_t)product >> 31);
#if MOTE_SHORT_ARMV7M
  __asm__(
      "add %0, %0, %0, asr #31\n\t"
      "asrs %0, %0, %1\n\t"
      "adc %0, %0, %2"
      : "+&r"(y)
      : "r"(right), "r"(offset)
      : "cc");
  return y;
#else
  y += y >> 31;
  return (y >> right) + ((y >> (right - 1)) & 1) + offset;
#endif
#endif
}

// clamp(x, low, high) to a part of s8, `whole` when low = −128 and high = 127.
template <bool whole>
MOTE_KERNEL int8_t clamp_short(int32_t x, int32_t low, int32_t high) {
#if MOTE_SHORT_ARMV7M
  if (whole) {
    int32_t y;
    __asm__("ssat %0, #8, %1" : "=r"(y) : "r"(x));
    return (int8_t)y;
  }
#endif
  if (whole) {
    const int8_t narrow = (int8_t)x;
    if (narrow == x) return narrow;
    return (int8_t)((x >> 31) ^ 127);
  }
  return (int8_t)clamp(x, low, high);
}

}  // namespace mote

#endif
