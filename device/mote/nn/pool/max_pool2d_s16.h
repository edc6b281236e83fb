// max_pool2d_s16, the reference.  Arithmetic of TFLM's MAX_POOL_2D int16.
#ifndef MOTE_NN_POOL_MAX_POOL2D_S16_H
#define MOTE_NN_POOL_MAX_POOL2D_S16_H

#include "mote/base/fixed.h"
#include "mote/nn/pool/pool.h"

namespace mote {

// in [N, in_h, in_w, channels] s16
// out [N, out_h, out_w, channels] s16
// Input and output have the same scale and zero point.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void max_pool2d_s16(const Pool2dS16Params& p, const int16_t* in, int16_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        for (int32_t c = 0; c < p.channels; ++c) {
          int32_t largest = -32768;
          for (int32_t iy = window.y0; iy < window.y1; ++iy) {
            for (int32_t ix = window.x0; ix < window.x1; ++ix) {
              const int32_t value = in[((n * p.in_h + iy) * p.in_w + ix) * p.channels + c];
              if (value > largest) largest = value;
            }
          }
          out[((n * p.out_h + y) * p.out_w + x) * p.channels + c] =
              (int16_t)clamp(largest, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
