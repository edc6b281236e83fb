// svdf: contract and parameters.  The references are svdf_f32.h and svdf_s8.h.
//
// A layer whose weights are products of a part over features and a part over time.  Filter f keeps the last `memory` values
// of its projection x · w_feature[f] in the state; a unit is the sum of `rank` filters weighted over that memory:
//   state[n, f] ← (state[n, f, 1 …], x[n] · w_feature[f])
//   out[n, u] = activation( bias[u] + Σ_{r < rank} Σ_m w_time[u·rank + r, m] · state[n, u·rank + r, m] )
// Source: Nakkiran et al. 2015, "Compressing Deep Neural Networks using a Rank-Constrained Topology".
#ifndef MOTE_NN_SVDF_SVDF_H
#define MOTE_NN_SVDF_SVDF_H

#include "mote/base/fp_exact.h"

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_SVDF_GEOMETRY(FIELD)                         \
  FIELD(int32_t, batches)                                 \
  FIELD(int32_t, in_count) /* features */                 \
  FIELD(int32_t, units)                                   \
  FIELD(int32_t, rank)   /* filters of one unit; ≥ 1 */ \
  FIELD(int32_t, memory) /* steps of time; ≥ 1 */

#define MOTE_SVDF_S8_FIELDS(FIELD)                                           \
  MOTE_SVDF_GEOMETRY(FIELD)                                                  \
  FIELD(int32_t, in_zero_point)    /* −128 … 127 */                      \
  FIELD(int32_t, state_zero_point) /* of an s8 state; an s16 state has 0 */  \
  FIELD(int32_t, out_zero_point)   /* −128 … 127 */                      \
  FIELD(int32_t, state_multiplier) /* from the features' sum to the state */ \
  FIELD(int32_t, state_shift)                                                \
  FIELD(int32_t, out_multiplier) /* from the memory's sum to the output */   \
  FIELD(int32_t, out_shift)

#define MOTE_SVDF_F32_FIELDS(FIELD)                   \
  MOTE_SVDF_GEOMETRY(FIELD)                           \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

namespace mote {

MOTE_PARAMS(SvdfS8Params, MOTE_SVDF_S8_FIELDS)
MOTE_PARAMS(SvdfF32Params, MOTE_SVDF_F32_FIELDS)

// Makes room for one more value at the end of a filter's memory.
template <class T>
MOTE_KERNEL void forget_oldest(T* state, int32_t memory) {
  for (int32_t m = 1; m < memory; ++m) state[m - 1] = state[m];
}

}  // namespace mote

#endif
