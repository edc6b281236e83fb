// pcan_u32, the reference: per-channel amplitude normalisation (Wang et al. 2017), an automatic gain by the noise.
#ifndef MOTE_DSP_FILTER_BANK_PCAN_U32_H
#define MOTE_DSP_FILTER_BANK_PCAN_U32_H

#include "mote/base/rom.h"
#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// A function of x that varies over many octaves, by table: entries 0 … 2 are its values there; above, each octave of x has
// a parabola of three coefficients, from 4·bits − 6 on.  125 entries reach 2^32.
MOTE_KERNEL int16_t wide_function(uint32_t x, Rom<int16_t> table) {
  if (x <= 2) return table[(int32_t)x];
  const int32_t bits = bits_of_u32(x);
  const int32_t at = 4 * bits - 6;
  const int32_t fraction = (int32_t)((bits < 11 ? x << (11 - bits) : x >> (bits - 11)) & 0x3ff);
  const uint32_t curve = (uint32_t)(((int32_t)table[at + 2] * fraction) >> 5);
  const uint32_t slope = curve + ((uint32_t)(int32_t)table[at + 1] << 5);
  const int32_t rise = (int32_t)(slope * (uint32_t)fraction + ((uint32_t)1 << 14)) >> 15;
  return (int16_t)(uint16_t)((uint32_t)rise + (uint32_t)(int32_t)table[at]);
}

// x²/4 below 2, x − 1 from 2 on.  x has 12 fraction bits, the result 6.
MOTE_KERNEL uint32_t pcan_shrink(uint32_t x) {
  return x < ((uint32_t)2 << 12) ? (x * x) >> 20 : (x >> 6) - 64;
}

// out[c] = shrink( in[c] · gain(noise[c]) / 2^snr_shift )
// in, noise, out [channels] u32, gain [125] s16.  out may lie over in or below it.
MOTE_KERNEL void pcan_u32(const PcanU32Params& p, const uint32_t* in, const uint32_t* noise,
                          Rom<int16_t> gain, uint32_t* out) {
  for (int32_t c = 0; c < p.channels; ++c) {
    const uint32_t factor = (uint32_t)(int32_t)wide_function(noise[c], gain);
    out[c] = pcan_shrink((uint32_t)(((uint64_t)in[c] * factor) >> p.snr_shift));
  }
}

}  // namespace mote

#endif
