// reduce_sum_f32, the reference: SUM and MEAN of floats, summed in the order of the input.
#ifndef MOTE_NN_REDUCE_REDUCE_SUM_F32_H
#define MOTE_NN_REDUCE_REDUCE_SUM_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/reduce/reduce_loops.h"

namespace mote {

struct FloatReduceSum {
  typedef float Value;
  float divisor;

  float start() const { return 0.0f; }
  float next(float sum, float x) const { return sum + x; }
  float finish(float sum) const { return canonical(sum / divisor); }
};

// out = (Σ in) / divisor
// in [kept0, reduced0, kept1, reduced1, kept2, reduced2, kept3] f32;  out [kept0, kept1, kept2, kept3] f32.
// out may lie over in or below it.
MOTE_KERNEL void reduce_sum_f32(const ReduceSumF32Params& p, const float* in, float* out) {
  reduce(FloatReduceSum{p.divisor}, p, in, out);
}

}  // namespace mote

#endif
