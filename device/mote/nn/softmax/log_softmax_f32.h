// log_softmax_f32, the reference: differences to the row's largest element, so that no exponential overflows.
#ifndef MOTE_NN_SOFTMAX_LOG_SOFTMAX_F32_H
#define MOTE_NN_SOFTMAX_LOG_SOFTMAX_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/softmax/softmax.h"

namespace mote {

// out[r, c] = (in[r, c] − max) − log Σ e^(in[r, c] − max), summed upwards from c = 0
// in, out [rows, depth].  The largest element gives 1, so Σ ≥ 1; a NaN makes its whole row NaN.
// out may lie over in or below it: a row's maximum and sum are known before its first output is written, and each
// element is read before it is written.
MOTE_KERNEL void log_softmax_f32(const LogSoftmaxF32Params& p, const float* in, float* out) {
  for (int32_t r = 0; r < p.rows; ++r) {
    const float* x = in + r * p.depth;
    float* y = out + r * p.depth;
    float largest = x[0];
    for (int32_t c = 1; c < p.depth; ++c) largest = x[c] > largest ? x[c] : largest;
    float sum = 0.0f;
    for (int32_t c = 0; c < p.depth; ++c) sum += expf(x[c] - largest);
    const float log_sum = logf(sum);
    for (int32_t c = 0; c < p.depth; ++c) y[c] = canonical(x[c] - largest - log_sum);
  }
}

}  // namespace mote

#endif
