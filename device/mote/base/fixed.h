// Fixed-point arithmetic of int8 ops: the double rounding of TensorFlow Lite Micro's reference kernels, and
// of CMSIS-NN. Source: TFLite 8-bit quantization specification; Jacob et al. 2018, "Quantization and Training
// of Neural Networks for Efficient Integer-Arithmetic-Only Inference", §2.2.
#ifndef MOTE_BASE_FIXED_H
#define MOTE_BASE_FIXED_H

#include "mote/base/port.h"

namespace mote {

// round(a·b / 2^31), ties towards +∞, as Q31 · Q31 → Q31.  Saturates in its only overflow, a = b = −2^31.
MOTE_KERNEL int32_t doubling_high_mul(int32_t a, int32_t b) {
  if (a == b && a == INT32_MIN) return INT32_MAX;
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

// round(x / 2^exponent), ties away from zero.  0 ≤ exponent ≤ 31.
MOTE_KERNEL int32_t rounding_divide_by_pot(int32_t x, int32_t exponent) {
  const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x · multiplier · 2^(shift − 31), rounded twice.  multiplier in [2^30, 2^31) or 0; −31 ≤ shift ≤ 30.
// shift > 0: x · 2^shift must fit 32 bits, which the host has proved from the accumulator's bounds; it wraps otherwise.
MOTE_KERNEL int32_t requantize(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  return rounding_divide_by_pot(doubling_high_mul((int32_t)((uint32_t)x << left), multiplier), right);
}

// x · multiplier · 2^(shift − 31) for sums of 64 bits, rounded once, ties towards +∞: the multiplier is first rounded to 15
// bits, so that the product fits.  multiplier as above; −31 ≤ shift ≤ 7; |x| < 2^47, beyond which it wraps.
// Arithmetic of TFLM's int16 ops with int8 weights.
MOTE_KERNEL int32_t requantize_s64(int64_t x, int32_t multiplier, int32_t shift) {
  const int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
  const int32_t total_shift = 15 - shift;
  const uint64_t product = (uint64_t)x * (uint64_t)reduced + ((uint64_t)1 << (total_shift - 1));
  return (int32_t)((int64_t)product >> total_shift);
}

// A sum requantized by its width.  Sums are unsigned: they wrap where no bound has been proved.
MOTE_KERNEL int32_t requantize_sum(uint32_t sum, int32_t multiplier, int32_t shift) {
  return requantize((int32_t)sum, multiplier, shift);
}
MOTE_KERNEL int32_t requantize_sum(uint64_t sum, int32_t multiplier, int32_t shift) {
  return requantize_s64((int64_t)sum, multiplier, shift);
}

MOTE_KERNEL int32_t clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

// clamp(x + offset, low, high) for any x: the sum itself may not fit 32 bits.  |offset|, |low|, |high| < 2^16.
MOTE_KERNEL int32_t offset_clamp(int32_t x, int32_t offset, int32_t low, int32_t high) {
  return clamp(x, low - offset, high - offset) + offset;
}

}  // namespace mote

#endif
