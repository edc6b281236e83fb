// conv2d: contract and parameters.  The references are conv2d_s8.h and conv2d_f32.h; with several groups of channels
// conv2d_grouped_s8.h and conv2d_grouped_f32.h; on s16 activations conv2d_s16.h.
//
//   out[n, y, x, o] = activation( bias[o] + Σ_{ky, kx, i} in[n, iy, ix, i] · w[o, ky, kx, i] )
//   iy = y·stride_h − pad_top + ky·dilation_h,   ix = x·stride_w − pad_left + kx·dilation_w
//
// Taps outside the image add nothing (in int8 as well: padding is the zero point).  What lies below and right
// of the image needs no parameter: it follows from in_h, in_w, out_h, out_w.
#ifndef MOTE_NN_CONV2D_CONV2D_H
#define MOTE_NN_CONV2D_CONV2D_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_CONV2D_GEOMETRY(FIELD)                          \
  FIELD(int32_t, batches)                                    \
  FIELD(int32_t, in_h)                                       \
  FIELD(int32_t, in_w)                                       \
  FIELD(int32_t, in_c)                                       \
  FIELD(int32_t, out_h)                                      \
  FIELD(int32_t, out_w)                                      \
  FIELD(int32_t, out_c)                                      \
  FIELD(int32_t, kernel_h)                                   \
  FIELD(int32_t, kernel_w)                                   \
  FIELD(int32_t, stride_h)                                   \
  FIELD(int32_t, stride_w)                                   \
  FIELD(int32_t, dilation_h)                                 \
  FIELD(int32_t, dilation_w)                                 \
  FIELD(int32_t, pad_top) /* rows of padding above; ≥ 0 */ \
  FIELD(int32_t, pad_left)

#define MOTE_CONV2D_S8_FIELDS(FIELD)                                          \
  MOTE_CONV2D_GEOMETRY(FIELD)                                                 \
  FIELD(int32_t, in_zero_point)  /* −128 … 127 */                         \
  FIELD(int32_t, out_zero_point) /* −128 … 127 */                         \
  FIELD(int32_t, act_min)        /* −128 ≤ act_min ≤ act_max ≤ 127 */ \
  FIELD(int32_t, act_max)

#define MOTE_CONV2D_F32_FIELDS(FIELD)                 \
  MOTE_CONV2D_GEOMETRY(FIELD)                         \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

#define MOTE_CONV2D_GROUPED_S8_FIELDS(FIELD) \
  MOTE_CONV2D_S8_FIELDS(FIELD)               \
  FIELD(int32_t, groups) /* of channels; divides in_c and out_c */

#define MOTE_CONV2D_GROUPED_F32_FIELDS(FIELD) \
  MOTE_CONV2D_F32_FIELDS(FIELD)               \
  FIELD(int32_t, groups)

#define MOTE_CONV2D_S16_FIELDS(FIELD)                                      \
  MOTE_CONV2D_GEOMETRY(FIELD)                                              \
  FIELD(int32_t, groups)                                                   \
  FIELD(int32_t, act_min) /* −32768 ≤ act_min ≤ act_max ≤ 32767 */ \
  FIELD(int32_t, act_max)

namespace mote {

MOTE_PARAMS(Conv2dS8Params, MOTE_CONV2D_S8_FIELDS)
MOTE_PARAMS(Conv2dF32Params, MOTE_CONV2D_F32_FIELDS)
MOTE_PARAMS(Conv2dGroupedS8Params, MOTE_CONV2D_GROUPED_S8_FIELDS)
MOTE_PARAMS(Conv2dGroupedF32Params, MOTE_CONV2D_GROUPED_F32_FIELDS)
MOTE_PARAMS(Conv2dS16Params, MOTE_CONV2D_S16_FIELDS)

// The taps k of [0, kernel) with 0 ≤ first + k·dilation < extent are those of [begin, end); none when end ≤ begin.
struct TapRange {
  int32_t begin, end;
};
MOTE_KERNEL TapRange taps_inside(int32_t first, int32_t kernel, int32_t dilation, int32_t extent) {
  TapRange taps = {0, kernel};
  if (first < 0) taps.begin = (-first + dilation - 1) / dilation;
  if (first + (kernel - 1) * dilation >= extent) taps.end = (extent - first + dilation - 1) / dilation;
  return taps;
}

}  // namespace mote

#endif
