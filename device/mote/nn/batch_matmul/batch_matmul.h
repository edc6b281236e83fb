// batch_matmul: contract and parameters.  The references are batch_matmul_f32.h and batch_matmul_int.h.
//
//   out[b, i, j] = activation( bias[j] + Σ_k x[b, i, k] · y[b, k, j] )
//
// b runs over three batch dimensions, in each of which x or y may repeat (step 0).  Transposed operands are a matter of
// steps alone.  Both operands are activations, read through plain pointers; fully_connected with weights that are computed
// at run time is this kernel, too.
#ifndef MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_H
#define MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_H

#include "mote/base/fp_exact.h"

#include "mote/base/params.h"
#include "mote/base/port.h"

// Steps count elements.
#define MOTE_BATCH_MATMUL_GEOMETRY(FIELD) \
  FIELD(int32_t, batch0)                  \
  FIELD(int32_t, batch1)                  \
  FIELD(int32_t, batch2)                  \
  FIELD(int32_t, rows)                    \
  FIELD(int32_t, columns)                 \
  FIELD(int32_t, depth)                   \
  FIELD(int32_t, x_batch0_step)           \
  FIELD(int32_t, x_batch1_step)           \
  FIELD(int32_t, x_batch2_step)           \
  FIELD(int32_t, x_row_step)              \
  FIELD(int32_t, x_depth_step)            \
  FIELD(int32_t, y_batch0_step)           \
  FIELD(int32_t, y_batch1_step)           \
  FIELD(int32_t, y_batch2_step)           \
  FIELD(int32_t, y_depth_step)            \
  FIELD(int32_t, y_column_step)

#define MOTE_BATCH_MATMUL_INT_FIELDS(FIELD)                                        \
  MOTE_BATCH_MATMUL_GEOMETRY(FIELD)                                                \
  FIELD(int32_t, x_zero_point)                                                     \
  FIELD(int32_t, y_zero_point)                                                     \
  FIELD(int32_t, out_zero_point)                                                   \
  FIELD(int32_t, multiplier) /* see requantize, in s16 requantize_s64 */           \
  FIELD(int32_t, shift)                                                            \
  FIELD(int32_t, act_min) /* act_min ≤ act_max, both within the output's type */ \
  FIELD(int32_t, act_max)

#define MOTE_BATCH_MATMUL_F32_FIELDS(FIELD)           \
  MOTE_BATCH_MATMUL_GEOMETRY(FIELD)                   \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

namespace mote {

MOTE_PARAMS(BatchMatmulIntParams, MOTE_BATCH_MATMUL_INT_FIELDS)
MOTE_PARAMS(BatchMatmulF32Params, MOTE_BATCH_MATMUL_F32_FIELDS)

// Σ_k (x[k] − x_zero_point) · (y[k] − y_zero_point).  Value computes a product, Sum adds them.
template <class Sum, class Value, class Params, class X, class Y>
MOTE_KERNEL Sum batch_matmul_sum(const Params& p, const X* x, Value x_zero_point, const Y* y,
                                 Value y_zero_point) {
  Sum sum = 0;
  for (int32_t k = 0; k < p.depth; ++k) {
    sum +=
        (Sum)(((Value)x[k * p.x_depth_step] - x_zero_point) * ((Value)y[k * p.y_depth_step] - y_zero_point));
  }
  return sum;
}

}  // namespace mote

#endif
