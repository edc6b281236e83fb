// cumsum_s8 and cumsum_f32, the references: running sums along an axis, with the arithmetic of TFLM.
#ifndef MOTE_NN_REDUCE_CUMSUM_H
#define MOTE_NN_REDUCE_CUMSUM_H

#include "mote/base/fp_exact.h"

#include "mote/base/fixed.h"
#include "mote/base/fmath.h"
#include "mote/nn/reduce/reduce.h"

namespace mote {

// Index of element `a` in the direction of summing, of the line that starts at [o, ·, i].
template <class Params>
MOTE_KERNEL int32_t cumsum_index(const Params& p, int32_t o, int32_t a, int32_t i) {
  return (o * p.axis + (p.reverse ? p.axis - 1 - a : a)) * p.inner + i;
}

// out[o, a, i] = Σ in[o, 0 … a, i]; exclusive: 0 … a − 1; reverse: from the last element on.
// in, out [outer, axis, inner] f32, which may not overlap.
MOTE_KERNEL void cumsum_f32(const CumsumF32Params& p, const float* in, float* out) {
  for (int32_t o = 0; o < p.outer; ++o) {
    for (int32_t i = 0; i < p.inner; ++i) {
      float sum = 0.0f;
      for (int32_t a = 0; a < p.axis; ++a) {
        const int32_t at = cumsum_index(p, o, a, i);
        const float with = sum + in[at];
        out[at] = canonical(p.exclusive ? sum : with);
        sum = with;
      }
    }
  }
}

// The same in s8.  An element counts (in − in_zero_point) · 2^19.  Sums begin at −in_zero_point · 2^19 and not at 0,
// as in TFLM.  They wrap modulo 2^32, which takes 16 elements at the far end of the range.
// in, out [outer, axis, inner] s8, which may not overlap.
MOTE_KERNEL void cumsum_s8(const CumsumS8Params& p, const int8_t* in, int8_t* out) {
  const uint32_t unit = (uint32_t)1 << 19;
  for (int32_t o = 0; o < p.outer; ++o) {
    for (int32_t i = 0; i < p.inner; ++i) {
      uint32_t sum = (uint32_t)-p.in_zero_point * unit;
      for (int32_t a = 0; a < p.axis; ++a) {
        const int32_t at = cumsum_index(p, o, a, i);
        const uint32_t with = sum + (uint32_t)(in[at] - p.in_zero_point) * unit;
        const int32_t scaled = requantize((int32_t)(p.exclusive ? sum : with), p.multiplier, p.shift);
        out[at] = (int8_t)clamp(clamp(scaled, -256, 256) + p.out_zero_point, -128, 127);  // the sum fits
        sum = with;
      }
    }
  }
}

}  // namespace mote

#endif
