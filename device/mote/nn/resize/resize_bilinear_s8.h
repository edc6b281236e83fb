// resize_bilinear_s8, the reference: fixed point with 10 bits behind the point in each direction.
#ifndef MOTE_NN_RESIZE_RESIZE_BILINEAR_S8_H
#define MOTE_NN_RESIZE_RESIZE_BILINEAR_S8_H

#include "mote/nn/resize/resize.h"

namespace mote {

// Where an output position lies between two input positions: part / 1024 of the way from `low` to `high`.
struct BetweenS8 {
  int32_t low, high, part;
};

// |position · scale| < 2^30; the two input positions exist.
inline BetweenS8 between_s8(int32_t position, int32_t scale, int32_t half_pixel, int32_t extent) {
  const int32_t at = position * scale + (half_pixel ? scale / 2 - 512 : 0);
  const int32_t floor = at / 1024, ceiling = (at + 1023) / 1024;
  BetweenS8 between;
  between.low = floor < 0 ? 0 : floor < extent ? floor : extent - 1;
  between.high = ceiling < extent ? ceiling : extent - 1;
  between.part = at - 1024 * between.low;
  return between;
}

// out[n, y, x, c] = Σ in·weight / 2^20 over the four pixels around the position, rounded to the nearest, halves away
// from 0.  The weights add up to 2^20, and two of them can be below 0 only where the pixels are the same, so the sum
// is that of values of 8 bits: below 2^28.  Products may wrap on the way to it, so they are unsigned.
// in and out do not overlap.
MOTE_KERNEL void resize_bilinear_s8(const ResizeBilinearS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      const BetweenS8 row = between_s8(y, p.scale_h, p.half_pixel, p.in_h);
      for (int32_t x = 0; x < p.out_w; ++x) {
        const BetweenS8 column = between_s8(x, p.scale_w, p.half_pixel, p.in_w);
        const int8_t* upper_left = in + (row.low * p.in_w + column.low) * p.channels;
        const int8_t* lower_left = in + (row.high * p.in_w + column.low) * p.channels;
        const int8_t* upper_right = in + (row.low * p.in_w + column.high) * p.channels;
        const int8_t* lower_right = in + (row.high * p.in_w + column.high) * p.channels;
        const uint32_t down = (uint32_t)row.part, up = 1024u - down;
        const uint32_t right = (uint32_t)column.part, left = 1024u - right;
        for (int32_t c = 0; c < p.channels; ++c) {
          const uint32_t bits = (uint32_t)upper_left[c] * up * left + (uint32_t)lower_left[c] * down * left +
                                (uint32_t)upper_right[c] * up * right +
                                (uint32_t)lower_right[c] * down * right;
          const int32_t sum = (int32_t)bits;
          *out++ = (int8_t)((sum + (sum > 0 ? 524288 : -524288)) / 1048576);
        }
      }
    }
    in += p.in_h * p.in_w * p.channels;
  }
}

}  // namespace mote

#endif
