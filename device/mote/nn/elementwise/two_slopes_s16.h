// two_slopes_s16, the reference: all s16 functions of one number that are a line on either side of zero (RELU and its
// kin, LEAKY_RELU, ABS, NEG).  In s8 a table does the same (nn/lookup).
#ifndef MOTE_NN_ELEMENTWISE_TWO_SLOPES_S16_H
#define MOTE_NN_ELEMENTWISE_TWO_SLOPES_S16_H

#include "mote/base/fixed.h"
#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_TWO_SLOPES_S16_FIELDS(FIELD)                                      \
  FIELD(int32_t, count)                                                        \
  FIELD(int32_t, in_zero_point) /* −32768 … 32767 */                       \
  FIELD(int32_t, out_zero_point)                                               \
  FIELD(int32_t, positive_multiplier) /* Q31, of either sign */                \
  FIELD(int32_t, positive_shift)      /* ≤ 14: 16 bits more would not fit */ \
  FIELD(int32_t, negative_multiplier)                                          \
  FIELD(int32_t, negative_shift)                                               \
  FIELD(int32_t, act_min) /* −32768 ≤ act_min ≤ act_max ≤ 32767 */     \
  FIELD(int32_t, act_max)

namespace mote {
MOTE_PARAMS(TwoSlopesS16Params, MOTE_TWO_SLOPES_S16_FIELDS)

// x = in[i] − in_zero_point;  out[i] = clamp( requantize( x, those of its sign ) + out_zero_point )
// |x| < 2^16, so shifts up to 14 keep it in 31 bits; larger ones wrap, as TFLM's do.
// out may lie over in or below it (element i is read before it is written).
MOTE_KERNEL void two_slopes_s16(const TwoSlopesS16Params& p, const int16_t* in, int16_t* out) {
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t x = in[i] - p.in_zero_point;
    const int32_t scaled = x >= 0 ? requantize(x, p.positive_multiplier, p.positive_shift)
                                  : requantize(x, p.negative_multiplier, p.negative_shift);
    const int32_t y = (int32_t)((uint32_t)scaled + (uint32_t)p.out_zero_point);
    out[i] = (int16_t)clamp(y, p.act_min, p.act_max);
  }
}

}  // namespace mote

#endif
