// transpose_conv_s8, the reference.  Arithmetic of TFLM's TRANSPOSE_CONV int8.
#ifndef MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_S8_H
#define MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_S8_H

#include "mote/base/fixed.h"
#include "mote/nn/transpose_conv/transpose_conv.h"

namespace mote {

// out[n, y, x, o] = clamp( requantize( bias[o] + Σ (in − in_zero_point) · w ) + out_zero_point )
//
// in          [N, in_h, in_w, in_c] s8
// weights     [out_c, kernel_h, kernel_w, in_c] s8, symmetric
// bias        [out_c] s32, or null
// multiplier  [out_c] s32 and
// shift       [out_c] s8: see requantize
// out         [N, out_h, out_w, out_c] s8.  in and out do not overlap.
MOTE_KERNEL void transpose_conv_s8(const TransposeConvS8Params& p, const int8_t* in, Rom<int8_t> weights,
                                   Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                   int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          uint32_t sum = transpose_conv_sum<uint32_t>(p, p.in_zero_point, in, weights, n, y, x, o);
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
