// copy_strided, the reference: transpose, slices, reversal, repetition, and whatever else puts bytes elsewhere.
#ifndef MOTE_NN_COPY_COPY_STRIDED_H
#define MOTE_NN_COPY_COPY_STRIDED_H

#include "mote/nn/copy/copy.h"

namespace mote {

// `count` runs.  Short ones of constant length become plain loads and stores.
MOTE_KERNEL void copy_runs(int32_t count, int32_t run_bytes, int32_t in_stride, int32_t out_stride,
                           const uint8_t* in, uint8_t* out) {
  switch (run_bytes) {
    case 1:
      for (int32_t i = 0; i < count; ++i) out[i * out_stride] = in[i * in_stride];
      return;
    case 2:
      for (int32_t i = 0; i < count; ++i) memcpy(out + i * out_stride, in + i * in_stride, 2);
      return;
    case 4:
      for (int32_t i = 0; i < count; ++i) memcpy(out + i * out_stride, in + i * in_stride, 4);
      return;
    case 8:
      for (int32_t i = 0; i < count; ++i) memcpy(out + i * out_stride, in + i * in_stride, 8);
      return;
    default:
      for (int32_t i = 0; i < count; ++i) memcpy(out + i * out_stride, in + i * in_stride, (size_t)run_bytes);
  }
}

// out[out_offset + Σ i_d·out_d + b] = in[in_offset + Σ i_d·in_d + b]   for i_d < count_d, b < run_bytes
// Bytes of out that no index reaches are not touched.  in and out do not overlap.
MOTE_KERNEL void copy_strided(const CopyStridedParams& p, const uint8_t* in, uint8_t* out) {
  for (int32_t i0 = 0; i0 < p.count0; ++i0) {
    const int32_t from0 = p.in_offset + i0 * p.in0, to0 = p.out_offset + i0 * p.out0;
    for (int32_t i1 = 0; i1 < p.count1; ++i1) {
      const int32_t from1 = from0 + i1 * p.in1, to1 = to0 + i1 * p.out1;
      for (int32_t i2 = 0; i2 < p.count2; ++i2) {
        const int32_t from2 = from1 + i2 * p.in2, to2 = to1 + i2 * p.out2;
        for (int32_t i3 = 0; i3 < p.count3; ++i3) {
          const int32_t from3 = from2 + i3 * p.in3, to3 = to2 + i3 * p.out3;
          for (int32_t i4 = 0; i4 < p.count4; ++i4) {
            copy_runs(p.count5, p.run_bytes, p.in5, p.out5, in + (from3 + i4 * p.in4),
                      out + (to3 + i4 * p.out4));
          }
        }
      }
    }
  }
}

}  // namespace mote

#endif
