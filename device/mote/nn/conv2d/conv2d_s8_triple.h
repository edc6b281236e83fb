// conv2d_s8_triple: the same bytes as conv2d_s8, three pixels at a time in two words (nn/triple/triple.h).  For cores without
// SIMD instructions: Cortex-M0, M3, RV32IMC.
//
// The windows of three pixels are packed into scratch, then all output channels are computed from there, so that a pixel is
// packed once.  Taps outside the image are fed as the input's zero point, which the host has folded into the bias.
//
// Instructions a MAC, under QEMU 7.2, arm-none-eabi-gcc 12 -O2; those of conv2d_s8_direct in brackets:
//                                    Cortex-M3      Cortex-M0      RV32IMC
//   1×1, 64 → 64 channels, 25×5      1.46 (3.42)    3.12 (7.47)    2.58 (4.59)
//   1×1, 8 → 16 channels, 48×48      3.79 (8.08)    9.18 (19.22)   6.65
//   3×3, 64 → 64 channels, 8×8       1.30 (2.61)    2.55 (5.67)
//   10×4, 1 → 64 channels, stride 2  1.94 (5.10)    4.02 (10.80)   3.18 (5.21)
// of which M3 1.125 and M0 2.21 are the inner loop.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_TRIPLE_H
#define MOTE_NN_CONV2D_CONV2D_S8_TRIPLE_H

#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/triple/triple.h"

#define MOTE_CONV2D_S8_TRIPLE_FIELDS(FIELD)                    \
  MOTE_CONV2D_S8_FIELDS(FIELD)                                 \
  FIELD(int32_t, taps)     /* of a segment; a multiple of 4 */ \
  FIELD(int32_t, segments) /* taps · segments ≥ kernel_h · kernel_w · in_c */

namespace mote {

MOTE_PARAMS(Conv2dS8TripleParams, MOTE_CONV2D_S8_TRIPLE_FIELDS)

// A pixel's window and where its output goes.
struct TriplePixel {
  const int8_t* image;
  int32_t top, left;
  int8_t* out;
};

// One kernel row: `outside` has the zero point kernel_w · in_c times.
MOTE_KERNEL uint32_t* conv2d_s8_triple_row(const Conv2dS8TripleParams& p, const TriplePixel* pixels,
                                           int32_t ky, const int8_t* outside, uint32_t* x) {
  const int32_t reach = (p.kernel_w - 1) * p.dilation_w;
  const int8_t* rows[3];
  bool whole = p.dilation_w == 1;
  for (int32_t k = 0; k < 3; ++k) {
    const int32_t iy = pixels[k].top + ky * p.dilation_h, left = pixels[k].left;
    rows[k] = pixels[k].image + (iy * p.in_w + left) * p.in_c;
    if (iy < 0 || iy >= p.in_h)
      rows[k] = nullptr;
    else if (left < 0 || left + reach >= p.in_w)
      whole = false;
  }
  if (whole) {
    return triple_inputs(rows[0] ? rows[0] : outside, rows[1] ? rows[1] : outside,
                         rows[2] ? rows[2] : outside, p.kernel_w * p.in_c, x);
  }
  for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
    const int8_t* taps[3];
    for (int32_t k = 0; k < 3; ++k) {
      const int32_t ix = pixels[k].left + kx * p.dilation_w;
      const bool inside = rows[k] != nullptr && ix >= 0 && ix < p.in_w;
      taps[k] = inside ? rows[k] + kx * p.dilation_w * p.in_c : outside;
    }
    x = triple_inputs(taps[0], taps[1], taps[2], p.in_c, x);
  }
  return x;
}

// in, out     as conv2d_s8.  They may overlap: the windows of three pixels are read before any of these pixels is written
// weights     as triple.h says; taps in the order ky, kx, channel
// bias, multiplier, right  [out_c], filled up to a multiple of 4; the zero point is folded into the bias
// scratch     4-aligned: 2 · taps · segments words, then kernel_w · in_c bytes
MOTE_KERNEL void conv2d_s8_triple(const Conv2dS8TripleParams& p, const int8_t* in, Rom<int8_t> weights,
                                  Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                                  void* scratch) {
  uint32_t* const words = (uint32_t*)scratch;
  int8_t* const outside = (int8_t*)(words + 2 * p.taps * p.segments);
  memset(outside, p.in_zero_point, (size_t)(p.kernel_w * p.in_c));
  const TripleOutputs outputs = {weights, bias,       multiplier, right,
                                 p.taps,  p.segments, p.out_c,    {p.out_zero_point, p.act_min, p.act_max}};
  const int32_t all = p.batches * p.out_h * p.out_w;
  const bool point = p.kernel_h == 1 && p.kernel_w == 1 && p.pad_top == 0 && p.pad_left == 0;
  int32_t y = 0, x = 0;
  const int8_t* image = in;
  for (int32_t q = 0; q < all; q += 3) {
    TriplePixel pixels[3];
    for (int32_t k = 0; k < 3; ++k) {
      if (q + k >= all) {  // computed once more, written to the same place
        pixels[k] = pixels[0];
        continue;
      }
      pixels[k].image = image;
      pixels[k].top = y * p.stride_h - p.pad_top;
      pixels[k].left = x * p.stride_w - p.pad_left;
      pixels[k].out = out;
      out += p.out_c;
      if (++x == p.out_w) {
        x = 0;
        if (++y == p.out_h) {
          y = 0;
          image += p.in_h * p.in_w * p.in_c;
        }
      }
    }
    if (point) {
      const int8_t* at[3];
      for (int32_t k = 0; k < 3; ++k)
        at[k] = pixels[k].image + (pixels[k].top * p.in_w + pixels[k].left) * p.in_c;
      triple_inputs(at[0], at[1], at[2], p.in_c, words);
    } else {
      uint32_t* next = words;
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) next = conv2d_s8_triple_row(p, pixels, ky, outside, next);
    }
    const bool whole = p.act_min == -128 && p.act_max == 127, longer = p.segments > 1;
    int8_t *const out0 = pixels[0].out, *const out1 = pixels[1].out, *const out2 = pixels[2].out;
    if (whole && longer) triple_outputs<true, true>(outputs, words, out0, out1, out2);
    if (whole && !longer) triple_outputs<true, false>(outputs, words, out0, out1, out2);
    if (!whole && longer) triple_outputs<false, true>(outputs, words, out0, out1, out2);
    if (!whole && !longer) triple_outputs<false, false>(outputs, words, out0, out1, out2);
  }
}

}  // namespace mote

#endif
