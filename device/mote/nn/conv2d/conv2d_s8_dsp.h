// conv2d_s8_dsp: the same bytes as conv2d_s8 on cores with the DSP extension, two output channels times four pixels at a time.
//
// The windows of four pixels are widened to s16 in the scratch once, padding included as the input's zero point, which is folded
// into the bias; then every pair of channels runs over them.  What is left of four pixels at the end is done two at a time.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_DSP_H
#define MOTE_NN_CONV2D_CONV2D_S8_DSP_H

#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/dot/dot_dsp.h"

namespace mote {

// Bytes of a window that lie one behind another in the image: whole kernel rows, or taps where columns are dilated.
MOTE_KERNEL int32_t conv2d_run(const Conv2dS8Params& p) {
  return (p.dilation_w == 1 ? p.kernel_w : 1) * p.in_c;
}
MOTE_KERNEL int32_t conv2d_runs(const Conv2dS8Params& p) {
  return p.kernel_h * (p.dilation_w == 1 ? 1 : p.kernel_w);
}
MOTE_KERNEL int32_t conv2d_window_pairs(const Conv2dS8Params& p) {
  return conv2d_runs(p) * pairs_of(conv2d_run(p));
}
// Whether some window reaches over the edge of the image.
MOTE_KERNEL bool conv2d_clips(const Conv2dS8Params& p) {
  return p.pad_top > 0 || p.pad_left > 0 ||
         (p.out_h - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h >= p.in_h + p.pad_top ||
         (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w >= p.in_w + p.pad_left;
}
// Scratch: windows of `vectors` pixels, and two runs of bytes where padding is put in.
MOTE_KERNEL int32_t conv2d_s8_dsp_scratch(const Conv2dS8Params& p, int32_t vectors) {
  return 4 * vectors * conv2d_window_pairs(p) + (conv2d_clips(p) ? 2 * ((conv2d_run(p) + 3) / 4 * 4) : 0);
}

// The upper left corner of a pixel's window.
struct Window {
  const int8_t* image;
  int32_t top, left;
};

MOTE_KERNEL Window window_of(const Conv2dS8Params& p, const int8_t* in, int32_t pixel) {
  const int32_t x = pixel % p.out_w, row = pixel / p.out_w, y = row % p.out_h, n = row / p.out_h;
  const Window w = {in + n * p.in_h * p.in_w * p.in_c, y * p.stride_h - p.pad_top,
                    x * p.stride_w - p.pad_left};
  return w;
}

MOTE_KERNEL bool lies_inside(const Conv2dS8Params& p, const Window& w) {
  return w.top >= 0 && w.left >= 0 && w.top + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
         w.left + (p.kernel_w - 1) * p.dilation_w < p.in_w;
}

// The bytes of the run that begins with tap (ky, kx): in the image, or in `line` where part of it is padding.
MOTE_KERNEL const int8_t* run_of_window(const Conv2dS8Params& p, const Window& w, int32_t ky, int32_t kx,
                                        int8_t* line) {
  const int32_t y = w.top + ky * p.dilation_h, x = w.left + kx * p.dilation_w;
  const int32_t taps = p.dilation_w == 1 ? p.kernel_w : 1;
  const int32_t run = conv2d_run(p);
  const bool row_inside = y >= 0 && y < p.in_h;
  const int8_t* row = w.image + y * p.in_w * p.in_c;
  if (row_inside && x >= 0 && x + taps <= p.in_w) return row + x * p.in_c;
  memset(line, (int8_t)p.in_zero_point, (size_t)run);
  const int32_t begin = x < 0 ? -x : 0;
  const int32_t end = x + taps > p.in_w ? p.in_w - x : taps;
  if (row_inside && begin < end)
    memcpy(line + begin * p.in_c, row + (x + begin) * p.in_c, (size_t)((end - begin) * p.in_c));
  return line;
}

// Widens the windows of pixels a and b.
template <int stride>
MOTE_KERNEL void widen_windows(const Conv2dS8Params& p, const Window& a, const Window& b, uint32_t* to,
                               int8_t* lines) {
  const int32_t run = conv2d_run(p), line = (run + 3) / 4 * 4;
  const int32_t runs_of_row = p.dilation_w == 1 ? 1 : p.kernel_w;
  if (!conv2d_clips(p) || (lies_inside(p, a) && lies_inside(p, b))) {
    const int8_t* row_a = a.image + (a.top * p.in_w + a.left) * p.in_c;
    const int8_t* row_b = b.image + (b.top * p.in_w + b.left) * p.in_c;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      for (int32_t r = 0; r < runs_of_row; ++r) {
        const int32_t tap = r * p.dilation_w * p.in_c;
        to = widen_two<stride>(row_a + tap, row_b + tap, run, to);
      }
      row_a += p.dilation_h * p.in_w * p.in_c;
      row_b += p.dilation_h * p.in_w * p.in_c;
    }
    return;
  }
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    for (int32_t r = 0; r < runs_of_row; ++r) {
      const int8_t* bytes_a = run_of_window(p, a, ky, r, lines);
      const int8_t* bytes_b = run_of_window(p, b, ky, r, lines + line);
      to = widen_two<stride>(bytes_a, bytes_b, run, to);
    }
  }
}

// Widens `count` values of one vector of a block of four; returns the place of its next pair.
MOTE_KERNEL uint32_t* widen_one_of_four(const int8_t* a, int32_t count, uint32_t* to) {
  int32_t i = 0;
#if MOTE_DSP_ASSEMBLY
#define MOTE_WIDEN_FOUR           \
  "ldr %[v], [%[a]], #4\n\t"      \
  "sxtb16 %[t], %[v]\n\t"         \
  "sxtb16 %[v], %[v], ror #8\n\t" \
  "str %[t], [%[to]], #16\n\t"    \
  "str %[v], [%[to]], #16\n\t"
#define MOTE_OPERANDS [a] "+&r"(a), [to] "+&r"(to), [v] "=&r"(v), [t] "=&r"(t)::"memory"
  uint32_t v, t;
  for (; i + 8 <= count; i += 8) __asm__ volatile(MOTE_WIDEN_FOUR MOTE_WIDEN_FOUR : MOTE_OPERANDS);
  if (i + 4 <= count) {
    __asm__ volatile(MOTE_WIDEN_FOUR : MOTE_OPERANDS);
    i += 4;
  }
#undef MOTE_WIDEN_FOUR
#undef MOTE_OPERANDS
#else
  for (; i + 4 <= count; i += 4, a += 4, to += 8) {
    to[0] = pair_of(a[0], a[2]);
    to[4] = pair_of(a[1], a[3]);
  }
#endif
  for (; i < count; i += 2, a += 2, to += 4) *to = pair_of(a[0], i + 1 < count ? a[1] : 0);
  return to;
}

// Widens the windows of four pixels, wherever they lie: one copy of everything, for code that all layers share.
MOTE_KERNEL void widen_any_windows(const Conv2dS8Params& p, const int8_t* in, int32_t pixel, int32_t last,
                                   uint32_t* windows, int8_t* line) {
  const int32_t run = conv2d_run(p), runs_of_row = p.dilation_w == 1 ? 1 : p.kernel_w;
  for (int32_t v = 0; v < 4; ++v) {
    const Window window = window_of(p, in, pixel + v < last ? pixel + v : last);
    uint32_t* to = windows + v;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      for (int32_t r = 0; r < runs_of_row; ++r)
        to = widen_one_of_four(run_of_window(p, window, ky, r, line), run, to);
    }
  }
}

