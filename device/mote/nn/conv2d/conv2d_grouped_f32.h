// conv2d_grouped_f32, the reference: products are summed in the order ky, kx, i, the bias comes last.
#ifndef MOTE_NN_CONV2D_CONV2D_GROUPED_F32_H
#define MOTE_NN_CONV2D_CONV2D_GROUPED_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/conv2d/conv2d_grouped.h"

namespace mote {

// out[n, y, x, o] = clamp( Σ in[n, iy, ix, first + i] · w[o, ky, kx, i] + bias[o] )
// in [N, in_h, in_w, in_c]    weights [out_c, kernel_h, kernel_w, in_c / groups]    bias [out_c] or null
// out [N, out_h, out_w, out_c]; a NaN is written as the canonical one.  in and out do not overlap.
MOTE_KERNEL void conv2d_grouped_f32(const Conv2dGroupedF32Params& p, const float* in, Rom<float> weights,
                                    Rom<float> bias, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          float sum = conv2d_grouped_sum<float>(p, 0.0f, in, weights, n, y, x, o);
          if (bias) sum += bias[o];
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = clamp_f32_value(sum, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
