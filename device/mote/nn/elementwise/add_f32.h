// add_f32, the reference.
#ifndef MOTE_NN_ELEMENTWISE_ADD_F32_H
#define MOTE_NN_ELEMENTWISE_ADD_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/elementwise/elementwise.h"

namespace mote {

// out[i] = clamp( in1[i] + in2[i] ); a NaN is written as the canonical one.
// out may lie over an input or below it (element i is read before it is written).
MOTE_KERNEL void add_f32(const AddF32Params& p, const float* in1, const float* in2, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = clamp_f32_value(in1[i] + in2[i], p.act_min, p.act_max);
}

}  // namespace mote

#endif
