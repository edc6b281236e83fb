// prelu: x where it is positive, x·alpha elsewhere; alpha is a constant that repeats along the innermost axes.
#ifndef MOTE_NN_PRELU_PRELU_H
#define MOTE_NN_PRELU_PRELU_H

#include "mote/base/fp_exact.h"

#include "mote/base/fixed.h"
#include "mote/base/fmath.h"
#include "mote/base/params.h"
#include "mote/base/port.h"
#include "mote/base/rom.h"

#define MOTE_PRELU_FIELDS(FIELD)                                   \
  FIELD(int32_t, repeats)                                          \
  FIELD(int32_t, period) /* elements of alpha, 1 … */            \
  FIELD(int32_t, in_zero_point)                                    \
  FIELD(int32_t, alpha_zero_point)                                 \
  FIELD(int32_t, out_zero_point)                                   \
  FIELD(int32_t, positive_multiplier) /* in / out, Q31 */          \
  FIELD(int32_t, positive_shift)                                   \
  FIELD(int32_t, negative_multiplier) /* in · alpha / out, Q31 */ \
  FIELD(int32_t, negative_shift)

#define MOTE_PRELU_F32_FIELDS(FIELD) \
  FIELD(int32_t, repeats)            \
  FIELD(int32_t, period)

namespace mote {
MOTE_PARAMS(PreluParams, MOTE_PRELU_FIELDS)
MOTE_PARAMS(PreluF32Params, MOTE_PRELU_F32_FIELDS)

// in, out [repeats, period];  alpha [period].
// x = in − in_zero_point, a = alpha − alpha_zero_point:  |x·a| ≤ 65535·255 < 2^24.
// out = clamp( requantize( x ≥ 0 ? x : x·a, those of x's sign ) + out_zero_point )
// out may lie over in or below it (each element is read before it is written).
template <class T>
MOTE_KERNEL void prelu_quantized(const PreluParams& p, const T* in, Rom<int8_t> alpha, T* out, int32_t low,
                                 int32_t high) {
  for (int32_t r = 0; r < p.repeats; ++r) {
    for (int32_t c = 0; c < p.period; ++c) {
      const int32_t x = in[r * p.period + c] - p.in_zero_point;
      const int32_t scaled =
          x >= 0 ? requantize(x, p.positive_multiplier, p.positive_shift)
                 : requantize(x * (alpha[c] - p.alpha_zero_point), p.negative_multiplier, p.negative_shift);
      const int32_t y = (int32_t)((uint32_t)scaled + (uint32_t)p.out_zero_point);
      out[r * p.period + c] = (T)clamp(y, low, high);
    }
  }
}
MOTE_KERNEL void prelu_s8(const PreluParams& p, const int8_t* in, Rom<int8_t> alpha, int8_t* out) {
  prelu_quantized<int8_t>(p, in, alpha, out, -128, 127);
}
MOTE_KERNEL void prelu_s16(const PreluParams& p, const int16_t* in, Rom<int8_t> alpha, int16_t* out) {
  prelu_quantized<int16_t>(p, in, alpha, out, -32768, 32767);
}

// out = in ≥ 0 ? in : in · alpha; a NaN is written as the canonical one.  The same overlap.
MOTE_KERNEL void prelu_f32(const PreluF32Params& p, const float* in, Rom<float> alpha, float* out) {
  for (int32_t r = 0; r < p.repeats; ++r) {
    for (int32_t c = 0; c < p.period; ++c) {
      const float x = in[r * p.period + c];
      out[r * p.period + c] = canonical(x >= 0.0f ? x : x * alpha[c]);
    }
  }
}

}  // namespace mote

#endif
