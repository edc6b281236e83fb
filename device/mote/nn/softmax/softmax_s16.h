// softmax_s16, the reference: exponential and reciprocal from tables of 513 points, as in TFLM's SOFTMAX int16.
#ifndef MOTE_NN_SOFTMAX_SOFTMAX_S16_H
#define MOTE_NN_SOFTMAX_SOFTMAX_S16_H

#include "mote/base/fixed_math.h"
#include "mote/nn/lookup/lookup.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// in [rows, depth] s16;  out [rows, depth] s16 of scale 2^−15 and zero point 0, not negative.
// exponential [513]: e^x, −10 ≤ x ≤ 0;  reciprocal [513]: 1 / (1 + x), 0 ≤ x ≤ 1; both Q0.15.
// The largest element adds nearly 2^15 to the sum, so 1 ≤ leading zeros ≤ 17.
// out may lie over in or below it: exponentials are kept in out, each element is read before it is written.
MOTE_KERNEL void softmax_s16(const SoftmaxS16Params& p, const int16_t* in, Rom<int16_t> exponential,
                             Rom<int16_t> reciprocal, int16_t* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const int16_t* x = in + r * p.depth;
    int16_t* y = out + r * p.depth;
    int32_t largest = -32768;
    for (int32_t c = 0; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;

    int32_t sum = 0;  // Q16.15
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t scaled = requantize(x[c] - largest, p.multiplier, p.shift);  // [−65535, 0] is [−10, 0]
      y[c] = (int16_t)interpolate_s16(clamp(scaled, -65535, 0) + 32767, exponential);
      sum += y[c];
    }

    const int32_t zeros = leading_zeros((uint32_t)sum);
    // The sum as a number in [1, 2) with 16 fraction bits, less 1, centred for the table.
    const int32_t mantissa = (int32_t)((((int64_t)sum << (zeros - 1)) + ((int32_t)1 << 13)) >> 14);
    const int32_t centred = clamp(mantissa - ((int32_t)1 << 16) - ((int32_t)1 << 15), -32768, 32767);
    const int32_t factor = interpolate_s16(centred, reciprocal);
    const int32_t right = 31 - zeros;
    for (int32_t c = 0; c < p.depth; ++c) {
      const int32_t product = (int32_t)y[c] * factor;  // < 2^30
      y[c] = (int16_t)clamp((product + ((int32_t)1 << (right - 1))) >> right, 0, 32767);
    }
  }
}

}  // namespace mote

#endif
