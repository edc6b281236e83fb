// Float functions without libm: the same bits on every machine with IEEE 754 single precision, because they
// are made of + − · ÷, comparisons and integers in a fixed order.  Used by the float kernels; int8 kernels
// never depend on floats.  Errors are in units of the last place (ulp), measured against the C library's double.
#ifndef MOTE_BASE_FMATH_H
#define MOTE_BASE_FMATH_H

#include "mote/base/fp_exact.h"

#include "mote/base/port.h"

namespace mote {

MOTE_KERNEL float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

MOTE_KERNEL uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

MOTE_KERNEL float infinity_f32() { return float_of_bits(0x7f800000u); }

// The one NaN that mote writes: x86 makes 0xffc00000 of 0/0, ARM 0x7fc00000, and payloads travel differently.
MOTE_KERNEL float canonical(float x) { return x == x ? x : float_of_bits(0x7fc00000u); }

// x limited to [low, high]; a NaN stays the canonical NaN.  −0 and 0 compare equal and pass.
MOTE_KERNEL float clamp_f32_value(float x, float low, float high) {
  return x < low ? low : (x > high ? high : canonical(x));
}

// 2^k for −126 ≤ k ≤ 127.
MOTE_KERNEL float power_of_two(int32_t k) { return float_of_bits((uint32_t)(k + 127) << 23); }

// e^x.  Within 0.96 units in the last place of the true value (measured at every 1021st float), subnormal
// results included.  x > 88.72: +∞;  x < −103.98: 0;  NaN: the canonical NaN.
//
// x = k·ln 2 + r with |r| ≤ ln 2 / 2, a little more by rounding; e^x = 2^k · e^r.  ln 2 is split in two: its
// high part 355/512 has 9 significant bits, so k·high is exact for |k| ≤ 150, and so is x − k·high near it
// (Cody and Waite 1980).  e^r = 1 + r + r²·q(r), with q the least-squares fit of (e^r − 1 − r)/r² on
// [−0.3475, 0.3475]; the fit's error relative to e^r is below 2^−27.
MOTE_KERNEL float expf(float x) {
  if (x != x) return canonical(x);
  if (x > 88.72284f) return infinity_f32();
  if (x < -103.9721f) return 0.0f;
  const float scaled = x * 1.44269504f;  // |scaled| ≤ 150
  const int32_t k =
      (int32_t)(scaled < 0.0f ? scaled - 0.5f : scaled + 0.5f);  // in range: no saturation needed
  const float high = x - (float)k * 0.693359375f;
  const float r = high - (float)k * -2.12194440e-4f;
  float q = 0.00137507194f;
  q = q * r + 0.00836910587f;
  q = q * r + 0.0416695625f;
  q = q * r + 0.166665167f;
  q = q * r + 0.499999881f;
  const float exp_r = 1.0f + (r + r * r * q);
  const int32_t half = k / 2;  // two steps: 2^k itself may be out of range; the first product is exact
  return exp_r * power_of_two(half) * power_of_two(k - half);
}

// (float)x, halves to even, whatever the compiler's library does.  The two halves are exact floats; their sum rounds once.
MOTE_KERNEL float float_of_u32(uint32_t x) {
  return (float)(int32_t)(x >> 16) * 65536.0f + (float)(int32_t)(x & 0xffffu);
}

// |x|; −0 becomes 0.
MOTE_KERNEL float absf(float x) { return x > 0.0f ? x : 0.0f - x; }

// The largest whole number not above x.  Floats of 2^23 and more are whole.
MOTE_KERNEL float floorf(float x) {
  if (!(x > -8388608.0f && x < 8388608.0f)) return canonical(x);
  const float whole = (float)(int32_t)x;  // towards zero; exact
  return whole > x ? whole - 1.0f : whole;
}
MOTE_KERNEL float ceilf(float x) { return 0.0f - floorf(0.0f - x); }

// The nearest whole number, halves to the even one.
MOTE_KERNEL float round_half_evenf(float x) {
  if (!(x > -8388608.0f && x < 8388608.0f)) return canonical(x);
  const float below = floorf(x);
  const float rest = x - below;  // exact
  const bool odd = ((int32_t)below & 1) != 0;
  return rest > 0.5f || (rest == 0.5f && odd) ? below + 1.0f : below;
}

// √x, correctly rounded.  x < 0: NaN.  One bit of the root at a time, in integers: hardware square roots would
// give the same bits, but not every core has one.
MOTE_KERNEL float sqrtf(float x) {
  if (!(x > 0.0f)) return x == 0.0f ? x : canonical(float_of_bits(0x7fc00000u));
  if (x == infinity_f32()) return x;
  int32_t scale = 0;  // the argument is x · 4^scale, so that it is normal
  if (x < 1.17549435e-38f) {
    x *= 16777216.0f;
    scale = 12;
  }
  const uint32_t bits = bits_of_float(x);
  const int32_t exponent = (int32_t)(bits >> 23) - 127;
  uint32_t rest = (bits & 0x007fffffu) | 0x00800000u;
  if (exponent & 1) rest <<= 1;  // rest / 2^23 in [1, 4), times 2^(even exponent)
  uint32_t root = 0, doubled = 0;
  for (uint32_t bit = (uint32_t)1 << 24; bit != 0; bit >>= 1) {
    rest <<= 1;
    const uint32_t with = doubled + bit;  // (root + bit)² − root² = bit · (2·root + bit)
    if (with <= rest) {
      doubled = with + bit;
      rest -= with;
      root += bit;
    }
  }
  // root has 25 bits: 24 of the result and one to round with; it is never exactly half way.
  const uint32_t mantissa = (root + (root & 1u)) >> 1;
  const int32_t half = exponent >= 0 ? exponent / 2 : -((1 - exponent) / 2);
  return (float)(int32_t)mantissa * power_of_two(half - 23 - scale);
}

// e^x − 1 without cancellation near 0.  Within 1.4 ulp.
// With k and r as in expf: e^x − 1 = 2^k·(e^r − 1) + (2^k − 1).
MOTE_KERNEL float expm1f(float x) {
  if (x != x) return canonical(x);
  if (x > 17.5f) return expf(x);  // the 1 is below half a unit of the last place
  if (x < -17.5f) return -1.0f;
  if (x > -1e-4f && x < 1e-4f) return x + x * x * 0.5f;
  const float scaled = x * 1.44269504f;
  const int32_t k = (int32_t)(scaled < 0.0f ? scaled - 0.5f : scaled + 0.5f);
  const float high = x - (float)k * 0.693359375f;
  const float low = (float)k * -2.12194440e-4f;
  const float r = high - low;
  const float lost = (high - r) - low;  // what rounding took from r
  float q = 0.00137507194f;
  q = q * r + 0.00836910587f;
  q = q * r + 0.0416695625f;
  q = q * r + 0.166665167f;
  q = q * r + 0.499999881f;
  const float part = r * r * q + lost;
  if (k == 0) return r + part;
  const float factor = power_of_two(k);
  return (factor - 1.0f) + factor * r + factor * part;
}

// The natural logarithm.  Within 0.9 ulp.  x < 0: NaN;  ±0: −∞.
// x = 2^k·m with m in [√½, √2), f = m − 1, s = f / (2 + f): log m = 2·atanh s = 2s + 2s³/3 + 2s⁵/5 + …, and
// because 2s = f − s·f it is f − s·(f − R) with R = 2s²/3 + 2s⁴/5 + …; |s| ≤ 0.172, so four terms are enough.
MOTE_KERNEL float logf(float x) {
  if (x != x || x < 0.0f) return float_of_bits(0x7fc00000u);
  if (x == 0.0f) return -infinity_f32();
  if (x == infinity_f32()) return x;
  int32_t k = 0;
  if (x < 1.17549435e-38f) {
    x *= 33554432.0f;
    k = -25;
  }
  // 0x3f3504f3 is √½: what lies between it and its double has exponent 0 after the subtraction.
  const uint32_t above = bits_of_float(x) - 0x3f3504f3u;
  k += (int32_t)above >> 23;
  const float f = float_of_bits((above & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float series = z * (0.666666687f + z * (0.4f + z * (0.285714298f + z * 0.222222224f)));
  const float half = 0.5f * f * f;
  const float exponent = (float)k;
  // f − (f²/2 − s·(f²/2 + R)): the same sum with its largest term last.
  const float small = s * (half + series) + exponent * -2.12194440e-4f;
  return exponent * 0.693359375f + (f - (half - small));
}

// An angle as a multiple of a quarter turn and a rest: x = quadrant·π/2 + rest, |rest| ≤ π/4.
struct Angle {
  uint32_t quadrant;  // modulo 4
  float rest;
};

// Any finite x, by Payne and Hanek 1983: of the product x·(2/π) only the bits around the point matter; those
// above are whole turns.  The product is exact to 2^−64, and no float comes closer to a multiple of π/2 than
// about 2^−31 quarters, so that 33 good bits are left at worst.
MOTE_KERNEL Angle reduce_angle(float x) {
  Angle angle = {0, x};
  const float size = absf(x);
  if (size <= 0.785398163f) return angle;
  // 2/π in words of 32 bits; the point is after the second word.
  const uint32_t two_over_pi[9] = {0u,          0u,          0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,
                                   0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};
  const uint32_t bits = bits_of_float(size);
  const uint32_t mantissa = (bits & 0x007fffffu) | 0x00800000u;
  const uint32_t shift = (bits >> 23) - 150u + 32u;  // size = mantissa·2^(shift − 32);  8 ≤ shift ≤ 136
  const uint32_t word = shift >> 5, bit = shift & 31u;
  uint32_t window[4];  // 2/π · 2^(shift − 32) modulo 2^32: one word before the point, three behind it
  for (uint32_t i = 0; i < 4; ++i) {
    window[i] = two_over_pi[word + i] << bit;
    if (bit != 0) window[i] |= two_over_pi[word + i + 1] >> (32u - bit);
  }
  const uint64_t low = ((uint64_t)mantissa * window[3] >> 32) + (uint64_t)mantissa * window[2];
  const uint64_t middle = (uint64_t)mantissa * window[1] + (low >> 32);
  uint32_t quadrant = mantissa * window[0] + (uint32_t)(middle >> 32);
  uint64_t fraction = (middle << 32) | (low & 0xffffffffu);  // of a quarter turn, /2^64
  const bool beyond_half = (fraction >> 63) != 0;
  if (beyond_half) {  // nearer to the next quarter
    quadrant += 1;
    fraction = (uint64_t)0 - fraction;
  }
  int32_t exponent = -32;  // fraction's upper word counts in units of 2^exponent quarters
  while ((fraction >> 63) == 0 && exponent > -95) {
    fraction <<= 1;
    --exponent;
  }
  // · π/2 = 0xc90fdaa2·2^−31
  const uint64_t product = (fraction >> 32) * (uint64_t)0xc90fdaa2u;
  const float rest = float_of_u32((uint32_t)(product >> 32)) * power_of_two(exponent + 1);
  angle.quadrant = x < 0.0f ? 0u - quadrant : quadrant;
  angle.rest = beyond_half != (x < 0.0f) ? 0.0f - rest : rest;
  return angle;
}

// sin and cos on [−π/4, π/4]: Taylor series, whose next terms are below 2^−28.
MOTE_KERNEL float sin_of_rest(float r) {
  const float z = r * r;
  return r + r * z * (-0.166666672f + z * (0.00833333377f + z * (-1.98412701e-4f + z * 2.75573188e-6f)));
}
MOTE_KERNEL float cos_of_rest(float r) {
  const float z = r * r;
  const float half = 0.5f * z;
  const float near_one = 1.0f - half;
  const float lost = (1.0f - near_one) - half;  // what rounding took
  return near_one +
         (lost +
          z * z * (0.0416666679f + z * (-0.00138888892f + z * (2.48015876e-5f + z * -2.75573188e-7f))));
}

// Within 1.5 ulp for every finite x.  ±∞: NaN.
MOTE_KERNEL float sinf(float x) {
  if (!(absf(x) < infinity_f32())) return float_of_bits(0x7fc00000u);
  const Angle angle = reduce_angle(x);
  const float value = (angle.quadrant & 1u) != 0 ? cos_of_rest(angle.rest) : sin_of_rest(angle.rest);
  return (angle.quadrant & 2u) != 0 ? 0.0f - value : value;
}
MOTE_KERNEL float cosf(float x) {
  if (!(absf(x) < infinity_f32())) return float_of_bits(0x7fc00000u);
  const Angle angle = reduce_angle(x);
  const float value = (angle.quadrant & 1u) != 0 ? sin_of_rest(angle.rest) : cos_of_rest(angle.rest);
  return ((angle.quadrant + 1u) & 2u) != 0 ? 0.0f - value : value;
}

// Within 1.6 ulp.  Below 0.55 Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + x²/(7 + x²/9)))), written as x
// less a small part; above it 1 − 2 / (e^2x + 1).
MOTE_KERNEL float tanhf(float x) {
  if (x != x) return canonical(x);
  const float size = absf(x);
  if (size < 0.55f) {
    const float z = x * x;
    return x - x * (z * (315.0f + 14.0f * z) / (945.0f + z * (420.0f + 15.0f * z)));
  }
  const float value = size > 9.1f ? 1.0f : 1.0f - 2.0f / (expf(2.0f * size) + 1.0f);
  return x < 0.0f ? 0.0f - value : value;
}

// 1 / (1 + e^−x), with TFLM's cuts: e^x below −9 (up to 1.3·10^−4 of it too much), 1 above 16.62.  Within 2.2 ulp of that.
MOTE_KERNEL float logisticf(float x) {
  if (x != x) return canonical(x);
  if (x > 16.6190472f) return 1.0f;
  return x < -9.0f ? expf(x) : 1.0f / (1.0f + expf(0.0f - x));
}

}  // namespace mote

#endif
