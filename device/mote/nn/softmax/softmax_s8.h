// softmax_s8, the reference.  Fixed point as in TFLM's SOFTMAX int8 (arithmetic of gemmlowp), without any float.
//
// Numbers are Qm.n: m integer bits, n fraction bits and a sign in 32 bits; a product of Qa and Qb is Q(a+b), rounded.
#ifndef MOTE_NN_SOFTMAX_SOFTMAX_S8_H
#define MOTE_NN_SOFTMAX_SOFTMAX_S8_H

#include "mote/base/fixed.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// x · 2^exponent, saturated to 32 bits.  0 < exponent < 31.
MOTE_KERNEL int32_t saturating_shift_left(int32_t x, int32_t exponent) {
  const int32_t limit = (int32_t)1 << (31 - exponent);
  if (x >= limit) return INT32_MAX;
  if (x < -limit) return INT32_MIN;
  return (int32_t)((uint32_t)x << exponent);
}

// e^a, a in [−1/4, 0) Q0.31 → Q0.31: Taylor series around −1/8 up to x⁴, x = a + 1/8.
MOTE_KERNEL int32_t exp_near_zero_q0(int32_t a) {
  const int32_t exp_of_minus_eighth = 1895147668;  // Q0.31
  const int32_t third = 715827883;                 // Q0.31
  const int32_t x = a + ((int32_t)1 << 28);
  const int32_t x2 = doubling_high_mul(x, x);
  const int32_t x3 = doubling_high_mul(x2, x);
  const int32_t x4 = doubling_high_mul(x2, x2);
  const int32_t x4_over_4 = rounding_divide_by_pot(x4, 2);
  const int32_t tail =
      rounding_divide_by_pot(doubling_high_mul(x4_over_4 + x3, third) + x2, 1);  // x²/2 + x³/6 + x⁴/24
  return exp_of_minus_eighth + doubling_high_mul(exp_of_minus_eighth, x + tail);
}

// e^a, a ≤ 0 in Q5.26 → Q0.31.  a = fraction − remainder, fraction in [−1/4, 0), and remainder is a sum of
// 1/4, 1/2, … 16, each of which contributes a factor.
MOTE_KERNEL int32_t exp_of_negative_q5(int32_t a) {
  if (a == 0) return INT32_MAX;
  const int32_t quarter = (int32_t)1 << 24;
  const int32_t fraction = (a & (quarter - 1)) - quarter;
  const uint32_t remainder = (uint32_t)fraction - (uint32_t)a;
  int32_t result = exp_near_zero_q0(saturating_shift_left(fraction, 5));
  if (remainder & ((uint32_t)1 << 24)) result = doubling_high_mul(result, 1672461947);  // e^−1/4
  if (remainder & ((uint32_t)1 << 25)) result = doubling_high_mul(result, 1302514674);  // e^−1/2
  if (remainder & ((uint32_t)1 << 26)) result = doubling_high_mul(result, 790015084);   // e^−1
  if (remainder & ((uint32_t)1 << 27)) result = doubling_high_mul(result, 290630308);   // e^−2
  if (remainder & ((uint32_t)1 << 28)) result = doubling_high_mul(result, 39332535);    // e^−4
  if (remainder & ((uint32_t)1 << 29)) result = doubling_high_mul(result, 720401);      // e^−8
  if (remainder & ((uint32_t)1 << 30)) result = doubling_high_mul(result, 242);         // e^−16
  return result;
}

// 1 / (1 + a), a in [0, 1) Q0.31 → Q0.31, by three Newton-Raphson steps x ← x + x·(1 − d·x) for d = (1 + a) /
// 2, started at 48/17 − 32/17·d.  x = 1/d lies in (1, 2], Q2.29.
MOTE_KERNEL int32_t one_over_one_plus_q0(int32_t a) {
  const int32_t half_denominator =
      (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);  // both terms ≥ 0: halves round up
  int32_t x = 1515870810 + doubling_high_mul(half_denominator, -1010580540);
  for (int32_t step = 0; step < 3; ++step) {
    const int32_t error = ((int32_t)1 << 29) - doubling_high_mul(half_denominator, x);  // Q2.29
    x += saturating_shift_left(doubling_high_mul(x, error), 2);                         // Q4.27 → Q2.29
  }
  return saturating_shift_left(x, 1);  // x / 2, Q1.30 → Q0.31
}

MOTE_KERNEL int32_t leading_zeros(uint32_t x) {
  int32_t zeros = 0;
  for (uint32_t bit = (uint32_t)1 << 31; bit != 0 && (x & bit) == 0; bit >>= 1) ++zeros;
  return zeros;
}

// in [rows, depth] s8;  out [rows, depth] s8 of scale 1/256 and zero point −128.
// The largest element has difference 0 and adds 2^19 to the sum, so the sum is in [2^19, 4095·2^19] and has
// at most 12 leading zeros.  Each difference that is not below diff_min fits Q5.26 after scaling; the host
// derives diff_min so. out may lie over in or below it: a row's maximum and sum are known before its first
// output is written, and each element is read before it is written.
MOTE_KERNEL void softmax_s8(const SoftmaxS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const int8_t* x = in + r * p.depth;
    int32_t largest = -128;
    for (int32_t c = 0; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;

    int32_t sum = 0;  // Q12.19
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      if (difference < p.diff_min) continue;
      sum +=
          rounding_divide_by_pot(exp_of_negative_q5(requantize(difference, p.multiplier, p.left_shift)), 12);
    }

    const int32_t zeros = leading_zeros((uint32_t)sum);
    const int32_t reciprocal =
        one_over_one_plus_q0((int32_t)(((uint32_t)sum << zeros) - ((uint32_t)1 << 31)));
    const int32_t right_shift = 12 - zeros + 31 - 8;
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      int32_t result = -128;
      if (difference >= p.diff_min) {
        const int32_t e = exp_of_negative_q5(requantize(difference, p.multiplier, p.left_shift));
        result += rounding_divide_by_pot(doubling_high_mul(reciprocal, e), right_shift);
      }
      out[r * p.depth + c] = (int8_t)clamp(result, -128, 127);
    }
  }
}

}  // namespace mote

#endif
