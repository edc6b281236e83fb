// update_slice, the reference: a slice goes to a place that is known only at run time.
#ifndef MOTE_NN_COPY_UPDATE_SLICE_H
#define MOTE_NN_COPY_UPDATE_SLICE_H

#include "mote/nn/copy/copy_strided.h"

namespace mote {

// Start d, moved into 0 ... most, whatever its bytes say.
MOTE_KERNEL int32_t slice_start(const UpdateSliceParams& p, const uint8_t* starts, int32_t d, int32_t most) {
  if (d >= p.rank) return 0;
  int64_t start = 0;
  if (p.start_bytes == 8) {
    memcpy(&start, starts + d * 8, 8);
  } else {
    int32_t narrow = 0;
    memcpy(&narrow, starts + d * 4, 4);
    start = narrow;
  }
  if (start < 0) return 0;
  return start > most ? most : (int32_t)start;
}

// out[start + i] = slice[i]  for all indices i of the slice, start clamped so that the slice lies inside.
// slice is dense; all else of out stays as it is.  No two of the arguments overlap.
MOTE_KERNEL void update_slice(const UpdateSliceParams& p, const uint8_t* slice, const uint8_t* starts,
                              uint8_t* out) {
  const int32_t first =
      slice_start(p, starts, 0, p.most0) * p.out0 + slice_start(p, starts, 1, p.most1) * p.out1 +
      slice_start(p, starts, 2, p.most2) * p.out2 + slice_start(p, starts, 3, p.most3) * p.out3 +
      slice_start(p, starts, 4, p.most4) * p.out4 + slice_start(p, starts, 5, p.most5) * p.out5;
  const int32_t in3 = p.count4 * p.run_bytes, in2 = p.count3 * in3, in1 = p.count2 * in2;
  const CopyStridedParams copy = {p.run_bytes, 0,           first, p.count0,       p.count1, p.count2,
                                  p.count3,    p.count4,    1,     p.count1 * in1, in1,      in2,
                                  in3,         p.run_bytes, 0,     p.out0,         p.out1,   p.out2,
                                  p.out3,      p.out4,      0};
  copy_strided(copy, slice, out);
}

}  // namespace mote

#endif
