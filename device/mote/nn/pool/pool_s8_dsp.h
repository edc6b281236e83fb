// average_pool2d_s8_dsp and max_pool2d_s8_dsp: the same bytes as the references on cores with the DSP extension.  Four channels are
// one word: SXTAB16 adds two of them at a time to sums of 16 bits, SSUB8 and SEL take four maxima at once.
#ifndef MOTE_NN_POOL_POOL_S8_DSP_H
#define MOTE_NN_POOL_POOL_S8_DSP_H

#include "mote/base/fixed_dsp.h"
#include "mote/nn/pool/pool_integers.h"

namespace mote {

// Four neighbouring channels; the first one is the lowest byte.
MOTE_KERNEL uint32_t pool_word(const int8_t* x) {
  uint32_t word;
  memcpy(&word, x, 4);
  return word;
}

// Channels 0 and 2, 1 and 3 of a window's sum, 16 bits each: a window has at most 255 taps.
struct PoolSums {
  uint32_t even, odd;
  MOTE_KERNEL void begin() { even = odd = 0; }
  MOTE_KERNEL void add(uint32_t word) {
#if MOTE_DSP_ASSEMBLY
    __asm__("sxtab16 %0, %0, %1" : "+r"(even) : "r"(word));
    __asm__("sxtab16 %0, %0, %1, ror #8" : "+r"(odd) : "r"(word));
#else
    even = pair(even, (int8_t)word, (int8_t)(word >> 16));
    odd = pair(odd, (int8_t)(word >> 8), (int8_t)(word >> 24));
#endif
  }
  MOTE_KERNEL int32_t finish(int32_t channel, int32_t taps) const {
    const uint32_t sums = (channel & 1) != 0 ? odd : even;
    return PoolMean::finish((int16_t)(channel < 2 ? sums : sums >> 16), taps);
  }

 private:
  static MOTE_KERNEL uint32_t pair(uint32_t sums, int8_t low, int8_t high) {
    return ((sums + (uint32_t)low) & 0xffffu) | (((sums >> 16) + (uint32_t)high) << 16);
  }
};

// The largest of each of four channels.
struct PoolMaxima {
  uint32_t largest;
  MOTE_KERNEL void begin() { largest = 0x80808080u; }
  MOTE_KERNEL void add(uint32_t word) {
#if MOTE_DSP_ASSEMBLY
    uint32_t difference;  // SSUB8 sets a flag for each byte that is not less
    __asm__(
        "ssub8 %1, %0, %2\n\t"
        "sel %0, %0, %2"
        : "+r"(largest), "=&r"(difference)
        : "r"(word)
        : "cc");
#else
    uint32_t all = 0;
    for (int32_t shift = 0; shift < 32; shift += 8) {
      const int8_t a = (int8_t)(largest >> shift), b = (int8_t)(word >> shift);
      all |= (uint32_t)(uint8_t)(a >= b ? a : b) << shift;
    }
    largest = all;
#endif
  }
  MOTE_KERNEL int32_t finish(int32_t channel, int32_t) const { return (int8_t)(largest >> (8 * channel)); }
};

// What is left over when channels are no multiple of four, at most three.
template <class Fold>
MOTE_KERNEL int32_t pool_one(const int8_t* in, int32_t channels, int32_t row, const PoolWindow& window) {
  int32_t folded = Fold::kFirst;
  for (int32_t y = window.y0; y < window.y1; ++y) {
    for (int32_t x = window.x0; x < window.x1; ++x) {
      const int32_t value = in[y * row + x * channels];
      Fold::add(folded, value);
    }
  }
  return folded;
}

template <class Four, class One>
MOTE_KERNEL void pool_s8_dsp(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  const int32_t row = p.in_w * p.channels;
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_h * row) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        const int32_t wide = window.x1 - window.x0, taps = (window.y1 - window.y0) * wide;
        int32_t c = 0;
        for (; c + 4 <= p.channels; c += 4) {
          Four four;
          four.begin();
          for (int32_t iy = window.y0; iy < window.y1; ++iy) {
            const int8_t* at = in + iy * row + window.x0 * p.channels + c;
            for (int32_t i = 0; i < wide; ++i, at += p.channels) four.add(pool_word(at));
          }
          out[0] = clamp_s8(four.finish(0, taps), p.act_min, p.act_max);
          out[1] = clamp_s8(four.finish(1, taps), p.act_min, p.act_max);
          out[2] = clamp_s8(four.finish(2, taps), p.act_min, p.act_max);
          out[3] = clamp_s8(four.finish(3, taps), p.act_min, p.act_max);
          out += 4;
        }
        for (; c < p.channels; ++c) {
          const int32_t folded = pool_one<One>(in + c, p.channels, row, window);
          *out++ = (int8_t)clamp(One::finish(folded, taps), p.act_min, p.act_max);
        }
      }
    }
  }
}

// Contracts: average_pool2d_s8.h, max_pool2d_s8.h.  A window has at most 255 taps.
MOTE_KERNEL void average_pool2d_s8_dsp(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  pool_s8_dsp<PoolSums, PoolMean>(p, in, out);
}
MOTE_KERNEL void max_pool2d_s8_dsp(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  pool_s8_dsp<PoolMaxima, PoolLargest<-128> >(p, in, out);
}

}  // namespace mote

#endif
