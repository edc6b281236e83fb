// average_pool2d_s8_simd: the same bytes as average_pool2d_s8, the sums of sixteen channels at once (mote/nn/simd/simd.h).
#ifndef MOTE_NN_POOL_AVERAGE_POOL2D_S8_SIMD_H
#define MOTE_NN_POOL_AVERAGE_POOL2D_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

// As average_pool2d_s8; in and out do not overlap.
MOTE_KERNEL void average_pool2d_s8_simd_at(int32_t level, const Pool2dS8Params& p, const int8_t* in,
                                           int8_t* out) {
  MOTE_SIMD_CALL(level, average_pool2d, p, in, out);
}
MOTE_KERNEL void average_pool2d_s8_simd(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  average_pool2d_s8_simd_at(simd_level(), p, in, out);
}

}  // namespace mote

#endif
