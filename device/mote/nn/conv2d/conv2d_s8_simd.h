// conv2d_s8_simd: the same bytes as conv2d_s8 by the vectors of an application processor (mote/nn/simd/simd.h).
// The image is copied into scratch with its padding, the input's zero point, which the bias takes back everywhere; every window is
// read there as runs of neighbouring inputs.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_SIMD_H
#define MOTE_NN_CONV2D_CONV2D_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

MOTE_KERNEL int32_t conv2d_s8_simd_scratch(const Conv2dS8Params& p) {
  return simd_image_scratch(simd_lined_up(p));
}

// in, out and ranges as conv2d_s8.
// stream   [out_c] outputs; their quads are the runs of a window: see mote/nn/simd/simd.h
// scratch  conv2d_s8_simd_scratch(p) bytes
// in and out do not overlap.
MOTE_KERNEL void conv2d_s8_simd_at(int32_t level, const Conv2dS8Params& p, const int8_t* in,
                                   const int32_t* stream, int8_t* out, void* scratch) {
  const Conv2dS8Params lined_up = simd_lined_up(p);
  MOTE_SIMD_CALL(level, conv2d, lined_up, in, stream, out, (uint8_t*)scratch);
}
MOTE_KERNEL void conv2d_s8_simd(const Conv2dS8Params& p, const int8_t* in, const int32_t* stream, int8_t* out,
                                void* scratch) {
  conv2d_s8_simd_at(simd_level(), p, in, stream, out, scratch);
}

}  // namespace mote

#endif
