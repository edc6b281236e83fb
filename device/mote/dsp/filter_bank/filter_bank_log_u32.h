// filter_bank_log_u32, the reference: natural logarithms in integer arithmetic.
#ifndef MOTE_DSP_FILTER_BANK_FILTER_BANK_LOG_U32_H
#define MOTE_DSP_FILTER_BANK_FILTER_BANK_LOG_U32_H

#include "mote/base/rom.h"
#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// log2 x with 16 fraction bits, x >= 1.  table[i] = log2(1 + i/128) - i/128 in units of 2^-16, i = 0 ... 128.
// `between` is a 128th of what a straight line between two entries would add: TFLM's arithmetic, followed to the bit.
MOTE_KERNEL uint32_t log2_q16(uint32_t x, Rom<int16_t> table) {
  const int32_t exponent = bits_of_u32(x) - 1;
  const uint32_t above = x - ((uint32_t)1 << exponent);
  const int32_t fraction = (int32_t)(exponent < 16 ? above << (16 - exponent) : above >> (exponent - 16));
  const int32_t segment = fraction >> 9;
  const int32_t from = table[segment], to = table[segment + 1];
  const int32_t between = ((to - from) * (fraction - (segment << 9))) >> 16;
  return ((uint32_t)exponent << 16) + (uint32_t)(fraction + from + between);
}

// out[c] = min( out_scale · ln(in[c] · 2^correction_bits) / 2^16, 32767 ), rounded; 0 where the logarithm is of 0 or 1.
// in [channels] u32, table [129] s16, out [channels] s16.  out may lie over in or below it.
MOTE_KERNEL void filter_bank_log_u32(const FilterBankLogU32Params& p, const uint32_t* in, Rom<int16_t> table,
                                     int16_t* out) {
  const uint32_t ln2_q16 = 45426;
  const uint32_t half = 32768;
  for (int32_t c = 0; c < p.channels; ++c) {
    const uint32_t x = in[c] << p.correction_bits;
    uint32_t result = 0;
    if (x > 1) {
      const uint32_t ln = (uint32_t)(((uint64_t)ln2_q16 * log2_q16(x, table) + half) >> 16);
      result = (p.out_scale * ln + half) >> 16;
    }
    out[c] = (int16_t)(result < 32767 ? result : 32767);
  }
}

}  // namespace mote

#endif
