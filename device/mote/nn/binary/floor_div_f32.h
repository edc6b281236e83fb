// floor_div_f32, floor_mod_f32, the references: FLOOR_DIV and FLOOR_MOD with broadcasting.
#ifndef MOTE_NN_BINARY_FLOOR_DIV_F32_H
#define MOTE_NN_BINARY_FLOOR_DIV_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// A float > 0, not infinite, as significand · 2^exponent with the significand in [2^23, 2^24).
struct FloatParts {
  uint32_t significand;
  int32_t exponent;
};
MOTE_KERNEL FloatParts parts_of(float positive) {
  uint32_t bits;
  memcpy(&bits, &positive, sizeof bits);
  FloatParts parts = {bits & 0x7fffffu, (int32_t)(bits >> 23) - 150};
  if (bits >> 23 == 0) parts.exponent = -149;  // subnormal
  if (bits >> 23 != 0) parts.significand |= 0x800000u;
  while (parts.significand < 0x800000u) {
    parts.significand <<= 1;
    --parts.exponent;
  }
  return parts;
}

// |x| = quotient · |y| + remainder with 0 ≤ remainder < |y|, exactly, by long division in binary.  The quotient counts
// modulo 2^32.  x is finite, y finite and not 0.
struct FloatDivision {
  uint32_t quotient;
  float remainder;
};
MOTE_KERNEL FloatDivision divide_exactly(float x, float y) {
  const float size_x = x < 0.0f ? -x : x, size_y = y < 0.0f ? -y : y;
  FloatDivision result = {0, size_x};
  if (size_x < size_y) return result;
  FloatParts a = parts_of(size_x);
  const FloatParts b = parts_of(size_y);
  for (;; --a.exponent) {
    result.quotient <<= 1;
    if (a.significand >= b.significand) {
      a.significand -= b.significand;
      result.quotient |= 1u;
    }
    if (a.exponent == b.exponent) break;
    a.significand <<= 1;  // below 2 · b before, so it stays below 2^25
  }
  // remainder = significand · 2^exponent; it is below |y| and a multiple of |y|'s last place: exact.
  float scale = 1.0f;
  int32_t exponent = a.exponent;
  for (; exponent < -126; ++exponent) scale *= 0.5f;
  result.remainder = (float)a.significand * power_of_two(exponent) * scale;
  return result;
}

MOTE_KERNEL bool is_finite(float x) { return x - x == 0.0f; }

// ⌊x / y⌋ as if the quotient had been infinitely precise before the floor.  From 2^24 on floats are integers, and the
// rounded quotient is within one place of TFLM's, which divides in double.  Not finite, or y = 0: as x / y.
struct FloorQuotient {
  MOTE_KERNEL float operator()(float x, float y) const {
    const float rounded = canonical(x / y);
    if (x == 0.0f || y == 0.0f || !is_finite(x) || !is_finite(y) || !is_finite(rounded)) return rounded;
    if (rounded >= 16777216.0f || rounded <= -16777216.0f) return rounded;
    const bool negative = (x < 0.0f) != (y < 0.0f);
    const FloatDivision division = divide_exactly(x, y);
    if (!negative) return (float)(int32_t)division.quotient;
    return -(float)((int32_t)division.quotient + (division.remainder != 0.0f ? 1 : 0));
  }
};

// x − ⌊x / y⌋ · y: the remainder with y's sign, as TFLM's fmod and correction.  y = 0, x infinite: NaN.
struct FloorRemainder {
  MOTE_KERNEL float operator()(float x, float y) const {
    if (!is_finite(x) || y != y || y == 0.0f) return float_of_bits(0x7fc00000u);
    float remainder = is_finite(y) ? divide_exactly(x, y).remainder : (x < 0.0f ? -x : x);
    if (x < 0.0f) remainder = -remainder;
    return remainder != 0.0f && (y < 0.0f) != (remainder < 0.0f) ? remainder + y : remainder;
  }
};

MOTE_KERNEL void floor_div_f32(const PlainPairParams& p, const float* in1, const float* in2, float* out) {
  for_pairs(p, in1, in2, out, FloorQuotient());
}
MOTE_KERNEL void floor_mod_f32(const PlainPairParams& p, const float* in1, const float* in2, float* out) {
  for_pairs(p, in1, in2, out, FloorRemainder());
}

}  // namespace mote

#endif
