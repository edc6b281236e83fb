// conv2d_grouped_s8, the reference.  Arithmetic of TFLM's CONV_2D int8.
#ifndef MOTE_NN_CONV2D_CONV2D_GROUPED_S8_H
#define MOTE_NN_CONV2D_CONV2D_GROUPED_S8_H

#include "mote/base/fixed.h"
#include "mote/nn/conv2d/conv2d_grouped.h"

namespace mote {

// out[n, y, x, o] = clamp( requantize(sum) + out_zero_point )
// sum = bias[o] + Σ (in[n, iy, ix, first + i] − in_zero_point) · w[o, ky, kx, i], in 32 bits
//
// weights     [out_c, kernel_h, kernel_w, in_c / groups] s8, symmetric
// The others, ranges and overlap as conv2d_s8.
MOTE_KERNEL void conv2d_grouped_s8(const Conv2dGroupedS8Params& p, const int8_t* in, Rom<int8_t> weights,
                                   Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                   int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          uint32_t sum = conv2d_grouped_sum<uint32_t>(p, p.in_zero_point, in, weights, n, y, x, o);
          if (bias) sum += (uint32_t)bias[o];
          const int32_t scaled = requantize_sum(sum, multiplier[o], shift[o]);
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] =
              (int8_t)offset_clamp(scaled, p.out_zero_point, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
