// The loops of all reductions.  What is done with the elements is the Reducer's business:
//   Value start() const;   Value next(Value, T) const;   T finish(Value) const
#ifndef MOTE_NN_REDUCE_REDUCE_LOOPS_H
#define MOTE_NN_REDUCE_REDUCE_LOOPS_H

#include "mote/nn/reduce/reduce.h"

namespace mote {

// Elements are taken in the order of the input; outputs are written in order, each after all that it is made of
// was read.  out may lie over in or below it: an output's index is at most that of any element it is made of.
template <class Reducer, class Params, class T>
MOTE_KERNEL void reduce(const Reducer& reducer, const Params& p, const T* in, T* out) {
  const int32_t step_r2 = p.kept3;
  const int32_t step_k2 = p.reduced2 * step_r2;
  const int32_t step_r1 = p.kept2 * step_k2;
  const int32_t step_k1 = p.reduced1 * step_r1;
  const int32_t step_r0 = p.kept1 * step_k1;
  const int32_t step_k0 = p.reduced0 * step_r0;
  for (int32_t k0 = 0; k0 < p.kept0; ++k0) {
    for (int32_t k1 = 0; k1 < p.kept1; ++k1) {
      for (int32_t k2 = 0; k2 < p.kept2; ++k2) {
        for (int32_t k3 = 0; k3 < p.kept3; ++k3) {
          const T* first = in + k0 * step_k0 + k1 * step_k1 + k2 * step_k2 + k3;
          typename Reducer::Value value = reducer.start();
          for (int32_t r0 = 0; r0 < p.reduced0; ++r0) {
            for (int32_t r1 = 0; r1 < p.reduced1; ++r1) {
              for (int32_t r2 = 0; r2 < p.reduced2; ++r2)
                value = reducer.next(value, first[r0 * step_r0 + r1 * step_r1 + r2 * step_r2]);
            }
          }
          *out++ = reducer.finish(value);
        }
      }
    }
  }
}

}  // namespace mote

#endif
