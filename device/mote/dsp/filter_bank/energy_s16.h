// energy_s16, the reference: the squared size of each number of a spectrum.
#ifndef MOTE_DSP_FILTER_BANK_ENERGY_S16_H
#define MOTE_DSP_FILTER_BANK_ENERGY_S16_H

#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// out[i] = re² + im² for begin <= i < end, else 0.  At most 2^31.
// in [count] pairs (re, im) s16, out [count] u32: in and out may overlap exactly, or out lie below in.
MOTE_KERNEL void energy_s16(const EnergyS16Params& p, const int16_t* in, uint32_t* out) {
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t re = in[2 * i], im = in[2 * i + 1];
    const uint32_t energy = (uint32_t)(re * re) + (uint32_t)(im * im);
    out[i] = i >= p.begin && i < p.end ? energy : 0;
  }
}

}  // namespace mote

#endif
