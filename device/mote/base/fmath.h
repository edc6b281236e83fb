// Float functions without libm: the same bits on every machine with IEEE 754 single precision, because they
// are made of
// + − · and comparisons in a fixed order.  Used by the float kernels; int8 kernels never depend on floats.
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

}  // namespace mote

#endif
