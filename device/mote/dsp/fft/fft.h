// Fourier transforms of real signals: contract and parameters of rfft_*, irfft_* and fft_auto_scale_s16.
//
//   out[k] = Σ_t in[t] · e^(−2πi·k·t / fft_length),  k = 0 … fft_length / 2,   as pairs (real, imaginary)
//
// fft_length is even and half of it a product of 2, 3 and 5.  The fixed-point transforms scale by 1 / fft_length on the way
// (each stage divides by its radix); the float ones do not, and irfft_f32 divides by fft_length at the end.
#ifndef MOTE_DSP_FFT_FFT_H
#define MOTE_DSP_FFT_FFT_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_RFFT_FIELDS(FIELD)                                                    \
  FIELD(int32_t, frames)                                                           \
  FIELD(int32_t, in_length)  /* samples of a frame, at most fft_length: then 0s */ \
  FIELD(int32_t, fft_length) /* 4 ... 65536 */                                     \
  FIELD(int32_t, stages)     /* radices */

#define MOTE_IRFFT_FIELDS(FIELD) \
  FIELD(int32_t, frames)         \
  FIELD(int32_t, fft_length)     \
  FIELD(int32_t, stages)

#define MOTE_FFT_AUTO_SCALE_S16_FIELDS(FIELD) FIELD(int32_t, count)

namespace mote {
MOTE_PARAMS(RfftParams, MOTE_RFFT_FIELDS)
MOTE_PARAMS(IrfftParams, MOTE_IRFFT_FIELDS)
MOTE_PARAMS(FftAutoScaleS16Params, MOTE_FFT_AUTO_SCALE_S16_FIELDS)
}  // namespace mote

#endif
