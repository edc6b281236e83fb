// resize_bilinear_f32, the reference.
#ifndef MOTE_NN_RESIZE_RESIZE_BILINEAR_F32_H
#define MOTE_NN_RESIZE_RESIZE_BILINEAR_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/resize/resize.h"

namespace mote {

// Where an output position lies between two input positions: `part` of the way from `low` to `high`.
struct BetweenF32 {
  int32_t low, high;
  float part;
};

// position < 2^24; the two input positions exist, whatever the rounding.
inline BetweenF32 between_f32(int32_t position, float scale, int32_t half_pixel, int32_t extent) {
  const float at = half_pixel ? ((float)position + 0.5f) * scale - 0.5f : (float)position * scale;
  const int32_t towards_0 = (int32_t)at;
  const int32_t floor = towards_0 - (at < (float)towards_0 ? 1 : 0);
  const int32_t ceiling = floor + (at > (float)floor ? 1 : 0);
  BetweenF32 between;
  between.low = floor < 0 ? 0 : floor < extent ? floor : extent - 1;
  between.high = ceiling < extent ? ceiling : extent - 1;
  between.part = at - (float)between.low;
  return between;
}

// out[n, y, x, c] = the weighted mean of the four pixels around the position, weights by rows first, summed in the
// order upper left, lower left, upper right, lower right.  A NaN is the canonical one.
// At the border both positions of an axis are the same and its weights, one of which is below 0, add up to 1.
// in and out do not overlap.
MOTE_KERNEL void resize_bilinear_f32(const ResizeBilinearF32Params& p, const float* in, float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      const BetweenF32 row = between_f32(y, p.scale_h, p.half_pixel, p.in_h);
      for (int32_t x = 0; x < p.out_w; ++x) {
        const BetweenF32 column = between_f32(x, p.scale_w, p.half_pixel, p.in_w);
        const float* upper_left = in + (row.low * p.in_w + column.low) * p.channels;
        const float* lower_left = in + (row.high * p.in_w + column.low) * p.channels;
        const float* upper_right = in + (row.low * p.in_w + column.high) * p.channels;
        const float* lower_right = in + (row.high * p.in_w + column.high) * p.channels;
        const float up = 1.0f - row.part, left = 1.0f - column.part;
        for (int32_t c = 0; c < p.channels; ++c) {
          const float sum = upper_left[c] * up * left + lower_left[c] * row.part * left +
                            upper_right[c] * up * column.part + lower_right[c] * row.part * column.part +
                            0.0f;
          *out++ = canonical(sum);
        }
      }
    }
    in += p.in_h * p.in_w * p.channels;
  }
}

}  // namespace mote

#endif
