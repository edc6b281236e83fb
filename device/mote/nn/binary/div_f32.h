// div_f32, the reference: DIV with broadcasting.
#ifndef MOTE_NN_BINARY_DIV_F32_H
#define MOTE_NN_BINARY_DIV_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// clamp( x / y ); a NaN is written as the canonical one.
struct FloatQuotient {
  const FloatPairParams& p;
  MOTE_KERNEL float operator()(float x, float y) const {
    return clamp_f32_value(x / y, p.act_min, p.act_max);
  }
};

MOTE_KERNEL void div_f32(const FloatPairParams& p, const float* in1, const float* in2, float* out) {
  for_pairs(p, in1, in2, out, FloatQuotient{p});
}

}  // namespace mote

#endif
