// conv2d_s8, the reference: loops as in the formula, judge of every other variant.  Arithmetic of TFLM's CONV_2D int8.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_H
#define MOTE_NN_CONV2D_CONV2D_S8_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote {

// out[n, y, x, o] = clamp( requantize(sum) + out_zero_point )
// sum = bias[o] + Σ (in[n, iy, ix, i] − in_zero_point) · w[o, ky, kx, i]
//
// in          [N, in_h, in_w, in_c] s8
// weights     [out_c, kernel_h, kernel_w, in_c] s8, symmetric
// bias        [out_c] s32, or null
// multiplier  [out_c] s32 and
// shift       [out_c] s8: see requantize
// out         [N, out_h, out_w, out_c] s8
//
// |Σ| ≤ kernel_h·kernel_w·in_c·255·128: 65 793 taps fit 32 bits.  The host has proved that the sum with bias
// does for these weights.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void conv2d_s8(const Conv2dS8Params& p, const int8_t* in, Rom<int8_t> weights, Rom<int32_t> bias,
                           Rom<int32_t> multiplier, Rom<int8_t> shift, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          int32_t sum = 0;
          for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
            const int32_t iy = y * p.stride_h - p.pad_top + ky * p.dilation_h;
            if (iy < 0 || iy >= p.in_h) continue;
            for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
              const int32_t ix = x * p.stride_w - p.pad_left + kx * p.dilation_w;
              if (ix < 0 || ix >= p.in_w) continue;
              for (int32_t i = 0; i < p.in_c; ++i) {
                const int32_t value = in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + i] - p.in_zero_point;
                const int32_t weight = weights[((o * p.kernel_h + ky) * p.kernel_w + kx) * p.in_c + i];
                sum += value * weight;
              }
            }
          }
          if (bias) sum += bias[o];
          const int32_t scaled = requantize(sum, multiplier[o], shift[o]) + p.out_zero_point;
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = (int8_t)clamp(scaled, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
