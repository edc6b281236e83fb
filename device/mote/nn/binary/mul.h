// mul_s8, mul_s16, mul_s32, the references: MUL with broadcasting.
#ifndef MOTE_NN_BINARY_MUL_H
#define MOTE_NN_BINARY_MUL_H

#include "mote/base/fixed.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// clamp( requantize( (x − in1_zero_point) · (y − in2_zero_point), multiplier, shift ) + out_zero_point ), as TFLM's MUL
// |x − zero point| ≤ 255 in s8 and ≤ 2^15 in s16 (zero points 0): the product is at most 2^30.
template <class T>
struct ScaledProduct {
  const ScaledPairParams& p;
  MOTE_KERNEL T operator()(T x, T y) const {
    const int32_t product = ((int32_t)x - p.in1_zero_point) * ((int32_t)y - p.in2_zero_point);
    const int32_t scaled = requantize(product, p.multiplier, p.shift);
    return (T)clamp(wrapping_add(scaled, p.out_zero_point), p.act_min, p.act_max);
  }
};

// clamp( x · y ), the product modulo 2^32.
struct IntegerProduct {
  const IntegerPairParams& p;
  MOTE_KERNEL int32_t operator()(int32_t x, int32_t y) const {
    return clamp(wrapping_mul(x, y), p.act_min, p.act_max);
  }
};

MOTE_KERNEL void mul_s8(const ScaledPairParams& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  for_pairs(p, in1, in2, out, ScaledProduct<int8_t>{p});
}
MOTE_KERNEL void mul_s16(const ScaledPairParams& p, const int16_t* in1, const int16_t* in2, int16_t* out) {
  for_pairs(p, in1, in2, out, ScaledProduct<int16_t>{p});
}
MOTE_KERNEL void mul_s32(const IntegerPairParams& p, const int32_t* in1, const int32_t* in2, int32_t* out) {
  for_pairs(p, in1, in2, out, IntegerProduct{p});
}

}  // namespace mote

#endif
