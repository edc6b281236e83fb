// add_s8, the reference.  Arithmetic of TFLM's ADD int8: both inputs are brought to one finer scale, then added.
#ifndef MOTE_NN_ELEMENTWISE_ADD_S8_H
#define MOTE_NN_ELEMENTWISE_ADD_S8_H

#include "mote/base/fixed.h"
#include "mote/nn/elementwise/elementwise.h"

namespace mote {

// a[i] = requantize( (in1[i] − in1_zero_point) · 2^left_shift, in1_multiplier, in1_shift ), b[i] so from in2
// out[i] = clamp( requantize( a[i] + b[i], out_multiplier, out_shift ) + out_zero_point )
//
// |in − zero point| ≤ 255 and left_shift ≤ 20: the shifted value is below 2^28, and shifts ≤ 0 keep a + b below
// 2^29.
// out may lie over an input or below it (element i is read before it is written).
MOTE_KERNEL void add_s8(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  const int32_t unit = (int32_t)1 << p.left_shift;
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t a = requantize((in1[i] - p.in1_zero_point) * unit, p.in1_multiplier, p.in1_shift);
    const int32_t b = requantize((in2[i] - p.in2_zero_point) * unit, p.in2_multiplier, p.in2_shift);
    const int32_t sum = requantize(a + b, p.out_multiplier, p.out_shift) + p.out_zero_point;
    out[i] = (int8_t)clamp(sum, p.act_min, p.act_max);
  }
}

}  // namespace mote

#endif
