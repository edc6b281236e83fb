// The complex transform inside rfft_* and irfft_*: mixed radix 2, 3, 4, 5, decimation in time, in place.
// In fixed point every rounding is that of kissfft (FIXED_POINT 16 and 32), which TFLM's signal library uses.
#ifndef MOTE_DSP_FFT_FFT_STAGES_H
#define MOTE_DSP_FFT_FFT_STAGES_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/rom.h"
#include "mote/dsp/fft/fft.h"

namespace mote {

template <class T>
struct FftComplex {
  T re, im;
};

// Fixed point: T holds fractions of 2^bits, T's largest number stands for 1; sums wrap.
// A product of two T fits Wide; a sum of two products may wrap in it when all four factors are T's smallest number.
template <class T_, class Wide, class UnsignedWide, int32_t bits>
struct FftFixed {
  typedef T_ T;
  typedef UnsignedWide Product;

  static Product product(T a, T b) { return (Product)((Wide)a * b); }
  static T rounded(Product x) { return (T)((Wide)(x + ((Product)1 << (bits - 1))) >> bits); }
  static T add(T a, T b) { return (T)((uint32_t)a + (uint32_t)b); }
  static T subtract(T a, T b) { return (T)((uint32_t)a - (uint32_t)b); }
  static T half(T x) { return (T)(x >> 1); }
  static T half_sum(T a, T b) { return (T)((int32_t)((uint32_t)a + (uint32_t)b) >> 1); }
  static T half_difference(T a, T b) { return (T)((int32_t)((uint32_t)a - (uint32_t)b) >> 1); }
  // x / n, by the reciprocal in fixed point.
  static T divide(T x, int32_t n) {
    const Wide one = (Wide)(((Product)1 << bits) - 1);
    return rounded((Product)((Wide)x * (Wide)((int32_t)one / n)));
  }
  static T finish(T x) { return x; }
  static T finish_inverse(T x, int32_t) { return x; }
};
typedef FftFixed<int16_t, int32_t, uint32_t, 15> FftS16;
typedef FftFixed<int32_t, int64_t, uint64_t, 31> FftS32;

struct FftF32 {
  typedef float T;
  typedef float Product;

  static float product(float a, float b) { return a * b; }
  static float rounded(float x) { return x; }
  static float add(float a, float b) { return a + b; }
  static float subtract(float a, float b) { return a - b; }
  static float half(float x) { return x * 0.5f; }
  static float half_sum(float a, float b) { return (a + b) * 0.5f; }
  static float half_difference(float a, float b) { return (a - b) * 0.5f; }
  static float divide(float x, int32_t) { return x; }
  static float finish(float x) { return canonical(x); }
  static float finish_inverse(float x, int32_t fft_length) { return canonical(x / (float)fft_length); }
};

template <class N>
struct Fft {
  typedef typename N::T T;
  typedef FftComplex<T> Complex;

  // data as pairs (re, im); n pairs.  In `data` they lie in the order of `order` before the first stage.
  static Complex load(const T* data, int32_t i) { return Complex{data[2 * i], data[2 * i + 1]}; }
  static void store(T* data, int32_t i, const Complex& x) {
    data[2 * i] = x.re;
    data[2 * i + 1] = x.im;
  }
  static Complex twiddle(Rom<T> table, int32_t i) { return Complex{table[2 * i], table[2 * i + 1]}; }

  static Complex add(const Complex& a, const Complex& b) {
    return Complex{N::add(a.re, b.re), N::add(a.im, b.im)};
  }
  static Complex subtract(const Complex& a, const Complex& b) {
    return Complex{N::subtract(a.re, b.re), N::subtract(a.im, b.im)};
  }
  static Complex conjugate(const Complex& a) { return Complex{a.re, N::subtract(0, a.im)}; }
  static Complex divide(const Complex& a, int32_t n) {
    return Complex{N::divide(a.re, n), N::divide(a.im, n)};
  }
  static Complex multiply(const Complex& a, const Complex& b) {
    return Complex{N::rounded(N::product(a.re, b.re) - N::product(a.im, b.im)),
                   N::rounded(N::product(a.re, b.im) + N::product(a.im, b.re))};
  }
  static T times(T a, T b) { return N::rounded(N::product(a, b)); }

  // a + i·b and a − i·b
  static Complex add_turned(const Complex& a, const Complex& b) {
    return Complex{N::subtract(a.re, b.im), N::add(a.im, b.re)};
  }
  static Complex subtract_turned(const Complex& a, const Complex& b) {
    return Complex{N::add(a.re, b.im), N::subtract(a.im, b.re)};
  }

