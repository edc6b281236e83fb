// div_s8, div_s32, the references: DIV with broadcasting.
#ifndef MOTE_NN_BINARY_DIV_H
#define MOTE_NN_BINARY_DIV_H

#include "mote/nn/binary/binary.h"
#include "mote/nn/softmax/softmax_s8.h"

namespace mote {

// clamp( (x − in1_zero_point) / (y − in2_zero_point) · multiplier · 2^(shift − 31) + out_zero_point ), as TFLM's DIV:
// the divisor d > 0 is normalised to 1 + a in [1, 2), its reciprocal computed in Q0.31 and multiplied with the dividend,
// which is shifted left as far as it goes.
//
// |dividend| ≤ 255, so 23 ≤ headroom ≤ 30; the host keeps shift ≤ 23, so that `right` is not negative.  A quotient
// shifted right by 32 or more is below half a step: 0.  A divisor of 0 saturates by the dividend's sign; 0 / 0 is 0.
struct ScaledQuotient {
  const ScaledPairParams& p;
  MOTE_KERNEL int8_t operator()(int8_t x, int8_t y) const {
    int32_t dividend = (int32_t)x - p.in1_zero_point, divisor = (int32_t)y - p.in2_zero_point;
    if (divisor < 0) {
      dividend = -dividend;
      divisor = -divisor;
    }
    if (dividend == 0) return (int8_t)clamp(p.out_zero_point, p.act_min, p.act_max);
    if (divisor == 0) return (int8_t)(dividend < 0 ? p.act_min : p.act_max);
    const int32_t zeros = leading_zeros((uint32_t)divisor);
    const int32_t reciprocal =
        one_over_one_plus_q0((int32_t)(((uint32_t)divisor << zeros) - ((uint32_t)1 << 31)));
    const int32_t headroom = leading_zeros((uint32_t)(dividend < 0 ? ~dividend : dividend)) - 1;
    const int32_t quotient = doubling_high_mul((int32_t)((uint32_t)dividend << headroom), reciprocal);
    const int32_t right = 31 - zeros + headroom - p.shift;
    const int32_t scaled =
        right > 31 ? 0 : rounding_divide_by_pot(doubling_high_mul(quotient, p.multiplier), right);
    return (int8_t)clamp(wrapping_add(scaled, p.out_zero_point), p.act_min, p.act_max);
  }
};

// clamp( x / y ), towards 0.  x / 0 is 0, as the division of ARM cores gives it; −2^31 / −1 wraps to −2^31.
struct IntegerQuotient {
  const IntegerPairParams& p;
  MOTE_KERNEL int32_t operator()(int32_t x, int32_t y) const {
    if (y == 0) return clamp(0, p.act_min, p.act_max);
    return clamp(y == -1 ? wrapping_mul(x, -1) : x / y, p.act_min, p.act_max);
  }
};

MOTE_KERNEL void div_s8(const ScaledPairParams& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  for_pairs(p, in1, in2, out, ScaledQuotient{p});
}
MOTE_KERNEL void div_s32(const IntegerPairParams& p, const int32_t* in1, const int32_t* in2, int32_t* out) {
  for_pairs(p, in1, in2, out, IntegerQuotient{p});
}

}  // namespace mote

#endif
