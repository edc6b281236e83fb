// relu_s8, the reference: RELU and RELU6 that stand alone.  Arithmetic of TFLM's: requantize, then clamp.
#ifndef MOTE_NN_ELEMENTWISE_RELU_S8_H
#define MOTE_NN_ELEMENTWISE_RELU_S8_H

#include "mote/base/fixed.h"
#include "mote/nn/elementwise/elementwise.h"

namespace mote {

// out[i] = clamp( requantize( in[i] − in_zero_point, multiplier, shift ) + out_zero_point )
// |in − zero point| ≤ 255, so shift ≤ 22 cannot overflow.
// out may lie over in or below it (element i is read before it is written).
MOTE_KERNEL void relu_s8(const ReluS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t scaled = requantize(in[i] - p.in_zero_point, p.multiplier, p.shift) + p.out_zero_point;
    out[i] = (int8_t)clamp(scaled, p.act_min, p.act_max);
  }
}

}  // namespace mote

#endif
