// softmax_s8, the reference.  Fixed point as in TFLM's SOFTMAX int8 (arithmetic of gemmlowp), without any float.
#ifndef MOTE_NN_SOFTMAX_SOFTMAX_S8_H
#define MOTE_NN_SOFTMAX_SOFTMAX_S8_H

#include "mote/base/fixed_math.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// in [rows, depth] s8;  out [rows, depth]: s8 of scale 1/256 and zero point −128, or s16 of scale 1/65536 and zero
// point −32768.
// The largest element has difference 0 and adds 2^19 to the sum, so the sum is in [2^19, 4095·2^19] and has
// at most 12 leading zeros.  Each difference that is not below diff_min fits Q5.26 after scaling; the host
// derives diff_min so. out may lie over in or below it, if it is s8: a row's maximum and sum are known before its first
// output is written, and each element is read before it is written.
template <class Out, int32_t bits>
MOTE_KERNEL void softmax_of_s8(const SoftmaxS8Params& p, const int8_t* in, Out* out) {
  const int32_t lowest = -((int32_t)1 << (bits - 1)), highest = ((int32_t)1 << (bits - 1)) - 1;
  for (int32_t r = 0; r < p.rows; ++r) {
    const int8_t* x = in + r * p.depth;
    int32_t largest = -128;
    for (int32_t c = 0; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;

    int32_t sum = 0;  // Q12.19
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      if (difference < p.diff_min) continue;
      sum +=
          rounding_divide_by_pot(exp_of_negative_q5(requantize(difference, p.multiplier, p.left_shift)), 12);
    }

    const int32_t zeros = leading_zeros((uint32_t)sum);
    const int32_t reciprocal =
        one_over_one_plus_q0((int32_t)(((uint32_t)sum << zeros) - ((uint32_t)1 << 31)));
    const int32_t right_shift = 12 - zeros + 31 - bits;
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      int32_t result = lowest;
      if (difference >= p.diff_min) {
        const int32_t e = exp_of_negative_q5(requantize(difference, p.multiplier, p.left_shift));
        result += rounding_divide_by_pot(doubling_high_mul(reciprocal, e), right_shift);
      }
      out[r * p.depth + c] = (Out)clamp(result, lowest, highest);
    }
  }
}

MOTE_KERNEL void softmax_s8(const SoftmaxS8Params& p, const int8_t* in, int8_t* out) {
  softmax_of_s8<int8_t, 8>(p, in, out);
}
MOTE_KERNEL void softmax_s8_s16(const SoftmaxS8Params& p, const int8_t* in, int16_t* out) {
  softmax_of_s8<int16_t, 16>(p, in, out);
}

}  // namespace mote

#endif
