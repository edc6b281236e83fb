// average_pool2d_s8_mve and max_pool2d_s8_mve: the same bytes as the references on cores with MVE.  Lanes are channels: eight sums
// of 16 bits, sixteen maxima; a row of a window is one loop of three and four instructions a tap.
#ifndef MOTE_NN_POOL_POOL_S8_MVE_H
#define MOTE_NN_POOL_POOL_S8_MVE_H

#include "mote/base/fixed.h"
#include "mote/nn/mve.h"
#include "mote/nn/pool/pool_integers.h"

namespace mote {

// sums[c] += Σ x[i·step + c] for i < count and c < channels ≤ 8.  count ≥ 1.
MOTE_KERNEL void mve_add_taps(int16_t* sums, const int8_t* x, int32_t step, int32_t count, int32_t channels) {
#if MOTE_MVE_ASSEMBLY
  __asm__ volatile(
      "vctp.16 %[channels]\n"
      "vldrh.16 q0, [%[sums]]\n"
      "dls lr, %[count]\n"
      "1:\n"
      "vpst\n"
      "vldrbt.s16 q1, [%[x]]\n"
      "add %[x], %[x], %[step]\n"
      "vadd.i16 q0, q0, q1\n"
      "le lr, 1b\n"
      "vstrh.16 q0, [%[sums]]\n"
      : [x] "+&l"(x)
      : [sums] "r"(sums), [step] "r"(step), [count] "r"(count), [channels] "r"(channels)
      : "lr", "q0", "q1", "memory");
#else
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t c = 0; c < channels; ++c) sums[c] = (int16_t)(sums[c] + x[i * step + c]);
  }
#endif
}

// largest[c] = max(largest[c], x[i·step + c]) for i < count and c < channels ≤ 16.  count ≥ 1.
MOTE_KERNEL void mve_max_taps(int8_t* largest, const int8_t* x, int32_t step, int32_t count,
                              int32_t channels) {
#if MOTE_MVE_ASSEMBLY
  __asm__ volatile(
      "vctp.8 %[channels]\n"
      "vpst\n"
      "vldrbt.8 q0, [%[largest]]\n"
      "dls lr, %[count]\n"
      "1:\n"
      "vpst\n"
      "vldrbt.8 q1, [%[x]]\n"
      "add %[x], %[x], %[step]\n"
      "vmax.s8 q0, q0, q1\n"
      "le lr, 1b\n"
      "vpst\n"
      "vstrbt.8 q0, [%[largest]]\n"
      : [x] "+&r"(x)
      : [largest] "r"(largest), [step] "r"(step), [count] "r"(count), [channels] "r"(channels)
      : "lr", "q0", "q1", "memory");
#else
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t c = 0; c < channels; ++c) {
      if (x[i * step + c] > largest[c]) largest[c] = x[i * step + c];
    }
  }
#endif
}

// in, out and ranges as average_pool2d_s8; a window has at most 255 taps, so that a sum fits 16 bits.
MOTE_KERNEL void average_pool2d_s8_mve(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        const int32_t rows = window.y1 - window.y0, columns = window.x1 - window.x0, taps = rows * columns;
        const bool whole = columns == p.in_w;  // rows follow each other: one run
        const int8_t* first = in + ((n * p.in_h + window.y0) * p.in_w + window.x0) * p.channels;
        for (int32_t c = 0; c < p.channels; c += 8) {
          const int32_t lanes = p.channels - c < 8 ? p.channels - c : 8;
          int16_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
          if (whole) {
            mve_add_taps(sums, first + c, p.channels, taps, lanes);
          } else {
            for (int32_t r = 0; r < rows; ++r)
              mve_add_taps(sums, first + r * p.in_w * p.channels + c, p.channels, columns, lanes);
          }
          for (int32_t k = 0; k < lanes; ++k)
            *out++ = (int8_t)clamp(PoolMean::finish(sums[k], taps), p.act_min, p.act_max);
        }
      }
    }
  }
}

// in, out and ranges as max_pool2d_s8.
MOTE_KERNEL void max_pool2d_s8_mve(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      for (int32_t x = 0; x < p.out_w; ++x) {
        const PoolWindow window = pool_window(p, y, x);
        const int8_t* first = in + ((n * p.in_h + window.y0) * p.in_w + window.x0) * p.channels;
        for (int32_t c = 0; c < p.channels; c += 16) {
          const int32_t lanes = p.channels - c < 16 ? p.channels - c : 16;
          int8_t largest[16];
          mve_fill(largest, p.act_min, 16);
          for (int32_t r = 0; r < window.y1 - window.y0; ++r) {
            mve_max_taps(largest, first + r * p.in_w * p.channels + c, p.channels, window.x1 - window.x0,
                         lanes);
          }
          if (p.act_max == 127) {
            mve_copy(out, largest, lanes);
          } else {
            for (int32_t k = 0; k < lanes; ++k)
              out[k] = largest[k] > p.act_max ? (int8_t)p.act_max : largest[k];
          }
          out += lanes;
        }
      }
    }
  }
}

}  // namespace mote

#endif
