// max_pool2d_f32, the reference.  The first tap wins among equals (0 and −0).
#ifndef MOTE_NN_POOL_MAX_POOL2D_F32_H
#define MOTE_NN_POOL_MAX_POOL2D_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/pool/pool.h"

namespace mote {

// in [N, in_h, in_w, channels] f32
// out [N, out_h, out_w, channels] f32
// A NaN never wins: a window of NaNs alone gives −FLT_MAX, clamped.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void max_pool2d_f32(const Pool2dF32Params& p, const float* in, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        for (int32_t c = 0; c < p.channels; ++c) {
          float largest = -3.402823466e+38f;
          for (int32_t iy = window.y0; iy < window.y1; ++iy) {
            for (int32_t ix = window.x0; ix < window.x1; ++ix) {
              const float value = in[((n * p.in_h + iy) * p.in_w + ix) * p.channels + c];
              if (value > largest) largest = value;
            }
          }
          out[((n * p.out_h + y) * p.out_w + x) * p.channels + c] =
              clamp_f32_value(largest, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
