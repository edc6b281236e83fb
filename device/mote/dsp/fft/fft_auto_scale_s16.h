// fft_auto_scale_s16, the reference: shifts a frame up so that a fixed-point transform uses all bits.
#ifndef MOTE_DSP_FFT_FFT_AUTO_SCALE_S16_H
#define MOTE_DSP_FFT_FFT_AUTO_SCALE_S16_H

#include "mote/dsp/fft/fft.h"

namespace mote {

// The largest size of count elements, kept in 16 bits as TFLM keeps it: −32768 has no size there and stands for itself,
// until an element above it comes.
MOTE_KERNEL int16_t largest_size_s16(const int16_t* in, int32_t count) {
  int16_t largest = 0;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t x = in[i];
    if (x > largest) {
      largest = (int16_t)x;
    } else if (-x > largest) {
      largest = (int16_t)(uint16_t)-x;
    }
  }
  return largest;
}

// out[i] = in[i] · 2^bits, bits[0] = 15 less the bits that the largest size needs; 0 for silence, and for −32768.
// in, out [count] s16, bits s32.  out may lie over in or below it; bits apart from both.
MOTE_KERNEL void fft_auto_scale_s16(const FftAutoScaleS16Params& p, const int16_t* in, int16_t* out,
                                    int32_t* bits) {
  const int16_t largest = largest_size_s16(in, p.count);
  int32_t shift = 0;
  if (largest > 0) {
    while (((int32_t)largest << (shift + 1)) <= 32767) ++shift;
  }
  for (int32_t i = 0; i < p.count; ++i) out[i] = (int16_t)(uint16_t)((uint32_t)(int32_t)in[i] << shift);
  bits[0] = shift;
}

}  // namespace mote

#endif
