// spectral_subtraction_u32, the reference: what rises above the slowly followed noise of each channel.
#ifndef MOTE_DSP_FILTER_BANK_SPECTRAL_SUBTRACTION_U32_H
#define MOTE_DSP_FILTER_BANK_SPECTRAL_SUBTRACTION_U32_H

#include "mote/dsp/filter_bank/filter_bank.h"

namespace mote {

// signal = in · 2^smoothing_bits;   estimate ← (smoothing·signal + one_minus·estimate) / 2^bits
// out = max( (signal − min(estimate, signal)) / 2^smoothing_bits, in · min_signal_remaining / 2^bits )
// in, out, noise, estimate [channels] u32; estimate is kept between calls, noise is a copy of it.
// out may lie over in or below it; noise and estimate apart from all.
MOTE_KERNEL void spectral_subtraction_u32(const SpectralSubtractionU32Params& p, const uint32_t* in,
                                          uint32_t* estimate, uint32_t* out, uint32_t* noise) {
  for (int32_t c = 0; c < p.channels; ++c) {
    const uint32_t energy = in[c];
    const uint32_t smoothing = (c & 1) == 0 ? p.even_smoothing : p.odd_smoothing;
    const uint32_t one_minus = (c & 1) == 0 ? p.even_one_minus : p.odd_one_minus;
    const uint32_t signal = energy << p.smoothing_bits;
    const uint32_t followed =
        (uint32_t)(((uint64_t)signal * smoothing + (uint64_t)estimate[c] * one_minus) >> p.bits);
    const uint32_t subtracted = followed > signal ? signal : followed;
    estimate[c] = p.clamping != 0 ? subtracted : followed;
    noise[c] = estimate[c];
    const uint32_t least = (uint32_t)(((uint64_t)energy * p.min_signal_remaining) >> p.bits);
    const uint32_t rest = (signal - subtracted) >> p.smoothing_bits;
    out[c] = rest > least ? rest : least;
  }
}

}  // namespace mote

#endif
