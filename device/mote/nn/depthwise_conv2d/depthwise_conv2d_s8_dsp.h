// depthwise_conv2d_s8_dsp: the same bytes as depthwise_conv2d_s8 with depth_multiplier 1 on cores with the DSP extension, any
// window, four channels at a time.
//
// The taps of a pixel's window become addresses in the scratch, those outside the image that of a line of zero points; so border
// and interior run the same loop.  Nine instructions a tap of four channels, wide; ten, narrow.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_H

#include "mote/base/rom.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/dot/dot_dsp.h"

namespace mote {

// A line of zero points, and the addresses of the taps.
MOTE_KERNEL int32_t depthwise_conv2d_s8_dsp_line(const DepthwiseConv2dS8Params& p) {
  return (p.in_c + 3) / 4 * 4;
}
MOTE_KERNEL int32_t depthwise_conv2d_s8_dsp_scratch(const DepthwiseConv2dS8Params& p) {
  return depthwise_conv2d_s8_dsp_line(p) + p.kernel_h * p.kernel_w * (int32_t)sizeof(void*);
}

struct FourChannels {
  int32_t a, b, c, d;
};

// Adds x[tap]·w[tap] of four channels from `offset` on.  w: wide (a, c), (b, d) of s16; narrow four bytes a b c d.
template <bool wide>
MOTE_KERNEL void add_taps(const int8_t* const* taps, int32_t count, int32_t offset, const uint32_t* w,
                          FourChannels& s) {
  const int8_t* const* const end = taps + count;
#if MOTE_DSP_ASSEMBLY
  const int8_t* tap;
  uint32_t x, y, wa, wb;
#define MOTE_LOAD_TAP             \
  "ldr %[tap], [%[taps]], #4\n\t" \
  "ldr %[y], [%[tap], %[offset]]\n\t"
#define MOTE_FOUR_PRODUCTS             \
  "sxtb16 %[x], %[y]\n\t"              \
  "sxtb16 %[y], %[y], ror #8\n\t"      \
  "smlabb %[a], %[x], %[wa], %[a]\n\t" \
  "smlatt %[c], %[x], %[wa], %[c]\n\t" \
  "smlabb %[b], %[y], %[wb], %[b]\n\t" \
  "smlatt %[d], %[y], %[wb], %[d]\n\t"
#define MOTE_WIDE_TAP MOTE_LOAD_TAP "ldrd %[wa], %[wb], [%[w]], #8\n\t" MOTE_FOUR_PRODUCTS
#define MOTE_NARROW_TAP       \
  MOTE_LOAD_TAP               \
  "ldr %[wb], [%[w]], #4\n\t" \
  "sxtb16 %[wa], %[wb]\n\t"   \
  "sxtb16 %[wb], %[wb], ror #8\n\t" MOTE_FOUR_PRODUCTS
#define MOTE_UNTIL "cmp %[taps], %[end]\n\tbne 1b"
// Early clobbers: a bias of 0 and an offset of 0 are else one register.
#define MOTE_OPERANDS                                                                               \
  [a] "+&r"(s.a), [b] "+&r"(s.b), [c] "+&r"(s.c), [d] "+&r"(s.d), [taps] "+&r"(taps), [w] "+&r"(w), \
      [tap] "=&r"(tap), [x] "=&r"(x), [y] "=&r"(y), [wa] "=&r"(wa),                                 \
      [wb] "=&r"(wb) : [offset] "r"(offset), [end] "r"(end) : "cc", "memory"
  if (count % 3 == 0) {
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_WIDE_TAP MOTE_WIDE_TAP MOTE_WIDE_TAP MOTE_UNTIL : MOTE_OPERANDS);
    else
      __asm__ volatile("1:\n\t" MOTE_NARROW_TAP MOTE_NARROW_TAP MOTE_NARROW_TAP MOTE_UNTIL : MOTE_OPERANDS);
  } else {
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_WIDE_TAP MOTE_UNTIL : MOTE_OPERANDS);
    else
      __asm__ volatile("1:\n\t" MOTE_NARROW_TAP MOTE_UNTIL : MOTE_OPERANDS);
  }
#undef MOTE_LOAD_TAP
#undef MOTE_FOUR_PRODUCTS
#undef MOTE_WIDE_TAP
#undef MOTE_NARROW_TAP
#undef MOTE_UNTIL
#undef MOTE_OPERANDS
#else
  for (; taps != end; ++taps, w += wide ? 2 : 1) {
    const int8_t* x = *taps + offset;
    const int8_t* bytes = (const int8_t*)w;
    s.a += x[0] * (wide ? low_of(w[0]) : bytes[0]);
    s.b += x[1] * (wide ? low_of(w[1]) : bytes[1]);
    s.c += x[2] * (wide ? high_of(w[0]) : bytes[2]);
    s.d += x[3] * (wide ? high_of(w[1]) : bytes[3]);
  }
#endif
}

