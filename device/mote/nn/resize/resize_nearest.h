// resize_nearest, the reference: each output pixel is an input pixel, found in two tables.
#ifndef MOTE_NN_RESIZE_RESIZE_NEAREST_H
#define MOTE_NN_RESIZE_RESIZE_NEAREST_H

#include "mote/base/rom.h"
#include "mote/nn/resize/resize.h"

namespace mote {

// out[n, y, x] = in[n, rows[y], columns[x]]   pixels of pixel_bytes
// rows [out_h], below in_h; columns [out_w], below in_w.  in and out do not overlap.
MOTE_KERNEL void resize_nearest(const ResizeNearestParams& p, const uint8_t* in, Rom<int16_t> rows,
                                Rom<int16_t> columns, uint8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      const uint8_t* row = in + ((int32_t)rows[y] * p.in_w) * p.pixel_bytes;
      for (int32_t x = 0; x < p.out_w; ++x) {
        memcpy(out, row + (int32_t)columns[x] * p.pixel_bytes, (size_t)p.pixel_bytes);
        out += p.pixel_bytes;
      }
    }
    in += p.in_h * p.in_w * p.pixel_bytes;
  }
}

}  // namespace mote

#endif
