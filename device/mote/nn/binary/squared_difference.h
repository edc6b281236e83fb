// squared_difference_s8, squared_difference_s16, squared_difference_s32, the references, with broadcasting.
#ifndef MOTE_NN_BINARY_SQUARED_DIFFERENCE_H
#define MOTE_NN_BINARY_SQUARED_DIFFERENCE_H

#include "mote/base/fixed.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// a = requantize( (x − in1_zero_point) · 2^left_shift, in1_multiplier, in1_shift ), b so from y
// clamp( requantize( (a − b)², out_multiplier, out_shift ) + out_zero_point ), as TFLM's SQUARED_DIFFERENCE
//
// left_shift is 7 for s8 and 0 for s16 (whose zero points are 0), multipliers are at most 1/2: |a − b| ≤ 2^15.
template <class T>
struct RescaledSquare {
  const RescaledPairParams& p;
  MOTE_KERNEL T operator()(T x, T y) const {
    const int32_t unit = (int32_t)1 << p.left_shift;
    const int32_t a = requantize(((int32_t)x - p.in1_zero_point) * unit, p.in1_multiplier, p.in1_shift);
    const int32_t b = requantize(((int32_t)y - p.in2_zero_point) * unit, p.in2_multiplier, p.in2_shift);
    const int32_t scaled = requantize((a - b) * (a - b), p.out_multiplier, p.out_shift);
    return (T)clamp(wrapping_add(scaled, p.out_zero_point), p.act_min, p.act_max);
  }
};

// (x − y)² modulo 2^32.
struct IntegerSquare {
  MOTE_KERNEL int32_t operator()(int32_t x, int32_t y) const {
    const int32_t difference = wrapping_add(x, wrapping_mul(-1, y));
    return wrapping_mul(difference, difference);
  }
};

MOTE_KERNEL void squared_difference_s8(const RescaledPairParams& p, const int8_t* in1, const int8_t* in2,
                                       int8_t* out) {
  for_pairs(p, in1, in2, out, RescaledSquare<int8_t>{p});
}
MOTE_KERNEL void squared_difference_s16(const RescaledPairParams& p, const int16_t* in1, const int16_t* in2,
                                        int16_t* out) {
  for_pairs(p, in1, in2, out, RescaledSquare<int16_t>{p});
}
MOTE_KERNEL void squared_difference_s32(const PlainPairParams& p, const int32_t* in1, const int32_t* in2,
                                        int32_t* out) {
  for_pairs(p, in1, in2, out, IntegerSquare());
}

}  // namespace mote

#endif
