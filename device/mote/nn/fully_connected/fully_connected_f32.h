// fully_connected_f32, the reference: products are summed upwards from i = 0, the bias comes last.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_F32_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/rom.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// out[n, o] = clamp( Σ_i in[n, i] · w[o, i] + bias[o] )
// in [N, in_count]    weights [out_count, in_count]    bias [out_count] or null
// out [N, out_count]; a NaN is written as the canonical one.  in and out do not overlap.
MOTE_KERNEL void fully_connected_f32(const FullyConnectedF32Params& p, const float* in, Rom<float> weights,
                                     Rom<float> bias, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t o = 0; o < p.out_count; ++o) {
      float sum = 0.0f;
      for (int32_t i = 0; i < p.in_count; ++i) sum += in[n * p.in_count + i] * weights[o * p.in_count + i];
      if (bias) sum += bias[o];
      out[n * p.out_count + o] = clamp_f32_value(sum, p.act_min, p.act_max);
    }
  }
}

}  // namespace mote

#endif
