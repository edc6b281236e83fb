// svdf_f32, the reference.  Order of sums as TFLM's SVDF: each filter by itself, then added to the bias in turn.
#ifndef MOTE_NN_SVDF_SVDF_F32_H
#define MOTE_NN_SVDF_SVDF_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/rom.h"
#include "mote/nn/svdf/svdf.h"

namespace mote {

// in [N, in_count]    weights_feature [units·rank, in_count]    weights_time [units·rank, memory]    bias [units] or null
// state [N, units·rank, memory], read and written    out [N, units]; a NaN is written as the canonical one
// Nothing overlaps.
MOTE_KERNEL void svdf_f32(const SvdfF32Params& p, const float* in, Rom<float> weights_feature,
                          Rom<float> weights_time, Rom<float> bias, float* state, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t u = 0; u < p.units; ++u) {
      float sum = 0.0f;
      if (bias) sum = bias[u];
      for (int32_t f = u * p.rank; f < (u + 1) * p.rank; ++f) {
        float newest = 0.0f;
        for (int32_t i = 0; i < p.in_count; ++i) newest += weights_feature[f * p.in_count + i] * in[i];
        forget_oldest(state, p.memory);
        state[p.memory - 1] = canonical(newest);
        float filtered = 0.0f;
        for (int32_t m = 0; m < p.memory; ++m) filtered += weights_time[f * p.memory + m] * state[m];
        sum += filtered;
        state += p.memory;
      }
      *out++ = clamp_f32_value(sum, p.act_min, p.act_max);
    }
    in += p.in_count;
  }
}

}  // namespace mote

#endif
