// l2_pool2d_f32, the reference: the root of the mean square of each window.  Arithmetic of TFLM's L2_POOL_2D.
#ifndef MOTE_NN_POOL_L2_POOL2D_F32_H
#define MOTE_NN_POOL_L2_POOL2D_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/pool/pool.h"

namespace mote {

// in [N, in_h, in_w, channels] f32
// out [N, out_h, out_w, channels] f32;  a NaN is written as the canonical one.
// A window has at most 2^24 taps, so that their number is exact as a float.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void l2_pool2d_f32(const Pool2dF32Params& p, const float* in, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        for (int32_t c = 0; c < p.channels; ++c) {
          float sum = 0.0f;
          for (int32_t iy = window.y0; iy < window.y1; ++iy) {
            for (int32_t ix = window.x0; ix < window.x1; ++ix) {
              const float value = in[((n * p.in_h + iy) * p.in_w + ix) * p.channels + c];
              sum += value * value;
            }
          }
          const int32_t taps = (window.y1 - window.y0) * (window.x1 - window.x0);
          out[((n * p.out_h + y) * p.out_w + x) * p.channels + c] =
              clamp_f32_value(sqrtf(sum / (float)taps), p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
