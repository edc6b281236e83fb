// Exponentials, reciprocals, logarithms and roots in fixed point, bit for bit those of TFLM's int8 kernels (arithmetic of
// gemmlowp), without any float.  The host makes tables of logistic and tanh with them, too.
//
// Numbers are Qm.n: m integer bits, n = 31 − m fraction bits and a sign in 32 bits; a product of Qa and Qb is
// Q(a+b), rounded.
#ifndef MOTE_BASE_FIXED_MATH_H
#define MOTE_BASE_FIXED_MATH_H

#include "mote/base/fixed.h"

namespace mote {

// x · 2^exponent, saturated to 32 bits.  0 < exponent < 31.
MOTE_KERNEL int32_t saturating_shift_left(int32_t x, int32_t exponent) {
  const int32_t limit = (int32_t)1 << (31 - exponent);
  if (x >= limit) return INT32_MAX;
  if (x < -limit) return INT32_MIN;
  return (int32_t)((uint32_t)x << exponent);
}

// a + b and a − b modulo 2^32, as integers without overflow checks compute them.
MOTE_KERNEL int32_t add_modulo(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
MOTE_KERNEL int32_t subtract_modulo(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }

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

// e^a, a ≤ 0 with `integer_bits` (2 … 5) integer bits → Q0.31.  a = fraction − remainder, fraction in [−1/4, 0), and
// remainder is a sum of 1/4, 1/2, … 16, each of which contributes a factor.
MOTE_KERNEL int32_t exp_of_negative(int32_t a, int32_t integer_bits) {
  if (a == 0) return INT32_MAX;
  const int32_t fraction_bits = 31 - integer_bits;
  const int32_t quarter = (int32_t)1 << (fraction_bits - 2);
  const int32_t fraction = (a & (quarter - 1)) - quarter;
  const uint32_t remainder = ((uint32_t)fraction - (uint32_t)a) >> (fraction_bits - 2);  // in quarters
  int32_t result = exp_near_zero_q0(saturating_shift_left(fraction, integer_bits));
  if (remainder & 1u) result = doubling_high_mul(result, 1672461947);  // e^−1/4
  if (remainder & 2u) result = doubling_high_mul(result, 1302514674);  // e^−1/2
  if (remainder & 4u) result = doubling_high_mul(result, 790015084);   // e^−1
  if (remainder & 8u) result = doubling_high_mul(result, 290630308);   // e^−2
  if (remainder & 16u) result = doubling_high_mul(result, 39332535);   // e^−4
  if (remainder & 32u) result = doubling_high_mul(result, 720401);     // e^−8
  if (remainder & 64u) result = doubling_high_mul(result, 242);        // e^−16
  return result;
}
MOTE_KERNEL int32_t exp_of_negative_q5(int32_t a) { return exp_of_negative(a, 5); }

// 2 / (1 + a), a in [0, 1) Q0.31 → (1, 2] Q2.29, by three Newton-Raphson steps x ← x + x·(1 − d·x) for
// d = (1 + a) / 2, started at 48/17 − 32/17·d.
MOTE_KERNEL int32_t two_over_one_plus_q0(int32_t a) {
  const int32_t half_denominator =
      (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);  // both terms ≥ 0: halves round up
  int32_t x = 1515870810 + doubling_high_mul(half_denominator, -1010580540);
  for (int32_t step = 0; step < 3; ++step) {
    const int32_t error = ((int32_t)1 << 29) - doubling_high_mul(half_denominator, x);  // Q2.29
    x += saturating_shift_left(doubling_high_mul(x, error), 2);                         // Q4.27 → Q2.29
  }
  return x;
}
// 1 / (1 + a) and (1 − a) / (1 + a), a in [0, 1) Q0.31 → Q0.31.
MOTE_KERNEL int32_t one_over_one_plus_q0(int32_t a) {
  return saturating_shift_left(two_over_one_plus_q0(a), 1);  // x / 2, Q1.30 → Q0.31
}
MOTE_KERNEL int32_t one_minus_over_one_plus_q0(int32_t a) {
  return saturating_shift_left(two_over_one_plus_q0(a) - ((int32_t)1 << 29), 2);
}

MOTE_KERNEL int32_t leading_zeros(uint32_t x) {
  int32_t zeros = 0;
  for (uint32_t bit = (uint32_t)1 << 31; bit != 0 && (x & bit) == 0; bit >>= 1) ++zeros;
  return zeros;
}

// 1 / √x as multiplier · 2^(shift − 31), for x ≥ 0 (0 counts as 1).
struct InverseRoot {
  int32_t multiplier, shift;
};
// x is brought to [1/4, 1) by powers of 4, then five Newton steps y ← 3/2·y − x/2·y³ from y = 1, Q3.28.
MOTE_KERNEL InverseRoot inverse_root(int32_t x) {
  InverseRoot result = {INT32_MAX, 0};
  if (x <= 1) return result;
  int32_t right = 11;
  while (x >= (int32_t)1 << 29) {
    x /= 4;
    ++right;
  }
  const int32_t pairs = (leading_zeros((uint32_t)x) - 1) / 2 - 1;
  right -= pairs;
  x <<= 2 * pairs;  // in [2^27, 2^29)
  const int32_t half_x = rounding_divide_by_pot(x >> 1, 1);
  const int32_t three_halves = ((int32_t)1 << 28) + ((int32_t)1 << 27);
  int32_t y = (int32_t)1 << 28;
  for (int32_t step = 0; step < 5; ++step) {
    const int32_t cube = saturating_shift_left(doubling_high_mul(doubling_high_mul(y, y), y), 6);
    y = saturating_shift_left(
        subtract_modulo(doubling_high_mul(three_halves, y), doubling_high_mul(half_x, cube)), 3);
  }
  y = doubling_high_mul(y, 1518500250);  // √½, Q0.31
  if (right < 0) {
    y = (int32_t)((uint32_t)y << -right);
    right = 0;
  }
  result.multiplier = y;
  result.shift = -right;
  return result;
}

// log a, a ≥ 1 Q12.19 → Q5.26.  With z = a·2^−k near √½, log z by a rational function in r around ⁴√½; of two
// candidates for k, a quarter power of two apart, the one with the larger k − ¾ or k − ¼ is taken.
MOTE_KERNEL int32_t log_of_q12(int32_t a) {
  const int32_t root_half = 1518500250, fourth_root_half = 1805811301;  // √½ and ⁴√½, Q0.31
  const int32_t alpha_n = 117049297, alpha_d = 127690142;               // 11/240·⁴√2, 1/20·⁴√2
  const int32_t alpha_i = 1057819769, alpha_f = 638450708;              // 2/⁴√2 − ⁴√2, ¼·⁴√2
  const int32_t log_2 = 1488522236, quarter_q6 = rounding_divide_by_pot(536870912, 6);
  const int32_t unit_q6 = 25;  // 1 in Q6.25 is 2^25

  const int32_t zeros_a = leading_zeros((uint32_t)a);
  const int32_t whole_a = zeros_a > 1 ? saturating_shift_left(a, zeros_a - 1) : a;
  const int32_t r_a = saturating_shift_left(doubling_high_mul(whole_a, root_half), 1);
  const int32_t power_a = saturating_shift_left(12 - zeros_a, unit_q6) + quarter_q6;

  const int32_t zeros_b = leading_zeros((uint32_t)doubling_high_mul(a, root_half)) - 1;
  const int32_t r_b = zeros_b > 0 ? saturating_shift_left(a, zeros_b) : a;
  const int32_t power_b = saturating_shift_left(12 - zeros_b, unit_q6) - quarter_q6;

  const int32_t r = r_a < r_b ? r_a : r_b;
  const int32_t power = power_a > power_b ? power_a : power_b;

  const int32_t p = (int32_t)(((int64_t)r + fourth_root_half + 1) / 2);  // halves round up; both ≥ 0
  int32_t q = subtract_modulo(r, fourth_root_half);
  q = add_modulo(q, q);
  const int32_t square = doubling_high_mul(q, q);
  const int32_t numerator =
      add_modulo(doubling_high_mul(q, r), doubling_high_mul(doubling_high_mul(q, square), alpha_n));
  const int32_t inner = add_modulo(add_modulo(alpha_i, q), doubling_high_mul(alpha_d, square));
  const int32_t denominator_less_1 = add_modulo(doubling_high_mul(p, inner), doubling_high_mul(alpha_f, q));
  const int32_t reciprocal = one_over_one_plus_q0(denominator_less_1);
  const int32_t fraction = doubling_high_mul(rounding_divide_by_pot(numerator, 6), reciprocal);
  return saturating_shift_left(add_modulo(doubling_high_mul(power, log_2), fraction), 1);  // Q6.25 → Q5.26
}

}  // namespace mote

#endif
