// irfft_s16, irfft_s32, irfft_f32, the references: the way back of rfft.h.
#ifndef MOTE_DSP_FFT_IRFFT_H
#define MOTE_DSP_FFT_IRFFT_H

#include "mote/dsp/fft/fft_stages.h"

namespace mote {

// n = fft_length / 2.
// in [frames, n + 1] pairs (re, im);  out [frames, fft_length].  in and out may not overlap.
// order, radices as in rfft.h;  twiddles and halves are the conjugates of those there.
template <class N>
MOTE_KERNEL void irfft(const IrfftParams& p, const typename N::T* in, Rom<int16_t> order, Rom<int8_t> radices,
                       Rom<typename N::T> twiddles, Rom<typename N::T> halves, typename N::T* out) {
  typedef Fft<N> F;
  typedef typename F::Complex Complex;
  const int32_t n = p.fft_length / 2;
  for (int32_t frame = 0; frame < p.frames; ++frame, in += 2 * (n + 1), out += 2 * n) {
    const Complex first = Complex{N::add(in[0], in[2 * n]), N::subtract(in[0], in[2 * n])};
    F::store(out, order[0], F::divide(first, 2));
    for (int32_t k = 1; k <= n / 2; ++k) {
      const Complex a = F::divide(F::load(in, k), 2);
      const Complex b = F::divide(F::conjugate(F::load(in, n - k)), 2);
      const Complex even = F::add(a, b);
      const Complex odd = F::multiply(F::subtract(a, b), F::twiddle(halves, k - 1));
      F::store(out, order[k], F::add(even, odd));
      F::store(out, order[n - k],
               F::conjugate(F::subtract(even, odd)));  // of both the one that counts at k = n / 2
    }
    F::transform(out, n, radices, p.stages, twiddles, true);
    for (int32_t i = 0; i < 2 * n; ++i) out[i] = N::finish_inverse(out[i], p.fft_length);
  }
}

MOTE_KERNEL void irfft_s16(const IrfftParams& p, const int16_t* in, Rom<int16_t> order, Rom<int8_t> radices,
                           Rom<int16_t> twiddles, Rom<int16_t> halves, int16_t* out) {
  irfft<FftS16>(p, in, order, radices, twiddles, halves, out);
}
MOTE_KERNEL void irfft_s32(const IrfftParams& p, const int32_t* in, Rom<int16_t> order, Rom<int8_t> radices,
                           Rom<int32_t> twiddles, Rom<int32_t> halves, int32_t* out) {
  irfft<FftS32>(p, in, order, radices, twiddles, halves, out);
}
MOTE_KERNEL void irfft_f32(const IrfftParams& p, const float* in, Rom<int16_t> order, Rom<int8_t> radices,
                           Rom<float> twiddles, Rom<float> halves, float* out) {
  irfft<FftF32>(p, in, order, radices, twiddles, halves, out);
}

}  // namespace mote

#endif
