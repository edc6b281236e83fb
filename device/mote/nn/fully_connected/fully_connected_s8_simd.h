// fully_connected_s8_simd: the same bytes as fully_connected_s8 by the vectors of an application processor (mote/nn/simd/simd.h).
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_SIMD_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

MOTE_KERNEL int32_t fully_connected_s8_simd_scratch(const FullyConnectedS8Params& p) {
  return simd_image_scratch(simd_pixels(p));
}

// in, out and ranges as fully_connected_s8.
// stream   [out_count] outputs of in_count inputs each: see mote/nn/simd/simd.h
// scratch  fully_connected_s8_simd_scratch(p) bytes
// in and out do not overlap.
MOTE_KERNEL void fully_connected_s8_simd_at(int32_t level, const FullyConnectedS8Params& p, const int8_t* in,
                                            const int32_t* stream, int8_t* out, void* scratch) {
  MOTE_SIMD_CALL(level, fully_connected, p, in, stream, out, (uint8_t*)scratch);
}
MOTE_KERNEL void fully_connected_s8_simd(const FullyConnectedS8Params& p, const int8_t* in,
                                         const int32_t* stream, int8_t* out, void* scratch) {
  fully_connected_s8_simd_at(simd_level(), p, in, stream, out, scratch);
}

}  // namespace mote

#endif
