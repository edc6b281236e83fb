// extremum_f32, the reference: MAXIMUM and MINIMUM with broadcasting.
#ifndef MOTE_NN_BINARY_EXTREMUM_F32_H
#define MOTE_NN_BINARY_EXTREMUM_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// Where no comparison holds (equal, or one is NaN) y is taken, as TFLM does; a NaN is written as the canonical one.
struct FloatExtremum {
  const ExtremumParams& p;
  MOTE_KERNEL float operator()(float x, float y) const {
    return canonical((p.largest ? x > y : x < y) ? x : y);
  }
};

MOTE_KERNEL void extremum_f32(const ExtremumParams& p, const float* in1, const float* in2, float* out) {
  for_pairs(p, in1, in2, out, FloatExtremum{p});
}

}  // namespace mote

#endif
