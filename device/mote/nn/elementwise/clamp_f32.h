// clamp_f32, the reference: RELU, RELU6 and the like on floats.
#ifndef MOTE_NN_ELEMENTWISE_CLAMP_F32_H
#define MOTE_NN_ELEMENTWISE_CLAMP_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/elementwise/elementwise.h"

namespace mote {

// out[i] = in[i] limited to [min, max]; a NaN is written as the canonical one.
// out may lie over in or below it (element i is read before it is written).
MOTE_KERNEL void clamp_f32(const ClampF32Params& p, const float* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = clamp_f32_value(in[i], p.min, p.max);
}

}  // namespace mote

#endif
