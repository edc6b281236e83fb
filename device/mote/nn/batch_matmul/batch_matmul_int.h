// batch_matmul_s8, batch_matmul_s16 and batch_matmul_s16_s8, the references.  Arithmetic of TFLM's BATCH_MATMUL, and of its
// FULLY_CONNECTED with one scale: the same but for the bias.
#ifndef MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_INT_H
#define MOTE_NN_BATCH_MATMUL_BATCH_MATMUL_INT_H

#include "mote/base/fixed.h"
#include "mote/nn/batch_matmul/batch_matmul.h"

namespace mote {

// out = clamp( requantize_sum( bias[j] + Σ (x − x_zero_point) · (y − y_zero_point) ) + out_zero_point )
// The sum is as wide as Sum and wraps.
template <class Sum, class X, class Y, class Bias, class Out>
MOTE_KERNEL void batch_matmul_int(const BatchMatmulIntParams& p, const X* x, const Y* y, const Bias* bias,
                                  Out* out) {
  for (int32_t b0 = 0; b0 < p.batch0; ++b0) {
    for (int32_t b1 = 0; b1 < p.batch1; ++b1) {
      for (int32_t b2 = 0; b2 < p.batch2; ++b2) {
        const X* xb = x + b0 * p.x_batch0_step + b1 * p.x_batch1_step + b2 * p.x_batch2_step;
        const Y* yb = y + b0 * p.y_batch0_step + b1 * p.y_batch1_step + b2 * p.y_batch2_step;
        for (int32_t i = 0; i < p.rows; ++i) {
          for (int32_t j = 0; j < p.columns; ++j) {
            Sum sum = batch_matmul_sum<Sum>(p, xb + i * p.x_row_step, p.x_zero_point,
                                            yb + j * p.y_column_step, p.y_zero_point);
            if (bias) sum += (Sum)bias[j];
            const int32_t scaled = requantize_sum(sum, p.multiplier, p.shift);
            *out++ = (Out)offset_clamp(scaled, p.out_zero_point, p.act_min, p.act_max);
          }
        }
      }
    }
  }
}

// x, y s8 by their steps;  bias [columns] s32, or null;  out [batch0, batch1, batch2, rows, columns] s8, overlaps neither.
// |Σ| ≤ depth·255·255: a depth of 33 025 fits 32 bits.
MOTE_KERNEL void batch_matmul_s8(const BatchMatmulIntParams& p, const int8_t* x, const int8_t* y,
                                 const int32_t* bias, int8_t* out) {
  batch_matmul_int<uint32_t>(p, x, y, bias, out);
}

// The same on s16 with zero points 0, the sum in 64 bits.
MOTE_KERNEL void batch_matmul_s16(const BatchMatmulIntParams& p, const int16_t* x, const int16_t* y,
                                  const int64_t* bias, int16_t* out) {
  batch_matmul_int<uint64_t>(p, x, y, bias, out);
}

// x s16 with zero point 0, y s8: a fully connected layer whose weights are computed.
MOTE_KERNEL void batch_matmul_s16_s8(const BatchMatmulIntParams& p, const int16_t* x, const int8_t* y,
                                     const int64_t* bias, int16_t* out) {
  batch_matmul_int<uint64_t>(p, x, y, bias, out);
}

}  // namespace mote

#endif
