// Reductions along chosen axes: contract and parameters of reduce_sum_*, reduce_extreme_*, arg_extreme_* and cumsum_*.
//
// The host joins neighbouring axes of the same fate, so that every input has the shape
//   [kept0, reduced0, kept1, reduced1, kept2, reduced2, kept3],   extents of 1 where there is nothing,
// and the output [kept0, kept1, kept2, kept3].  Six axes in any mixture fit.
#ifndef MOTE_NN_REDUCE_REDUCE_H
#define MOTE_NN_REDUCE_REDUCE_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_REDUCE_EXTENTS(FIELD) \
  FIELD(int32_t, kept0)            \
  FIELD(int32_t, reduced0)         \
  FIELD(int32_t, kept1)            \
  FIELD(int32_t, reduced1)         \
  FIELD(int32_t, kept2)            \
  FIELD(int32_t, reduced2)         \
  FIELD(int32_t, kept3)

// Sums and means of integers.
#define MOTE_REDUCE_SUM_INTEGER_FIELDS(FIELD)                                           \
  MOTE_REDUCE_EXTENTS(FIELD)                                                            \
  FIELD(int32_t, zero_sum)       /* the input's zero point times the elements summed */ \
  FIELD(int32_t, multiplier)     /* Q31, a mean's is below 2^30 where it must be */     \
  FIELD(int32_t, shift)          /* -31 ... 30 */                                       \
  FIELD(int32_t, out_zero_point) /* of the output's type */

#define MOTE_REDUCE_SUM_F32_FIELDS(FIELD) \
  MOTE_REDUCE_EXTENTS(FIELD)              \
  FIELD(float, divisor) /* 1: a sum; the number of elements summed: a mean */

#define MOTE_REDUCE_EXTREME_FIELDS(FIELD) \
  MOTE_REDUCE_EXTENTS(FIELD)              \
  FIELD(int32_t, largest) /* 1: maximum; 0: minimum */

// The index of the extreme along one axis of [outer, axis, inner].
#define MOTE_ARG_EXTREME_FIELDS(FIELD) \
  FIELD(int32_t, outer)                \
  FIELD(int32_t, axis)                 \
  FIELD(int32_t, inner)                \
  FIELD(int32_t, largest) /* 1: maximum; 0: minimum */

// Running sums along one axis of [outer, axis, inner].
#define MOTE_CUMSUM_FIELDS(FIELD)                                                         \
  FIELD(int32_t, outer)                                                                   \
  FIELD(int32_t, axis)                                                                    \
  FIELD(int32_t, inner)                                                                   \
  FIELD(int32_t, exclusive) /* 1: without the element itself, so the first output is 0 */ \
  FIELD(int32_t, reverse)   /* 1: from the end to the start */

#define MOTE_CUMSUM_S8_FIELDS(FIELD)                                        \
  MOTE_CUMSUM_FIELDS(FIELD)                                                 \
  FIELD(int32_t, in_zero_point)  /* -128 ... 127 */                         \
  FIELD(int32_t, out_zero_point) /* -128 ... 127 */                         \
  FIELD(int32_t, multiplier)     /* input scale / (2^19 · output scale) */ \
  FIELD(int32_t, shift)          /* <= 0 */

namespace mote {
MOTE_PARAMS(ReduceSumIntegerParams, MOTE_REDUCE_SUM_INTEGER_FIELDS)
MOTE_PARAMS(ReduceSumF32Params, MOTE_REDUCE_SUM_F32_FIELDS)
MOTE_PARAMS(ReduceExtremeParams, MOTE_REDUCE_EXTREME_FIELDS)
MOTE_PARAMS(ArgExtremeParams, MOTE_ARG_EXTREME_FIELDS)
MOTE_PARAMS(CumsumF32Params, MOTE_CUMSUM_FIELDS)
MOTE_PARAMS(CumsumS8Params, MOTE_CUMSUM_S8_FIELDS)
}  // namespace mote

#endif
