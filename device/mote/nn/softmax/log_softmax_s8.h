// log_softmax_s8, the reference.  Fixed point as in TFLM's LOG_SOFTMAX int8 (arithmetic of gemmlowp), without any float.
#ifndef MOTE_NN_SOFTMAX_LOG_SOFTMAX_S8_H
#define MOTE_NN_SOFTMAX_LOG_SOFTMAX_S8_H

#include "mote/base/fixed_math.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// in [rows, depth] s8;  out [rows, depth] s8 of scale 1/16 and zero point 127.
// The sum of exponentials is as in softmax_s8.  Differences that would leave Q5.26 with the logarithm subtracted
// give the lowest value.
// out may lie over in or below it: a row's maximum and sum are known before its first output is written, and each
// element is read before it is written.
MOTE_KERNEL void log_softmax_s8(const LogSoftmaxS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const int8_t* x = in + r * p.depth;
    int8_t* y = out + r * p.depth;
    int32_t largest = -128;
    for (int32_t c = 0; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;

    int32_t sum = 0;  // Q12.19
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      if (difference < p.diff_min) continue;
      sum +=
          rounding_divide_by_pot(exp_of_negative_q5(requantize(difference, p.multiplier, p.left_shift)), 12);
    }

    const int32_t log_sum = log_of_q12(sum);  // Q5.26
    const int32_t lowest = requantize(add_modulo(log_sum, INT32_MIN), p.reverse_multiplier, p.reverse_shift);
    const int32_t threshold = lowest > p.diff_min - 1 ? lowest : p.diff_min - 1;
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t difference = x[c] - largest;
      int32_t result = -128;
      if (difference > threshold) {
        const int32_t scaled = requantize(difference, p.multiplier, p.left_shift);
        result = rounding_divide_by_pot(subtract_modulo(scaled, log_sum), 22) + 127;  // Q5.26 → sixteenths
      }
      y[c] = (int8_t)clamp(result, -128, 127);
    }
  }
}

}  // namespace mote

#endif
