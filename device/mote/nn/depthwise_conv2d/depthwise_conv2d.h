// depthwise_conv2d: contract and parameters.  The references are depthwise_conv2d_s8.h,
// depthwise_conv2d_s16.h and depthwise_conv2d_f32.h.
//
//   out[n, y, x, o] = activation( bias[o] + Σ_{ky, kx} in[n, iy, ix, o / depth_multiplier] · w[ky, kx, o] )
//   iy, ix as in conv2d.h;  out_c = in_c · depth_multiplier
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_H

#include "mote/nn/conv2d/conv2d.h"

#define MOTE_DEPTHWISE_CONV2D_S8_FIELDS(FIELD)                                       \
  MOTE_CONV2D_GEOMETRY(FIELD)                                                        \
  FIELD(int32_t, depth_multiplier) /* output channels of one input channel; ≥ 1 */ \
  FIELD(int32_t, in_zero_point)    /* −128 … 127 */                              \
  FIELD(int32_t, out_zero_point)   /* −128 … 127 */                              \
  FIELD(int32_t, act_min)          /* −128 ≤ act_min ≤ act_max ≤ 127 */      \
  FIELD(int32_t, act_max)

#define MOTE_DEPTHWISE_CONV2D_F32_FIELDS(FIELD)       \
  MOTE_CONV2D_GEOMETRY(FIELD)                         \
  FIELD(int32_t, depth_multiplier)                    \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

#define MOTE_DEPTHWISE_CONV2D_S16_FIELDS(FIELD)                            \
  MOTE_CONV2D_GEOMETRY(FIELD)                                              \
  FIELD(int32_t, depth_multiplier)                                         \
  FIELD(int32_t, act_min) /* −32768 ≤ act_min ≤ act_max ≤ 32767 */ \
  FIELD(int32_t, act_max)

namespace mote {
MOTE_PARAMS(DepthwiseConv2dS16Params, MOTE_DEPTHWISE_CONV2D_S16_FIELDS)
MOTE_PARAMS(DepthwiseConv2dS8Params, MOTE_DEPTHWISE_CONV2D_S8_FIELDS)
MOTE_PARAMS(DepthwiseConv2dF32Params, MOTE_DEPTHWISE_CONV2D_F32_FIELDS)
}  // namespace mote

#endif
