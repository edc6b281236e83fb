// l2_normalization: each row divided by its Euclidean length.  Embeddings end so.
#ifndef MOTE_NN_L2_NORMALIZATION_L2_NORMALIZATION_H
#define MOTE_NN_L2_NORMALIZATION_L2_NORMALIZATION_H

#include "mote/base/fp_exact.h"

#include "mote/base/fixed_math.h"
#include "mote/base/fmath.h"
#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_L2_NORMALIZATION_S8_FIELDS(FIELD)                                      \
  FIELD(int32_t, rows)                                                              \
  FIELD(int32_t, depth) /* 1 … 33025: a sum of squares, each up to 255², fits */ \
  FIELD(int32_t, in_zero_point)

#define MOTE_L2_NORMALIZATION_F32_FIELDS(FIELD) \
  FIELD(int32_t, rows)                          \
  FIELD(int32_t, depth)

namespace mote {
MOTE_PARAMS(L2NormalizationS8Params, MOTE_L2_NORMALIZATION_S8_FIELDS)
MOTE_PARAMS(L2NormalizationF32Params, MOTE_L2_NORMALIZATION_F32_FIELDS)

// out[r, c] = (in[r, c] − in_zero_point) / √Σ…²;  in, out [rows, depth] s8, out of scale 1/128 and zero point 0.
// The root is TFLM's in fixed point.  |in − zero point| < 2^8 and shifts up to 7.
// out may lie over in or below it: a row's sum is known before its first output is written.
MOTE_KERNEL void l2_normalization_s8(const L2NormalizationS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const int8_t* x = in + r * p.depth;
    int32_t sum = 0;
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t centred = x[c] - p.in_zero_point;
      sum += centred * centred;
    }
    const InverseRoot root = inverse_root(sum);
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t scaled = requantize(x[c] - p.in_zero_point, root.multiplier, root.shift + 7);
      out[r * p.depth + c] = (int8_t)clamp(scaled, -128, 127);
    }
  }
}

// out[r, c] = in[r, c] / max(√Σ in[r, …]², 10^−6), summed upwards; a NaN is written as the canonical one.
// The same overlap.
MOTE_KERNEL void l2_normalization_f32(const L2NormalizationF32Params& p, const float* in, float* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const float* x = in + r * p.depth;
    float sum = 0.0f;
    for (int32_t c = 0; c < p.depth; ++c) sum += x[c] * x[c];
    const float length = sqrtf(sum);
    const float divisor = length < 1e-6f ? 1e-6f : length;
    for (int32_t c = 0; c < p.depth; ++c) out[r * p.depth + c] = canonical(x[c] / divisor);
  }
}

}  // namespace mote

#endif