// The addresses of a window's taps; `line` for those outside the image.
MOTE_KERNEL void find_taps(const DepthwiseConv2dS8Params& p, const int8_t* image, int32_t y, int32_t x,
                           const int8_t* line, const int8_t** address) {
  const int32_t top = y * p.stride_h - p.pad_top, left = x * p.stride_w - p.pad_left;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t iy = top + ky * p.dilation_h;
    const int8_t* at = image + (iy * p.in_w + left) * p.in_c;
    int32_t ix = left;
    for (int32_t kx = 0; kx < p.kernel_w; ++kx, ix += p.dilation_w, at += p.dilation_w * p.in_c)
      *address++ = (uint32_t)iy < (uint32_t)p.in_h && (uint32_t)ix < (uint32_t)p.in_w ? at : line;
  }
}

// in_c is at least 4.
// weights     [in_c / 4, filled up, taps, 4], see add_taps; wide ones doubled; the last four are channels in_c − 4 … in_c − 1
// bias        [in_c, filled up] s32, zero point folded in, wide doubled;  multiplier [same] s32;  right [same] s8: 1 … 31
// scratch     depthwise_conv2d_s8_dsp_scratch(p) bytes, aligned as a pointer
// Pixels and channels upwards, or all of them downwards: channels c … c + 3 are read before these four are written, so that
// in and out may overlap as those of depthwise_conv2d_s8, or as those of depthwise_conv2d_s8_backward.
template <bool wide, bool backward>
MOTE_KERNEL void depthwise_conv2d_s8_dsp_taps(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                              const uint32_t* weights, const int32_t* bias,
                                              const int32_t* multiplier, const int8_t* right, int8_t* out,
                                              void* scratch) {
  const int32_t taps = p.kernel_h * p.kernel_w;
  const int32_t fours = (p.in_c + 3) / 4;
  const int32_t step = (wide ? 2 : 1) * taps;
  const int8_t** const addresses = (const int8_t**)scratch;
  int8_t* const line = (int8_t*)(addresses + taps);
  memset(line, (int8_t)p.in_zero_point, (size_t)depthwise_conv2d_s8_dsp_line(p));
  if (backward) out += (p.batches * p.out_h * p.out_w - 1) * p.out_c;
  for (int32_t i = 0; i < p.batches; ++i) {
    const int8_t* image = in + (backward ? p.batches - 1 - i : i) * p.in_h * p.in_w * p.in_c;
    for (int32_t j = 0; j < p.out_h; ++j) {
      for (int32_t k = 0; k < p.out_w; ++k) {
        find_taps(p, image, backward ? p.out_h - 1 - j : j, backward ? p.out_w - 1 - k : k, line, addresses);
        const uint32_t* w = weights + (backward ? (fours - 1) * step : 0);
        int32_t c = backward ? 4 * (fours - 1) : 0;
        for (int32_t four = 0; four < fours; ++four) {
          const bool whole = p.in_c % 4 == 0 || c + 4 <= p.in_c;
          const int32_t first = whole ? c : p.in_c - 4;
          FourChannels s = {bias[first], bias[first + 1], bias[first + 2], bias[first + 3]};
          add_taps<wide>(addresses, taps, first, w, s);
#define MOTE_WRITE(i, sum)                                                                      \
  out[first + i] = clamp_s8(requantize_doubled(doubled_row_a<wide>(sum), multiplier[first + i], \
                                               right[first + i], p.out_zero_point),             \
                            p.act_min, p.act_max);
          if (whole) {
            MOTE_WRITE(0, s.a)
            MOTE_WRITE(1, s.b)
            MOTE_WRITE(2, s.c)
          } else {  // one to three channels that are left are the end of a four that begins before them
            if (p.in_c % 4 == 3) MOTE_WRITE(1, s.b)
            if (p.in_c % 4 >= 2) MOTE_WRITE(2, s.c)
          }
          MOTE_WRITE(3, s.d)
#undef MOTE_WRITE
          c += backward ? -4 : 4;
          w += backward ? -step : step;
        }
        out += backward ? -p.out_c : p.out_c;
      }
    }
  }
}

MOTE_KERNEL void depthwise_conv2d_s8_dsp(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                         Rom<int32_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                         Rom<int8_t> right, int8_t* out, void* scratch) {
  depthwise_conv2d_s8_dsp_taps<false, false>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                             scratch);
}

MOTE_KERNEL void depthwise_conv2d_s8_dsp_backward(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                                  Rom<int32_t> weights, Rom<int32_t> bias,
                                                  Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                                                  void* scratch) {
  depthwise_conv2d_s8_dsp_taps<false, true>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                            scratch);
}

MOTE_KERNEL void depthwise_conv2d_s8_dsp_wide(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                              Rom<int32_t> weights, Rom<int32_t> bias,
                                              Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                                              void* scratch) {
  depthwise_conv2d_s8_dsp_taps<true, false>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                            scratch);
}

}  // namespace mote

#endif
