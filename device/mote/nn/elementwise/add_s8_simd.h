// add_s8_simd: the same bytes as add_s8, sixteen elements at once (mote/nn/simd/simd.h).
#ifndef MOTE_NN_ELEMENTWISE_ADD_S8_SIMD_H
#define MOTE_NN_ELEMENTWISE_ADD_S8_SIMD_H

#include "mote/nn/simd/simd.h"

namespace mote {

// As add_s8, with a left_shift of 20 and all shifts −31 … 0.  out may lie over an input or below it: sixteen elements of both are read before these are written.
MOTE_KERNEL void add_s8_simd_at(int32_t level, const AddS8Params& p, const int8_t* in1, const int8_t* in2,
                                int8_t* out) {
  MOTE_SIMD_CALL(level, add, p, in1, in2, out);
}
MOTE_KERNEL void add_s8_simd(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  add_s8_simd_at(simd_level(), p, in1, in2, out);
}

}  // namespace mote

#endif
