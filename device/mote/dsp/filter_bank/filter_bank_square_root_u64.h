// filter_bank_square_root_u64, the reference: from energies to amplitudes.
#ifndef MOTE_DSP_FILTER_BANK_FILTER_BANK_SQUARE_ROOT_U64_H
#define MOTE_DSP_FILTER_BANK_FILTER_BANK_SQUARE_ROOT_U64_H

#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// √x to the nearest, digit by digit; `most` instead of the number above it.
template <class T>
MOTE_KERNEL T rounded_square_root(T x, T most, T highest_power_of_four) {
  T root = 0;
  for (T bit = highest_power_of_four; bit != 0; bit >>= 2) {
    const T trial = root + bit;
    root >>= 1;
    if (x < trial) continue;
    x -= trial;
    root += bit;
  }
  return x > root && root != most ? root + 1 : root;  // x is now the rest
}

// As TFLM: below 2^32 the root is rounded in 16 bits, so the numbers next to 2^32 give 65535 and not 65536.
MOTE_KERNEL uint32_t rounded_square_root_u64(uint64_t x) {
  if ((x >> 32) == 0) return rounded_square_root<uint32_t>((uint32_t)x, 0xffffu, (uint32_t)1 << 30);
  return (uint32_t)rounded_square_root<uint64_t>(x, 0xffffffffu, (uint64_t)1 << 62);
}

// out[c] = √in[c] >> bits[0];  of bits the lowest five count.
// in [channels] u64, bits s32, out [channels] u32.  out may lie over in or below it.
MOTE_KERNEL void filter_bank_square_root_u64(const FilterBankSquareRootU64Params& p, const uint64_t* in,
                                             const int32_t* bits, uint32_t* out) {
  const int32_t shift = bits[0] & 31;
  for (int32_t c = 0; c < p.channels; ++c) out[c] = rounded_square_root_u64(in[c]) >> shift;
}

}  // namespace mote

#endif
