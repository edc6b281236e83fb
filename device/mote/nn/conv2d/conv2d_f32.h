// conv2d_f32, the reference: products are summed in the order ky, kx, i, the bias comes last.
#ifndef MOTE_NN_CONV2D_CONV2D_F32_H
#define MOTE_NN_CONV2D_CONV2D_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote {

// out[n, y, x, o] = clamp( Σ in[n, iy, ix, i] · w[o, ky, kx, i] + bias[o] )
// in [N, in_h, in_w, in_c]    weights [out_c, kernel_h, kernel_w, in_c]    bias [out_c] or null
// out [N, out_h, out_w, out_c]; a NaN is written as the canonical one.  in and out do not overlap.
MOTE_KERNEL void conv2d_f32(const Conv2dF32Params& p, const float* in, Rom<float> weights, Rom<float> bias,
                            float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          float sum = 0.0f;
          for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
            const int32_t iy = y * p.stride_h - p.pad_top + ky * p.dilation_h;
            if (iy < 0 || iy >= p.in_h) continue;
            for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
              const int32_t ix = x * p.stride_w - p.pad_left + kx * p.dilation_w;
              if (ix < 0 || ix >= p.in_w) continue;
              for (int32_t i = 0; i < p.in_c; ++i) {
                sum += in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + i] *
                       weights[((o * p.kernel_h + ky) * p.kernel_w + kx) * p.in_c + i];
              }
            }
          }
          if (bias) sum += bias[o];
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = clamp_f32_value(sum, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
