// softmax: contract and parameters.  The references are softmax_s8.h and softmax_f32.h.
//
//   out[r, c] = e^(β·x[r, c]) / Σ_k e^(β·x[r, k]),   rows of `depth` elements each
#ifndef MOTE_NN_SOFTMAX_SOFTMAX_H
#define MOTE_NN_SOFTMAX_SOFTMAX_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_SOFTMAX_S8_FIELDS(FIELD)                                                             \
  FIELD(int32_t, rows)                                                                            \
  FIELD(int32_t, depth)      /* 1 … 4095: the sum of exponentials is Q12.19 */                  \
  FIELD(int32_t, multiplier) /* β · input scale · 2^26 as multiplier·2^(left_shift − 31) */ \
  FIELD(int32_t, left_shift) /* ≥ 0 */                                                          \
  FIELD(int32_t, diff_min)   /* x − max below it gives 0; < 0 */

#define MOTE_SOFTMAX_S16_FIELDS(FIELD)                                            \
  FIELD(int32_t, rows)                                                            \
  FIELD(int32_t, depth)      /* 1 … 65535: the sum of exponentials is Q16.15 */ \
  FIELD(int32_t, multiplier) /* β · input scale · 65535 / 10 */                \
  FIELD(int32_t, shift)

#define MOTE_LOG_SOFTMAX_S8_FIELDS(FIELD)                                        \
  FIELD(int32_t, rows)                                                           \
  FIELD(int32_t, depth)      /* 1 … 4095 */                                    \
  FIELD(int32_t, multiplier) /* as in softmax_s8 */                              \
  FIELD(int32_t, left_shift)                                                     \
  FIELD(int32_t, diff_min)                                                       \
  FIELD(int32_t, reverse_multiplier) /* from Q5.26 back to steps of the input */ \
  FIELD(int32_t, reverse_shift)      /* ≤ 0 */

#define MOTE_LOG_SOFTMAX_F32_FIELDS(FIELD) \
  FIELD(int32_t, rows)                     \
  FIELD(int32_t, depth)

#define MOTE_SOFTMAX_F32_FIELDS(FIELD) \
  FIELD(int32_t, rows)                 \
  FIELD(int32_t, depth)                \
  FIELD(float, beta)

namespace mote {
MOTE_PARAMS(SoftmaxS8Params, MOTE_SOFTMAX_S8_FIELDS)
MOTE_PARAMS(SoftmaxS16Params, MOTE_SOFTMAX_S16_FIELDS)
MOTE_PARAMS(SoftmaxF32Params, MOTE_SOFTMAX_F32_FIELDS)
MOTE_PARAMS(LogSoftmaxS8Params, MOTE_LOG_SOFTMAX_S8_FIELDS)
MOTE_PARAMS(LogSoftmaxF32Params, MOTE_LOG_SOFTMAX_F32_FIELDS)
}  // namespace mote

#endif