  // A butterfly joins p values that lie m pairs apart; w(j) is the j-th power of its twiddle.
  struct Butterfly {
    T* data;  // the first value
    int32_t m;
    Rom<T> twiddles;
    int32_t step;  // of w(1) in the table
    int32_t turn;  // of e^(2πi/p) in the table
    bool inverse;

    Complex value(int32_t j, int32_t p) const { return divide(load(data, j * m), p); }
    Complex turned(int32_t j, int32_t p) const { return multiply(value(j, p), twiddle(twiddles, j * step)); }
    void put(int32_t j, const Complex& x) const { store(data, j * m, x); }

    void radix2() const {
      const Complex a = value(0, 2), b = turned(1, 2);
      put(1, subtract(a, b));
      put(0, add(a, b));
    }

    void radix3() const {
      const Complex x = value(0, 3), a = turned(1, 3), b = turned(2, 3);
      const T sine = twiddle(twiddles, turn).im;
      const Complex sum = add(a, b), difference = subtract(a, b);
      const Complex middle = Complex{N::subtract(x.re, N::half(sum.re)), N::subtract(x.im, N::half(sum.im))};
      const Complex aside = Complex{times(difference.re, sine), times(difference.im, sine)};
      put(0, add(x, sum));
      put(1, add_turned(middle, aside));
      put(2, subtract_turned(middle, aside));
    }

    void radix4() const {
      const Complex x = value(0, 4), a = turned(1, 4), b = turned(2, 4), c = turned(3, 4);
      const Complex even = add(x, b), odd = subtract(x, b);
      const Complex sum = add(a, c), difference = subtract(a, c);
      put(0, add(even, sum));
      put(2, subtract(even, sum));
      put(inverse ? 1 : 3, add_turned(odd, difference));
      put(inverse ? 3 : 1, subtract_turned(odd, difference));
    }

    void radix5() const {
      const Complex x = value(0, 5), a = turned(1, 5), b = turned(2, 5), c = turned(3, 5), d = turned(4, 5);
      const Complex w1 = twiddle(twiddles, turn), w2 = twiddle(twiddles, 2 * turn);
      const Complex outer = add(a, d), outer_difference = subtract(a, d);
      const Complex inner = add(b, c), inner_difference = subtract(b, c);
      put(0, Complex{N::add(x.re, N::add(outer.re, inner.re)), N::add(x.im, N::add(outer.im, inner.im))});

      const Complex near = sum_of_cosines(x, outer, w1.re, inner, w2.re);
      const Complex near_aside = Complex{
          N::add(times(outer_difference.im, w1.im), times(inner_difference.im, w2.im)),
          N::subtract(N::subtract(0, times(outer_difference.re, w1.im)), times(inner_difference.re, w2.im))};
      put(1, subtract(near, near_aside));
      put(4, add(near, near_aside));

      const Complex far = sum_of_cosines(x, outer, w2.re, inner, w1.re);
      const Complex far_aside =
          Complex{N::subtract(times(inner_difference.im, w1.im), times(outer_difference.im, w2.im)),
                  N::subtract(times(outer_difference.re, w2.im), times(inner_difference.re, w1.im))};
      put(2, add(far, far_aside));
      put(3, subtract(far, far_aside));
    }

    static Complex sum_of_cosines(const Complex& x, const Complex& a, T cosine_a, const Complex& b,
                                  T cosine_b) {
      return Complex{N::add(N::add(x.re, times(a.re, cosine_a)), times(b.re, cosine_b)),
                     N::add(N::add(x.im, times(a.im, cosine_a)), times(b.im, cosine_b))};
    }
  };

  // All stages over n pairs, the last radix first: m grows from 1 to n.
  static void transform(T* data, int32_t n, Rom<int8_t> radices, int32_t stages, Rom<T> twiddles,
                        bool inverse) {
    int32_t m = 1;
    for (int32_t stage = stages - 1; stage >= 0; --stage) {
      const int32_t p = radices[stage];
      const int32_t blocks = n / (m * p);
      for (int32_t block = 0; block < blocks; ++block) {
        for (int32_t k = 0; k < m; ++k) {
          const Butterfly b = {data + 2 * (block * p * m + k), m, twiddles, blocks * k, blocks * m, inverse};
          if (p == 2) b.radix2();
          if (p == 3) b.radix3();
          if (p == 4) b.radix4();
          if (p == 5) b.radix5();
        }
      }
      m *= p;
    }
  }
};

}  // namespace mote

#endif
