// Functions of one float, element by element: abs_f32, exp_f32, …  The functions themselves are in base/fmath.h.
#ifndef MOTE_NN_UNARY_UNARY_F32_H
#define MOTE_NN_UNARY_UNARY_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_UNARY_F32_FIELDS(FIELD) FIELD(int32_t, count) /* elements */

#define MOTE_LEAKY_RELU_F32_FIELDS(FIELD) \
  FIELD(int32_t, count)                   \
  FIELD(float, alpha) /* slope below 0, any finite value */

namespace mote {
MOTE_PARAMS(UnaryF32Params, MOTE_UNARY_F32_FIELDS)
MOTE_PARAMS(LeakyReluF32Params, MOTE_LEAKY_RELU_F32_FIELDS)

// out[i] = function(in[i]); a NaN is written as the canonical one.
// out may lie over in or below it (element i is read before it is written).
template <float (*function)(float)>
MOTE_KERNEL void map_f32(const UnaryF32Params& p, const float* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = canonical(function(in[i]));
}

MOTE_KERNEL float negative(float x) { return 0.0f - x; }
MOTE_KERNEL float square(float x) { return x * x; }
MOTE_KERNEL float inverse_square_root(float x) { return 1.0f / sqrtf(x); }
MOTE_KERNEL float elu(float x) { return x < 0.0f ? expm1f(x) : x; }
MOTE_KERNEL float hard_swish(float x) { return x * clamp_f32_value(x + 3.0f, 0.0f, 6.0f) / 6.0f; }

MOTE_KERNEL void abs_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<absf>(p, in, out); }
MOTE_KERNEL void neg_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<negative>(p, in, out);
}
MOTE_KERNEL void exp_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<expf>(p, in, out); }
MOTE_KERNEL void log_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<logf>(p, in, out); }
MOTE_KERNEL void sqrt_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<sqrtf>(p, in, out);
}
MOTE_KERNEL void rsqrt_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<inverse_square_root>(p, in, out);
}
MOTE_KERNEL void square_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<square>(p, in, out);
}
MOTE_KERNEL void sin_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<sinf>(p, in, out); }
MOTE_KERNEL void cos_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<cosf>(p, in, out); }
MOTE_KERNEL void round_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<round_half_evenf>(p, in, out);
}
MOTE_KERNEL void floor_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<floorf>(p, in, out);
}
MOTE_KERNEL void ceil_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<ceilf>(p, in, out);
}
MOTE_KERNEL void logistic_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<logisticf>(p, in, out);
}
MOTE_KERNEL void tanh_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<tanhf>(p, in, out);
}
MOTE_KERNEL void elu_f32(const UnaryF32Params& p, const float* in, float* out) { map_f32<elu>(p, in, out); }
MOTE_KERNEL void hard_swish_f32(const UnaryF32Params& p, const float* in, float* out) {
  map_f32<hard_swish>(p, in, out);
}

// out[i] = in[i] > 0 ? in[i] : in[i] · alpha.  The same overlap.
MOTE_KERNEL void leaky_relu_f32(const LeakyReluF32Params& p, const float* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = canonical(in[i] > 0.0f ? in[i] : in[i] * p.alpha);
}

}  // namespace mote

#endif
