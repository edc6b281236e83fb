// conv2d_s16 and conv2d_s16_sum32, the references.  Arithmetic of TFLM's CONV_2D int16: the width of the bias decides that
// of the sum and with it how it is requantized.
#ifndef MOTE_NN_CONV2D_CONV2D_S16_H
#define MOTE_NN_CONV2D_CONV2D_S16_H

#include "mote/base/fixed.h"
#include "mote/nn/conv2d/conv2d_grouped.h"

namespace mote {

template <class Sum, class Bias>
MOTE_KERNEL void conv2d_s16_of(const Conv2dS16Params& p, const int16_t* in, Rom<int8_t> weights,
                               Rom<Bias> bias, Rom<int32_t> multiplier, Rom<int8_t> shift, int16_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          Sum sum = conv2d_grouped_sum<Sum>(p, (int32_t)0, in, weights, n, y, x, o);
          if (bias) sum += (Sum)bias[o];
          const int32_t scaled = requantize_sum(sum, multiplier[o], shift[o]);
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = (int16_t)clamp(scaled, p.act_min, p.act_max);
        }
      }
    }
  }
}

// out[n, y, x, o] = clamp( requantize_s64( bias[o] + Σ in[n, iy, ix, first + i] · w[o, ky, kx, i] ) )
//
// in          [N, in_h, in_w, in_c] s16, zero point 0
// weights     [out_c, kernel_h, kernel_w, in_c / groups] s8, symmetric
// bias        [out_c] s64, or null
// multiplier  [out_c] s32 and
// shift       [out_c] s8: see requantize_s64
// out         [N, out_h, out_w, out_c] s16, zero point 0
//
// |Σ| ≤ 2^22 a tap: 2^25 taps stay below 2^47.  in and out do not overlap, except as the variant's `overlap` says.
MOTE_KERNEL void conv2d_s16(const Conv2dS16Params& p, const int16_t* in, Rom<int8_t> weights,
                            Rom<int64_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift, int16_t* out) {
  conv2d_s16_of<uint64_t, int64_t>(p, in, weights, bias, multiplier, shift, out);
}

// The same with bias s32 or null, the sum in 32 bits (it wraps) and `requantize`: both roundings.
MOTE_KERNEL void conv2d_s16_sum32(const Conv2dS16Params& p, const int16_t* in, Rom<int8_t> weights,
                                  Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                  int16_t* out) {
  conv2d_s16_of<uint32_t, int32_t>(p, in, weights, bias, multiplier, shift, out);
}

}  // namespace mote

#endif
