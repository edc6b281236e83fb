// compare_f32, the reference: EQUAL, LESS and their kin with broadcasting.
#ifndef MOTE_NN_BINARY_COMPARE_F32_H
#define MOTE_NN_BINARY_COMPARE_F32_H

#include "mote/base/fp_exact.h"

#include "mote/nn/binary/binary.h"

namespace mote {

struct FloatComparison {
  const CompareParams& p;
  MOTE_KERNEL uint8_t operator()(float x, float y) const {
    if (x == y) return (uint8_t)p.when_equal;
    if (x < y) return (uint8_t)p.when_less;
    return (uint8_t)(x > y ? p.when_greater : p.when_unordered);
  }
};

MOTE_KERNEL void compare_f32(const CompareParams& p, const float* in1, const float* in2, uint8_t* out) {
  for_pairs(p, in1, in2, out, FloatComparison{p});
}

}  // namespace mote

#endif
