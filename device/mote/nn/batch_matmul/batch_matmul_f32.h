// batch_matmul_f32, the reference: products are summed in the order of k, the bias comes last.
#ifndef MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_F32_H
#define MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/nn/batch_matmul/batch_matmul.h"

namespace mote {

// x, y f32 by their steps;  bias [columns] or null;  out [batch0, batch1, batch2, rows, columns] f32, a NaN is written as
// the canonical one.  out overlaps neither.
MOTE_KERNEL void batch_matmul_f32(const BatchMatmulF32Params& p, const float* x, const float* y,
                                  const float* bias, float* out) {
  for (int32_t b0 = 0; b0 < p.batch0; ++b0) {
    for (int32_t b1 = 0; b1 < p.batch1; ++b1) {
      for (int32_t b2 = 0; b2 < p.batch2; ++b2) {
        const float* xb = x + b0 * p.x_batch0_step + b1 * p.x_batch1_step + b2 * p.x_batch2_step;
        const float* yb = y + b0 * p.y_batch0_step + b1 * p.y_batch1_step + b2 * p.y_batch2_step;
        for (int32_t i = 0; i < p.rows; ++i) {
          for (int32_t j = 0; j < p.columns; ++j) {
            float sum =
                batch_matmul_sum<float>(p, xb + i * p.x_row_step, 0.0f, yb + j * p.y_column_step, 0.0f);
            if (bias) sum += bias[j];
            *out++ = clamp_f32_value(sum, p.act_min, p.act_max);
          }
        }
      }
    }
  }
}

}  // namespace mote

#endif
