// What average_pool2d_s8/_s16 and max_pool2d_s8/_s16 share: the walk over windows, and what is made of a window's elements.
#ifndef MOTE_NN_POOL_POOL_INTEGERS_H
#define MOTE_NN_POOL_POOL_INTEGERS_H

#include "mote/base/fixed.h"
#include "mote/nn/pool/pool.h"

namespace mote {

// The integer pools: every element of every window is folded, then `finish` makes the output of it, before the clamp.
template <class Fold, class Params, class T>
MOTE_KERNEL void pool_integers(const Params& p, const T* in, T* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        for (int32_t c = 0; c < p.channels; ++c) {
          int32_t folded = Fold::kFirst;
          for (int32_t iy = window.y0; iy < window.y1; ++iy) {
            for (int32_t ix = window.x0; ix < window.x1; ++ix) {
              const int32_t value = in[((n * p.in_h + iy) * p.in_w + ix) * p.channels + c];
              Fold::add(folded, value);
            }
          }
          const int32_t taps = (window.y1 - window.y0) * (window.x1 - window.x0);
          out[((n * p.out_h + y) * p.out_w + x) * p.channels + c] =
              (T)clamp(Fold::finish(folded, taps), p.act_min, p.act_max);
        }
      }
    }
  }
}

// The mean, rounded half away from zero.
struct PoolMean {
  enum { kFirst = 0 };
  static MOTE_KERNEL void add(int32_t& sum, int32_t value) { sum += value; }
  static MOTE_KERNEL int32_t finish(int32_t sum, int32_t taps) {
    return (sum > 0 ? sum + taps / 2 : sum - taps / 2) / taps;
  }
};

// The largest, of elements not below `lowest`.
template <int32_t lowest>
struct PoolLargest {
  enum { kFirst = lowest };
  static MOTE_KERNEL void add(int32_t& largest, int32_t value) {
    if (value > largest) largest = value;
  }
  static MOTE_KERNEL int32_t finish(int32_t largest, int32_t) { return largest; }
};

}  // namespace mote

#endif
