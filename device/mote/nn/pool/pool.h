// Pools: contract and parameters of average_pool2d_s8/_s16/_f32, max_pool2d_s8/_s16/_f32 and l2_pool2d_f32, and the
// window that all of them walk.
//
//   out[n, y, x, c] = clamp( mean or max of in[n, iy, ix, c] over the window's taps inside the image )
//   iy = y·stride_h − pad_top + ky,   ix = x·stride_w − pad_left + kx
//
// Padding is not counted.  Each window has at least one tap inside the image; the host has checked that.
#ifndef MOTE_NN_POOL_POOL_H
#define MOTE_NN_POOL_POOL_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_POOL2D_GEOMETRY(FIELD) \
  FIELD(int32_t, batches)           \
  FIELD(int32_t, in_h)              \
  FIELD(int32_t, in_w)              \
  FIELD(int32_t, channels)          \
  FIELD(int32_t, out_h)             \
  FIELD(int32_t, out_w)             \
  FIELD(int32_t, kernel_h)          \
  FIELD(int32_t, kernel_w)          \
  FIELD(int32_t, stride_h)          \
  FIELD(int32_t, stride_w)          \
  FIELD(int32_t, pad_top)           \
  FIELD(int32_t, pad_left)

#define MOTE_POOL2D_S8_FIELDS(FIELD)                                   \
  MOTE_POOL2D_GEOMETRY(FIELD)                                          \
  FIELD(int32_t, act_min) /* −128 ≤ act_min ≤ act_max ≤ 127 */ \
  FIELD(int32_t, act_max)

#define MOTE_POOL2D_S16_FIELDS(FIELD)                                      \
  MOTE_POOL2D_GEOMETRY(FIELD)                                              \
  FIELD(int32_t, act_min) /* −32768 ≤ act_min ≤ act_max ≤ 32767 */ \
  FIELD(int32_t, act_max)

#define MOTE_POOL2D_F32_FIELDS(FIELD)                 \
  MOTE_POOL2D_GEOMETRY(FIELD)                         \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

namespace mote {

MOTE_PARAMS(Pool2dS8Params, MOTE_POOL2D_S8_FIELDS)
MOTE_PARAMS(Pool2dS16Params, MOTE_POOL2D_S16_FIELDS)
MOTE_PARAMS(Pool2dF32Params, MOTE_POOL2D_F32_FIELDS)

// Input rows [y0, y1) and columns [x0, x1) of one output pixel, clipped to the image.
struct PoolWindow {
  int32_t y0, y1, x0, x1;
};
template <class Params>
MOTE_KERNEL PoolWindow pool_window(const Params& p, int32_t y, int32_t x) {
  const int32_t top = y * p.stride_h - p.pad_top;
  const int32_t left = x * p.stride_w - p.pad_left;
  PoolWindow window;
  window.y0 = top < 0 ? 0 : top;
  window.x0 = left < 0 ? 0 : left;
  window.y1 = top + p.kernel_h > p.in_h ? p.in_h : top + p.kernel_h;
  window.x1 = left + p.kernel_w > p.in_w ? p.in_w : left + p.kernel_w;
  return window;
}

}  // namespace mote

#endif
