// rfft_s16, rfft_s32, rfft_f32, the references: a real frame as the complex frame of half its length, transformed, then
// separated into the spectra of its even and odd samples and joined.
#ifndef MOTE_DSP_FFT_RFFT_H
#define MOTE_DSP_FFT_RFFT_H

#include "mote/dsp/fft/fft_stages.h"

namespace mote {

// n = fft_length / 2.
// in [frames, in_length];  out [frames, n + 1] pairs (re, im).  in and out may not overlap.
// order [n]: where pair i of the input begins;  radices [stages], their product is n;
// twiddles [n] pairs e^(−2πi·k/n);  halves [n / 2] pairs e^(−πi·((k + 1)/n + 1/2)).
template <class N>
MOTE_KERNEL void rfft(const RfftParams& p, const typename N::T* in, Rom<int16_t> order, Rom<int8_t> radices,
                      Rom<typename N::T> twiddles, Rom<typename N::T> halves, typename N::T* out) {
  typedef typename N::T T;
  typedef Fft<N> F;
  typedef typename F::Complex Complex;
  const int32_t n = p.fft_length / 2;
  for (int32_t frame = 0; frame < p.frames; ++frame, in += p.in_length, out += 2 * (n + 1)) {
    for (int32_t i = 0; i < n; ++i) {
      const T even = 2 * i < p.in_length ? in[2 * i] : T();
      const T odd = 2 * i + 1 < p.in_length ? in[2 * i + 1] : T();
      F::store(out, order[i], Complex{even, odd});
    }
    F::transform(out, n, radices, p.stages, twiddles, false);

    const Complex first = F::divide(F::load(out, 0), 2);
    F::store(out, 0, Complex{N::finish(N::add(first.re, first.im)), T()});
    F::store(out, n, Complex{N::finish(N::subtract(first.re, first.im)), T()});
    for (int32_t k = 1; k <= n / 2; ++k) {
      const Complex a = F::divide(F::load(out, k), 2);
      const Complex b = F::divide(F::conjugate(F::load(out, n - k)), 2);
      const Complex even = F::add(a, b);
      const Complex odd = F::multiply(F::subtract(a, b), F::twiddle(halves, k - 1));
      F::store(out, k,
               Complex{N::finish(N::half_sum(even.re, odd.re)), N::finish(N::half_sum(even.im, odd.im))});
      F::store(out, n - k,
               Complex{N::finish(N::half_difference(even.re, odd.re)),
                       N::finish(N::half_difference(odd.im, even.im))});
    }
  }
}

MOTE_KERNEL void rfft_s16(const RfftParams& p, const int16_t* in, Rom<int16_t> order, Rom<int8_t> radices,
                          Rom<int16_t> twiddles, Rom<int16_t> halves, int16_t* out) {
  rfft<FftS16>(p, in, order, radices, twiddles, halves, out);
}
MOTE_KERNEL void rfft_s32(const RfftParams& p, const int32_t* in, Rom<int16_t> order, Rom<int8_t> radices,
                          Rom<int32_t> twiddles, Rom<int32_t> halves, int32_t* out) {
  rfft<FftS32>(p, in, order, radices, twiddles, halves, out);
}
MOTE_KERNEL void rfft_f32(const RfftParams& p, const float* in, Rom<int16_t> order, Rom<int8_t> radices,
                          Rom<float> twiddles, Rom<float> halves, float* out) {
  rfft<FftF32>(p, in, order, radices, twiddles, halves, out);
}

}  // namespace mote

#endif
