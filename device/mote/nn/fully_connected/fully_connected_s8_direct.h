// fully_connected_s8_direct: the same bytes as fully_connected_s8, four outputs at a time, so that each input byte
// is loaded once for four weights.  Portable C++11.
//
// Instructions a MAC for 640 → 128, Cortex-M4 under QEMU 7.2, arm-none-eabi-gcc 12 -O2, parameters constant: 3.07;
// the reference 6.06.  With -Os 3.32.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_DIRECT_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_DIRECT_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// Layouts and ranges as fully_connected_s8.  in and out do not overlap.
MOTE_KERNEL void fully_connected_s8_direct(const FullyConnectedS8Params& p, const int8_t* in,
                                           Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                           Rom<int8_t> shift, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    int32_t sums[4];
    for (int32_t o = 0; o < p.out_count; o += 4) {
      const int32_t outputs = p.out_count - o < 4 ? p.out_count - o : 4;
      // Rows past the last repeat it: their sums are computed and not used.
      const Rom<int8_t> wa = weights + o * p.in_count;
      const Rom<int8_t> wb = outputs > 1 ? wa + p.in_count : wa;
      const Rom<int8_t> wc = outputs > 2 ? wb + p.in_count : wb;
      const Rom<int8_t> wd = outputs > 3 ? wc + p.in_count : wc;
      int32_t a = 0, b = 0, c = 0, d = 0;
      for (int32_t i = 0; i < p.in_count; ++i) {
        const int32_t value = in[i] - p.in_zero_point;
        a += value * wa[i];
        b += value * wb[i];
        c += value * wc[i];
        d += value * wd[i];
      }
      sums[0] = a;
      sums[1] = b;
      sums[2] = c;
      sums[3] = d;
      for (int32_t k = 0; k < outputs; ++k) {
        const int32_t r = (o + k) * p.requant_step;
        const int32_t sum = bias ? sums[k] + bias[o + k] : sums[k];
        const int32_t scaled = requantize(sum, multiplier[r], shift[r]) + p.out_zero_point;
        *out++ = (int8_t)clamp(scaled, p.act_min, p.act_max);
      }
    }
    in += p.in_count;
  }
}

}  // namespace mote

#endif
