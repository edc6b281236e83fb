// softmax_f32, the reference: differences to the row's largest element, so that no exponential overflows.
#ifndef MOTE_NN_SOFTMAX_SOFTMAX_F32_H
#define MOTE_NN_SOFTMAX_SOFTMAX_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// e[c] = e^((in[r, c] − max) · beta),  out[r, c] = e[c] / Σ e, summed upwards from c = 0
// in, out [rows, depth].  The largest element gives e = 1, so Σ ≥ 1; a NaN makes its whole row NaN.
// out may lie over in or below it: a row's maximum is known before its first output is written, and each
// element is read before it is written.
MOTE_KERNEL void softmax_f32(const SoftmaxF32Params& p, const float* in, float* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const float* x = in + r * p.depth;
    float* y = out + r * p.depth;
    float largest = x[0];
    for (int32_t c = 1; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;
    float sum = 0.0f;
    for (int32_t c = 0; c < p.depth; ++c) {
      y[c] = expf((x[c] - largest) * p.beta);
      sum += y[c];
    }
    for (int32_t c = 0; c < p.depth; ++c) y[c] = canonical(y[c] / sum);
  }
}

}  // namespace mote

#endif
