// filter_bank_u32, the reference: energies of overlapping triangular channels.
#ifndef MOTE_DSP_FILTER_BANK_FILTER_BANK_U32_H
#define MOTE_DSP_FILTER_BANK_FILTER_BANK_U32_H

#include "mote/base/rom.h"
#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// Each energy counts with its weight in one channel and with its unweight in the next one.  Of the channels + 1 slopes,
// slope c takes widths[c] energies from starts[c] on, with (un)weights from weight_starts[c] on:
//   out[c] = Σ unweights·in over slope c  +  Σ weights·in over slope c + 1
// in [·] u32;  weights, unweights [·] s16;  starts, weight_starts, widths [channels + 1] s16;  out [channels] u64.
// in and out may not overlap.
MOTE_KERNEL void filter_bank_u32(const FilterBankU32Params& p, const uint32_t* in, Rom<int16_t> weights,
                                 Rom<int16_t> unweights, Rom<int16_t> starts, Rom<int16_t> weight_starts,
                                 Rom<int16_t> widths, uint64_t* out) {
  uint64_t falling = 0;  // what the previous slope gave to this channel
  for (int32_t c = 0; c <= p.channels; ++c) {
    const int32_t start = starts[c], weight_start = weight_starts[c], width = widths[c];
    uint64_t rising = falling;
    falling = 0;
    for (int32_t j = 0; j < width; ++j) {
      const uint64_t energy = in[start + j];
      rising += (uint64_t)(int64_t)weights[weight_start + j] * energy;
      falling += (uint64_t)(int64_t)unweights[weight_start + j] * energy;
    }
    if (c > 0) out[c - 1] = rising;
  }
}

}  // namespace mote

#endif
