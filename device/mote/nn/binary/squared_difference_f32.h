// squared_difference_f32, the reference, with broadcasting.
#ifndef MOTE_NN_BINARY_SQUARED_DIFFERENCE_F32_H
#define MOTE_NN_BINARY_SQUARED_DIFFERENCE_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// (x − y)²; a NaN is written as the canonical one.
struct FloatSquare {
  MOTE_KERNEL float operator()(float x, float y) const { return canonical((x - y) * (x - y)); }
};

MOTE_KERNEL void squared_difference_f32(const PlainPairParams& p, const float* in1, const float* in2,
                                        float* out) {
  for_pairs(p, in1, in2, out, FloatSquare());
}

}  // namespace mote

#endif
