// fully_connected_s8_pairs: the same bytes as fully_connected_s8, two outputs at a time; for AVR.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_PAIRS_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_PAIRS_H

#include "mote/nn/dot/dot_pairs.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// Layouts and ranges as fully_connected_s8, but: weights [out_count / 2, rounded up; in_count; 2]; sums below 2^29, shifts −31 … −1; bias less the zero point
// times the weights.
MOTE_KERNEL void fully_connected_s8_pairs(const FullyConnectedS8Params& p, const int8_t* in,
                                          Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                          Rom<int8_t> shift, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_count) {
    for (int32_t o = 0; o < p.out_count; o += 2) {
      const int32_t outputs = p.out_count - o < 2 ? 1 : 2;
      PairOfSums sums = {bias[o], outputs > 1 ? bias[o + 1] : 0};
      add_pairs_of_outputs(in, weights + o * p.in_count, p.in_count, sums);
      for (int32_t k = 0; k < outputs; ++k) {
        const int32_t r = (o + k) * p.requant_step;
        const int32_t scaled =
            requantize_by_bytes(k == 0 ? sums.a : sums.b, multiplier[r], (int8_t)-shift[r]) +
            p.out_zero_point;
        *out++ = (int8_t)clamp(scaled, p.act_min, p.act_max);
      }
    }
  }
}

}  // namespace mote

#endif
