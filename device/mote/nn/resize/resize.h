// resize_nearest, resize_bilinear_f32 and resize_bilinear_s8: contracts and parameters.  NHWC, dense.
#ifndef MOTE_NN_RESIZE_RESIZE_H
#define MOTE_NN_RESIZE_RESIZE_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_RESIZE_NEAREST_FIELDS(FIELD) \
  FIELD(int32_t, batches)                 \
  FIELD(int32_t, in_h)                    \
  FIELD(int32_t, in_w)                    \
  FIELD(int32_t, out_h)                   \
  FIELD(int32_t, out_w)                   \
  FIELD(int32_t, pixel_bytes)

#define MOTE_RESIZE_BILINEAR_F32_FIELDS(FIELD)         \
  FIELD(int32_t, batches)                              \
  FIELD(int32_t, in_h)                                 \
  FIELD(int32_t, in_w)                                 \
  FIELD(int32_t, out_h)                                \
  FIELD(int32_t, out_w)                                \
  FIELD(int32_t, channels)                             \
  FIELD(float, scale_h) /* input rows an output row */ \
  FIELD(float, scale_w)                                \
  FIELD(int32_t, half_pixel) /* 1: pixels' centres agree; 0: their corners */

#define MOTE_RESIZE_BILINEAR_S8_FIELDS(FIELD)                        \
  FIELD(int32_t, batches)                                            \
  FIELD(int32_t, in_h)                                               \
  FIELD(int32_t, in_w)                                               \
  FIELD(int32_t, out_h)                                              \
  FIELD(int32_t, out_w)                                              \
  FIELD(int32_t, channels)                                           \
  FIELD(int32_t, scale_h) /* input rows an output row, times 1024 */ \
  FIELD(int32_t, scale_w)                                            \
  FIELD(int32_t, half_pixel) /* 1: pixels' centres agree; 0: their corners */

namespace mote {
MOTE_PARAMS(ResizeNearestParams, MOTE_RESIZE_NEAREST_FIELDS)
MOTE_PARAMS(ResizeBilinearF32Params, MOTE_RESIZE_BILINEAR_F32_FIELDS)
MOTE_PARAMS(ResizeBilinearS8Params, MOTE_RESIZE_BILINEAR_S8_FIELDS)
}  // namespace mote

#endif
