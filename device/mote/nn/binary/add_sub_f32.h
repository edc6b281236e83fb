// add_sub_f32, the reference: ADD and SUB with broadcasting.
#ifndef MOTE_NN_BINARY_ADD_SUB_F32_H
#define MOTE_NN_BINARY_ADD_SUB_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// clamp( x ± y ); the product with 1 or −1 is exact.  A NaN is written as the canonical one.
struct FloatSum {
  const FloatPairParams& p;
  MOTE_KERNEL float operator()(float x, float y) const {
    return clamp_f32_value(x + p.in2_sign * y, p.act_min, p.act_max);
  }
};

MOTE_KERNEL void add_sub_f32(const FloatPairParams& p, const float* in1, const float* in2, float* out) {
  for_pairs(p, in1, in2, out, FloatSum{p});
}

}  // namespace mote

#endif
