// conv2d_s8_simd: the same bytes as conv2d_s8 by the vectors of an application processor (mote/nn/simd/simd.h).
// Windows of some pixels are copied into scratch, where taps outside the image are the input's zero point, which the bias
// takes back everywhere.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_SIMD_H
#define MOTE_NN_CONV2D_CONV2D_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

MOTE_KERNEL int32_t conv2d_s8_simd_scratch(const Conv2dS8Params& p) {
  return simd_windows_scratch(p.kernel_h * p.kernel_w * p.in_c);
}

// in, out and ranges as conv2d_s8.
// stream   [out_c] outputs of kernel_h·kernel_w·in_c inputs each: see mote/nn/simd/simd.h
// scratch  conv2d_s8_simd_scratch(p) bytes
// in and out do not overlap.
MOTE_KERNEL void conv2d_s8_simd_at(int32_t level, const Conv2dS8Params& p, const int8_t* in,
                                   const int32_t* stream, int8_t* out, void* scratch) {
  MOTE_SIMD_CALL(level, conv2d, p, in, stream, out, (uint8_t*)scratch);
}
MOTE_KERNEL void conv2d_s8_simd(const Conv2dS8Params& p, const int8_t* in, const int32_t* stream, int8_t* out,
                                void* scratch) {
  conv2d_s8_simd_at(simd_level(), p, in, stream, out, scratch);
}

}  // namespace mote

#endif
