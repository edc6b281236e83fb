// Element-by-element kernels: contract and parameters of add_s8, add_f32, relu_s8, clamp_f32.
// Shapes do not matter, only how many elements there are; broadcasting is the op's business on the host.
#ifndef MOTE_NN_ELEMENTWISE_ELEMENTWISE_H
#define MOTE_NN_ELEMENTWISE_ELEMENTWISE_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_ADD_S8_FIELDS(FIELD)                                                        \
  FIELD(int32_t, count)          /* elements */                                          \
  FIELD(int32_t, left_shift)     /* 20: bits of headroom before the inputs are scaled */ \
  FIELD(int32_t, in1_zero_point) /* −128 … 127 */                                    \
  FIELD(int32_t, in1_multiplier) /* Q31 */                                               \
  FIELD(int32_t, in1_shift)      /* ≤ 0 */                                             \
  FIELD(int32_t, in2_zero_point)                                                         \
  FIELD(int32_t, in2_multiplier)                                                         \
  FIELD(int32_t, in2_shift)                                                              \
  FIELD(int32_t, out_zero_point)                                                         \
  FIELD(int32_t, out_multiplier)                                                         \
  FIELD(int32_t, out_shift) /* ≤ 0 */                                                  \
  FIELD(int32_t, act_min)   /* −128 ≤ act_min ≤ act_max ≤ 127 */                 \
  FIELD(int32_t, act_max)

#define MOTE_ADD_F32_FIELDS(FIELD)                    \
  FIELD(int32_t, count)                               \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

#define MOTE_RELU_S8_FIELDS(FIELD)                            \
  FIELD(int32_t, count)                                       \
  FIELD(int32_t, in_zero_point) /* −128 … 127 */          \
  FIELD(int32_t, out_zero_point)                              \
  FIELD(int32_t, multiplier) /* Q31 */                        \
  FIELD(int32_t, shift)                                       \
  FIELD(int32_t, act_min) /* RELU: the output's zero point */ \
  FIELD(int32_t, act_max) /* RELU6: six in the output's scale */

#define MOTE_CLAMP_F32_FIELDS(FIELD) \
  FIELD(int32_t, count)              \
  FIELD(float, min)                  \
  FIELD(float, max)

namespace mote {
MOTE_PARAMS(AddS8Params, MOTE_ADD_S8_FIELDS)
MOTE_PARAMS(AddF32Params, MOTE_ADD_F32_FIELDS)
MOTE_PARAMS(ReluS8Params, MOTE_RELU_S8_FIELDS)
MOTE_PARAMS(ClampF32Params, MOTE_CLAMP_F32_FIELDS)
}  // namespace mote

#endif
