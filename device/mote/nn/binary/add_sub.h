// add_sub_s8, add_sub_s16, add_sub_s32, the references: ADD and SUB with broadcasting.
#ifndef MOTE_NN_BINARY_ADD_SUB_H
#define MOTE_NN_BINARY_ADD_SUB_H

#include "mote/base/fixed.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// a = requantize( (x − in1_zero_point) · 2^left_shift, in1_multiplier, in1_shift ), b so from y
// clamp( requantize( a ± b, out_multiplier, out_shift ) + out_zero_point ), as TFLM's ADD and SUB
//
// left_shift is 20 for s8 and 15 for s16: the shifted values are below 2^31, multipliers of at most 1/2 bring them
// below 2^30, so that a ± b fits.  out_shift ≤ 0.
template <class T>
struct RescaledSum {
  const RescaledPairParams& p;
  MOTE_KERNEL T operator()(T x, T y) const {
    const int32_t unit = (int32_t)1 << p.left_shift;
    const int32_t a = requantize(((int32_t)x - p.in1_zero_point) * unit, p.in1_multiplier, p.in1_shift);
    const int32_t b = requantize(((int32_t)y - p.in2_zero_point) * unit, p.in2_multiplier, p.in2_shift);
    const int32_t scaled = requantize(a + p.in2_sign * b, p.out_multiplier, p.out_shift);
    return (T)clamp(wrapping_add(scaled, p.out_zero_point), p.act_min, p.act_max);
  }
};

// clamp( x ± y ), the sum modulo 2^32.
struct IntegerSum {
  const IntegerPairParams& p;
  MOTE_KERNEL int32_t operator()(int32_t x, int32_t y) const {
    return clamp(wrapping_add(x, wrapping_mul(p.in2_sign, y)), p.act_min, p.act_max);
  }
};

MOTE_KERNEL void add_sub_s8(const RescaledPairParams& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  for_pairs(p, in1, in2, out, RescaledSum<int8_t>{p});
}
MOTE_KERNEL void add_sub_s16(const RescaledPairParams& p, const int16_t* in1, const int16_t* in2,
                             int16_t* out) {
  for_pairs(p, in1, in2, out, RescaledSum<int16_t>{p});
}
MOTE_KERNEL void add_sub_s32(const IntegerPairParams& p, const int32_t* in1, const int32_t* in2,
                             int32_t* out) {
  for_pairs(p, in1, in2, out, IntegerSum{p});
}

}  // namespace mote

#endif
