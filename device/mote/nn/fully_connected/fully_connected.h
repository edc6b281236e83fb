// fully_connected: contract and parameters.  The references are fully_connected_s8.h,
// fully_connected_s16.h and fully_connected_f32.h.
//
//   out[n, o] = activation( bias[o] + Σ_i in[n, i] · w[o, i] )
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_FULLY_CONNECTED_S8_FIELDS(FIELD)                                                   \
  FIELD(int32_t, batches)                                                                       \
  FIELD(int32_t, in_count)                                                                      \
  FIELD(int32_t, out_count)                                                                     \
  FIELD(int32_t, in_zero_point)  /* −128 … 127 */                                           \
  FIELD(int32_t, out_zero_point) /* −128 … 127 */                                           \
  FIELD(int32_t, requant_step)   /* 0: one multiplier and shift for all outputs; 1: one each */ \
  FIELD(int32_t, act_min)        /* −128 ≤ act_min ≤ act_max ≤ 127 */                   \
  FIELD(int32_t, act_max)

#define MOTE_FULLY_CONNECTED_F32_FIELDS(FIELD)        \
  FIELD(int32_t, batches)                             \
  FIELD(int32_t, in_count)                            \
  FIELD(int32_t, out_count)                           \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

#define MOTE_FULLY_CONNECTED_S16_FIELDS(FIELD)                                                \
  FIELD(int32_t, batches)                                                                     \
  FIELD(int32_t, in_count)                                                                    \
  FIELD(int32_t, out_count)                                                                   \
  FIELD(int32_t, requant_step) /* 0: one multiplier and shift for all outputs; 1: one each */ \
  FIELD(int32_t, act_min)      /* −32768 ≤ act_min ≤ act_max ≤ 32767 */               \
  FIELD(int32_t, act_max)

namespace mote {
MOTE_PARAMS(FullyConnectedS16Params, MOTE_FULLY_CONNECTED_S16_FIELDS)
MOTE_PARAMS(FullyConnectedS8Params, MOTE_FULLY_CONNECTED_S8_FIELDS)
MOTE_PARAMS(FullyConnectedF32Params, MOTE_FULLY_CONNECTED_F32_FIELDS)
}  // namespace mote

#endif
