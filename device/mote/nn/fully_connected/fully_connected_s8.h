// fully_connected_s8, the reference: loops as in the formula.  Arithmetic of TFLM's FULLY_CONNECTED int8.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// out[n, o] = clamp( requantize( bias[o] + Σ_i (in[n, i] − in_zero_point) · w[o, i] ) + out_zero_point )
// in   [N, in_count] s8           weights [out_count, in_count] s8, symmetric
// bias [out_count] s32, or null   multiplier, shift: [out_count] when requant_step is 1, [1] when it is 0
// out  [N, out_count] s8.  in and out do not overlap.
// |Σ| ≤ in_count·255·128, so in_count ≤ 65 793 fits 32 bits; the host has proved the sum with bias for these weights.
MOTE_KERNEL void fully_connected_s8(const FullyConnectedS8Params& p, const int8_t* in, Rom<int8_t> weights,
                                    Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                    int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t o = 0; o < p.out_count; ++o) {
      int32_t sum = 0;
      for (int32_t i = 0; i < p.in_count; ++i) {
        const int32_t value = in[n * p.in_count + i] - p.in_zero_point;
        const int32_t weight = weights[o * p.in_count + i];
        sum += value * weight;
      }
      if (bias) sum += bias[o];
      const int32_t r = o * p.requant_step;
      const int32_t scaled = requantize(sum, multiplier[r], shift[r]) + p.out_zero_point;
      out[n * p.out_count + o] = (int8_t)clamp(scaled, p.act_min, p.act_max);
    }
  }
}

}  // namespace mote

#endif
