// transpose_conv_s16 and transpose_conv_s16_sum32, the references.  Arithmetic of TFLM's TRANSPOSE_CONV int16; the narrow
// sum is LiteRT's for a bias in s32.
#ifndef MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_S16_H
#define MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_S16_H

#include "mote/base/fixed.h"
#include "mote/nn/transpose_conv/transpose_conv.h"

namespace mote {

template <class Sum, class Bias>
MOTE_KERNEL void transpose_conv_s16_of(const TransposeConvS16Params& p, const int16_t* in,
                                       Rom<int8_t> weights, Rom<Bias> bias, Rom<int32_t> multiplier,
                                       Rom<int8_t> shift, int16_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          Sum sum = transpose_conv_sum<Sum>(p, (int32_t)0, in, weights, n, y, x, o);
          if (bias) sum += (Sum)bias[o];
          const int32_t scaled = requantize_sum(sum, multiplier[o], shift[o]);
          out[((n * p.out_h + y) * p.out_w + x) * p.out_c + o] = (int16_t)clamp(scaled, p.act_min, p.act_max);
        }
      }
    }
  }
}

// out[n, y, x, o] = clamp( requantize_s64( bias[o] + Σ in · w ) )
// in, out s16 with zero point 0; weights s8, symmetric; bias [out_c] s64 or null; the others as transpose_conv_s8.
MOTE_KERNEL void transpose_conv_s16(const TransposeConvS16Params& p, const int16_t* in, Rom<int8_t> weights,
                                    Rom<int64_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                    int16_t* out) {
  transpose_conv_s16_of<uint64_t, int64_t>(p, in, weights, bias, multiplier, shift, out);
}

// The same with bias s32, the sum in 32 bits (it wraps) and `requantize`: both roundings.
MOTE_KERNEL void transpose_conv_s16_sum32(const TransposeConvS16Params& p, const int16_t* in,
                                          Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                          Rom<int8_t> shift, int16_t* out) {
  transpose_conv_s16_of<uint32_t, int32_t>(p, in, weights, bias, multiplier, shift, out);
}

}  // namespace mote

#endif
