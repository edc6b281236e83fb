// fully_connected_s16 and fully_connected_s16_sum32, the references.  Arithmetic of TFLM's FULLY_CONNECTED int16; the
// narrow sum is LiteRT's for a bias in s32.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S16_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S16_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

template <class Sum, class Bias>
MOTE_KERNEL void fully_connected_s16_of(const FullyConnectedS16Params& p, const int16_t* in,
                                        Rom<int8_t> weights, Rom<Bias> bias, Rom<int32_t> multiplier,
                                        Rom<int8_t> shift, int16_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t o = 0; o < p.out_count; ++o) {
      Sum sum = 0;
      for (int32_t i = 0; i < p.in_count; ++i) {
        sum += (Sum)((int32_t)in[n * p.in_count + i] * weights[o * p.in_count + i]);
      }
      if (bias) sum += (Sum)bias[o];
      const int32_t r = o * p.requant_step;
      const int32_t scaled = requantize_sum(sum, multiplier[r], shift[r]);
      out[n * p.out_count + o] = (int16_t)clamp(scaled, p.act_min, p.act_max);
    }
  }
}

// out[n, o] = clamp( requantize_s64( bias[o] + Σ_i in[n, i] · w[o, i] ) )
// in   [N, in_count] s16, zero point 0   weights [out_count, in_count] s8, symmetric
// bias [out_count] s64, or null          multiplier, shift: [out_count] when requant_step is 1, [1] when it is 0
// out  [N, out_count] s16, zero point 0.  in and out do not overlap.
MOTE_KERNEL void fully_connected_s16(const FullyConnectedS16Params& p, const int16_t* in, Rom<int8_t> weights,
                                     Rom<int64_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                     int16_t* out) {
  fully_connected_s16_of<uint64_t, int64_t>(p, in, weights, bias, multiplier, shift, out);
}

// The same with bias s32, the sum in 32 bits (it wraps) and `requantize`: both roundings.
MOTE_KERNEL void fully_connected_s16_sum32(const FullyConnectedS16Params& p, const int16_t* in,
                                           Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                           Rom<int8_t> shift, int16_t* out) {
  fully_connected_s16_of<uint32_t, int32_t>(p, in, weights, bias, multiplier, shift, out);
}

}  // namespace mote

#endif
