// depthwise_conv2d_s16, the reference: loops as in the formula.  Arithmetic of TFLM's DEPTHWISE_CONV_2D int16.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S16_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S16_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"

namespace mote {

// out[n, y, x, o] = clamp( requantize_s64( bias[o] + Σ in[n, iy, ix, o / depth_multiplier] · w[ky, kx, o] ) )
//
// in          [N, in_h, in_w, in_c] s16, zero point 0
// weights     [1, kernel_h, kernel_w, out_c] s8, symmetric
// bias        [out_c] s64, or null
// multiplier  [out_c] s32 and
// shift       [out_c] s8: see requantize_s64
// out         [N, out_h, out_w, out_c] s16, zero point 0
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void depthwise_conv2d_s16(const DepthwiseConv2dS16Params& p, const int16_t* in,
                                      Rom<int8_t> weights, Rom<int64_t> bias, Rom<int32_t> multiplier,
                                      Rom<int8_t> shift, int16_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          const int32_t i = o / p.depth_multiplier;
          uint64_t sum = 0;
          for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
            const int32_t iy = y * p.stride_h - p.pad_top + ky * p.dilation_h;
            if (iy < 0 || iy >= p.in_h) continue;
            for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
              const int32_t ix = x * p.stride_w - p.pad_left + kx * p.dilation_w;
              if (ix < 0 || ix >= p.in_w) continue;
              const int32_t value = in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + i];
              const int32_t weight = weights[(ky * p.kernel_w + kx) * p.out_c + o];
              sum += (uint64_t)(int64_t)(value * weight);
            }
          }
          if (bias) sum += (uint64_t)bias[o];
          const int32_t scaled = requantize_sum(sum, multiplier[o], shift[o]);
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = (int16_t)clamp(scaled, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