// All channels of the pixels from `pixel` on whose widened windows are there: `vectors` of them (1 … 4).  Three and four are
// a block of four, one and two a smaller one.
template <bool wide, bool small>
MOTE_KERNEL void conv2d_s8_dsp_channels(const Conv2dS8Params& p, int32_t vectors, const uint32_t* weights,
                                        const int32_t* bias, const int32_t* multiplier, const int8_t* right,
                                        int8_t* out, const uint32_t* windows) {
  const int32_t pairs = conv2d_window_pairs(p);
  for (int32_t o = 0; o < p.out_c; o += 2, out += 2) {
    const int32_t bias_a = bias[o], bias_b = bias[o + 1];
    TwoRows s = {bias_a, bias_a, bias_a, bias_a, bias_b, bias_b, bias_b, bias_b};
    if (small)
      weights = add_products_2x2<wide>(windows, weights, pairs, s);
    else
      weights = add_products_2x4<wide>(windows, weights, pairs, s);
    const bool has_b = p.out_c % 2 == 0 || o + 1 < p.out_c;
    const int32_t multiplier_a = multiplier[o], right_a = right[o];
    const int32_t multiplier_b = multiplier[o + 1], right_b = right[o + 1];
#define MOTE_WRITE(v)                                                                                       \
  if (v < vectors) {                                                                                        \
    int8_t* const at = out + (v)*p.out_c;                                                                   \
    const int32_t a =                                                                                       \
        requantize_doubled(doubled_row_a<wide>(s.a##v), multiplier_a, right_a, p.out_zero_point);           \
    at[0] = clamp_s8(a, p.act_min, p.act_max);                                                              \
    if (has_b) {                                                                                            \
      const int32_t b =                                                                                     \
          requantize_doubled(doubled_row_b<wide>(s.a##v, s.b##v), multiplier_b, right_b, p.out_zero_point); \
      at[1] = clamp_s8(b, p.act_min, p.act_max);                                                            \
    }                                                                                                       \
  }
    MOTE_WRITE(0)
    MOTE_WRITE(1)
    if (small) continue;
    MOTE_WRITE(2)
    MOTE_WRITE(3)
#undef MOTE_WRITE
  }
}

// Pixels `pixel` … pixel + vectors − 1 of a layer whose parameters are known at compile time.
template <bool wide, int32_t vectors>
MOTE_KERNEL void conv2d_s8_dsp_pixels(const Conv2dS8Params& p, const int8_t* in, int32_t pixel,
                                      const uint32_t* weights, const int32_t* bias, const int32_t* multiplier,
                                      const int8_t* right, int8_t* out, uint32_t* windows) {
  constexpr int32_t block = vectors > 2 ? 4 : 2;
  const bool pointwise =
      p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1 && !conv2d_clips(p);
  int8_t* const lines = (int8_t*)(windows + block * conv2d_window_pairs(p));
  for (int32_t v = 0; v < block; v += 2) {
    const int32_t a = pixel + v, b = v + 1 < vectors ? a + 1 : a;
    if (pointwise)
      widen_two<block>(in + a * p.in_c, in + b * p.in_c, p.in_c, windows + v);
    else
      widen_windows<block>(p, window_of(p, in, a), window_of(p, in, b), windows + v, lines);
  }
  conv2d_s8_dsp_channels<wide, block == 2>(p, vectors, weights, bias, multiplier, right,
                                           out + pixel * p.out_c, windows);
}

// weights     rows of channels two and two as dot_dsp.h has them; where out_c is odd, the last one's partner is 0
// bias        [out_c, even] s32, zero point folded in: wide doubled, narrow as (a, 256·b + a)
// multiplier  [out_c, even] s32;  right [out_c, even] s8: 1 … 31
// scratch     conv2d_s8_dsp_scratch(p, 4) bytes, aligned to 4; with two pixels at a time conv2d_s8_dsp_scratch(p, 2)
// in and out may overlap as those of conv2d_s8.
template <bool wide>
MOTE_KERNEL void conv2d_s8_dsp_blocks(const Conv2dS8Params& p, const int8_t* in, const uint32_t* weights,
                                      const int32_t* bias, const int32_t* multiplier, const int8_t* right,
                                      int8_t* out, uint32_t* windows) {
  const int32_t pixels = p.batches * p.out_h * p.out_w;
  int32_t pixel = 0;
  // Shared by layers that differ: small.
  if (!MOTE_IS_CONSTANT(p.out_c) || !MOTE_IS_CONSTANT(p.in_c) || !MOTE_IS_CONSTANT(p.kernel_h)) {
    int8_t* const lines = (int8_t*)(windows + 4 * conv2d_window_pairs(p));
    for (; pixel < pixels; pixel += 4) {
      widen_any_windows(p, in, pixel, pixels - 1, windows, lines);
      conv2d_s8_dsp_channels<wide, false>(p, pixels - pixel < 4 ? pixels - pixel : 4, weights, bias,
                                          multiplier, right, out + pixel * p.out_c, windows);
    }
    return;
  }
  for (; pixel + 4 <= pixels; pixel += 4)
    conv2d_s8_dsp_pixels<wide, 4>(p, in, pixel, weights, bias, multiplier, right, out, windows);
  switch (pixels - pixel) {
    case 3:
      conv2d_s8_dsp_pixels<wide, 3>(p, in, pixel, weights, bias, multiplier, right, out, windows);
      break;
    case 2:
      conv2d_s8_dsp_pixels<wide, 2>(p, in, pixel, weights, bias, multiplier, right, out, windows);
      break;
    case 1:
      conv2d_s8_dsp_pixels<wide, 1>(p, in, pixel, weights, bias, multiplier, right, out, windows);
      break;
    default:
      break;
  }
}

MOTE_KERNEL void conv2d_s8_dsp(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> weights,
                               Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                               void* scratch) {
  conv2d_s8_dsp_blocks<false>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                              (uint32_t*)scratch);
}

// Two pixels at a time: half the scratch.
MOTE_KERNEL void conv2d_s8_dsp_two(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> weights,
                                   Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                                   void* scratch) {
  const int32_t pixels = p.batches * p.out_h * p.out_w;
  int32_t pixel = 0;
  for (; pixel + 2 <= pixels; pixel += 2)
    conv2d_s8_dsp_pixels<false, 2>(p, in, pixel, (const uint32_t*)weights, bias, multiplier, right, out,
                                   (uint32_t*)scratch);
  if (pixel < pixels)
    conv2d_s8_dsp_pixels<false, 1>(p, in, pixel, (const uint32_t*)weights, bias, multiplier, right, out,
                                   (uint32_t*)scratch);
}

MOTE_KERNEL void conv2d_s8_dsp_wide(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> weights,
                                    Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> right,
                                    int8_t* out, void* scratch) {
  conv2d_s8_dsp_blocks<true>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                             (uint32_t*)scratch);
}

}  // namespace mote

#endif
