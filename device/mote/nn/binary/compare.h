// compare_s8, compare_s16, compare_s32, compare_s64, the references: EQUAL, LESS and their kin with broadcasting.
// One kernel serves all six: the parameters say which outcome of the comparison is a yes.
#ifndef MOTE_NN_BINARY_COMPARE_H
#define MOTE_NN_BINARY_COMPARE_H

#include "mote/base/fixed.h"
#include "mote/nn/binary/binary.h"

namespace mote {

template <class T>
struct Comparison {
  const CompareParams& p;
  MOTE_KERNEL uint8_t operator()(T x, T y) const {
    return (uint8_t)(x == y ? p.when_equal : (x < y ? p.when_less : p.when_greater));
  }
};

// Both are brought to units of 1: a = requantize( (x − in1_zero_point) · 2^left_shift, in1_multiplier, in1_shift ), b so
// from y, as TFLM's comparisons.  left_shift is 8: at most 2^25.
template <class T>
struct RescaledComparison {
  const CompareRescaledParams& p;
  MOTE_KERNEL uint8_t operator()(T x, T y) const {
    const int32_t unit = (int32_t)1 << p.left_shift;
    const int32_t a = requantize(((int32_t)x - p.in1_zero_point) * unit, p.in1_multiplier, p.in1_shift);
    const int32_t b = requantize(((int32_t)y - p.in2_zero_point) * unit, p.in2_multiplier, p.in2_shift);
    return (uint8_t)(a == b ? p.when_equal : (a < b ? p.when_less : p.when_greater));
  }
};

MOTE_KERNEL void compare_s8(const CompareRescaledParams& p, const int8_t* in1, const int8_t* in2,
                            uint8_t* out) {
  for_pairs(p, in1, in2, out, RescaledComparison<int8_t>{p});
}
MOTE_KERNEL void compare_s16(const CompareRescaledParams& p, const int16_t* in1, const int16_t* in2,
                             uint8_t* out) {
  for_pairs(p, in1, in2, out, RescaledComparison<int16_t>{p});
}
MOTE_KERNEL void compare_s32(const CompareParams& p, const int32_t* in1, const int32_t* in2, uint8_t* out) {
  for_pairs(p, in1, in2, out, Comparison<int32_t>{p});
}
MOTE_KERNEL void compare_s64(const CompareParams& p, const int64_t* in1, const int64_t* in2, uint8_t* out) {
  for_pairs(p, in1, in2, out, Comparison<int64_t>{p});
}

}  // namespace mote

#endif
