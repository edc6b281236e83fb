// depthwise_conv2d_s8_simd: the same bytes as depthwise_conv2d_s8, of depth_multiplier 1, by the vectors of an application
// processor (mote/nn/simd/simd.h).  The image is copied into scratch with its padding, the input's zero point, which the bias takes back
// everywhere; four rows of it are put beside each other in registers, so that up to four taps of a column are one product of vectors.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_SIMD_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

MOTE_KERNEL int32_t depthwise_conv2d_s8_simd_scratch(const DepthwiseConv2dS8Params& p) {
  return simd_depthwise_scratch(p);
}

// in, out and ranges as depthwise_conv2d_s8.
// stream   [simd_repeat(p) · out_c] outputs, channels of neighbouring pixels; their quads are, for each four rows of the kernel, its columns: see mote/nn/simd/simd.h
// scratch  depthwise_conv2d_s8_simd_scratch(p) bytes
// in and out do not overlap.
MOTE_KERNEL void depthwise_conv2d_s8_simd_at(int32_t level, const DepthwiseConv2dS8Params& p,
                                             const int8_t* in, const int32_t* stream, int8_t* out,
                                             void* scratch) {
  MOTE_SIMD_CALL(level, depthwise_conv2d, p, in, stream, out, (uint8_t*)scratch);
}
MOTE_KERNEL void depthwise_conv2d_s8_simd(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                          const int32_t* stream, int8_t* out, void* scratch) {
  depthwise_conv2d_s8_simd_at(simd_level(), p, in, stream, out, scratch);
}

}  // namespace mote

#endif
