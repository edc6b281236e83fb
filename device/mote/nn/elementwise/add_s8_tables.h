// add_s8_tables: the same bytes as add_s8, each input rescaled by a table of its 256 values, which the host has computed.
#ifndef MOTE_NN_ELEMENTWISE_ADD_S8_TABLES_H
#define MOTE_NN_ELEMENTWISE_ADD_S8_TABLES_H

#include "mote/base/fixed_dsp.h"
#include "mote/base/fixed_short.h"
#include "mote/base/rom.h"
#include "mote/nn/elementwise/elementwise.h"

namespace mote {

// table1, table2 [256] s32: twice what add_s8 calls a and b, by the input's byte taken as unsigned.
// out_shift ≤ −1;  |a + b| < 2^29, so that the doubled sum fits.  out may lie as that of add_s8.
// Instructions an element: Cortex-M3 16, M0 46.
MOTE_KERNEL void add_s8_tables(const AddS8Params& p, const int8_t* in1, const int8_t* in2,
                               Rom<int32_t> table1, Rom<int32_t> table2, int8_t* out) {
  const int8_t* const end = in1 + p.count;
#if !MOTE_DSP_ASSEMBLY
  const bool whole = p.act_min == -128 && p.act_max == 127;
#endif
  while (in1 != end) {
    const int32_t sum = table1[(uint8_t)*in1++] + table2[(uint8_t)*in2++];
#if MOTE_DSP_ASSEMBLY
    const int32_t y = requantize_doubled(sum, p.out_multiplier, -p.out_shift, p.out_zero_point);
    *out++ = clamp_s8(y, p.act_min, p.act_max);
#else
    const int32_t y = requantize_short(0, sum, p.out_multiplier, -p.out_shift, p.out_zero_point);
    *out++ = whole ? clamp_short<true>(y, -128, 127) : clamp_short<false>(y, p.act_min, p.act_max);
#endif
  }
}

}  // namespace mote

#endif
