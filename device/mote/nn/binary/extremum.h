// extremum_s8, extremum_s16, extremum_s32, extremum_s64, the references: MAXIMUM and MINIMUM with broadcasting.
// Nothing is rescaled: the inputs and the output mean the same by a value.
#ifndef MOTE_NN_BINARY_EXTREMUM_H
#define MOTE_NN_BINARY_EXTREMUM_H

#include "mote/nn/binary/binary.h"

namespace mote {

template <class T>
struct Extremum {
  const ExtremumParams& p;
  MOTE_KERNEL T operator()(T x, T y) const { return (p.largest ? x > y : x < y) ? x : y; }
};

MOTE_KERNEL void extremum_s8(const ExtremumParams& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  for_pairs(p, in1, in2, out, Extremum<int8_t>{p});
}
MOTE_KERNEL void extremum_s16(const ExtremumParams& p, const int16_t* in1, const int16_t* in2, int16_t* out) {
  for_pairs(p, in1, in2, out, Extremum<int16_t>{p});
}
MOTE_KERNEL void extremum_s32(const ExtremumParams& p, const int32_t* in1, const int32_t* in2, int32_t* out) {
  for_pairs(p, in1, in2, out, Extremum<int32_t>{p});
}
MOTE_KERNEL void extremum_s64(const ExtremumParams& p, const int64_t* in1, const int64_t* in2, int64_t* out) {
  for_pairs(p, in1, in2, out, Extremum<int64_t>{p});
}

}  // namespace mote

#endif
