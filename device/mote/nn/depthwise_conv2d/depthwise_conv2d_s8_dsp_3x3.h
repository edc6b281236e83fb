// depthwise_conv2d_s8_dsp_3x3: the same bytes as depthwise_conv2d_s8 with a 3×3 window, depth_multiplier 1 and outputs over the whole
// of s8, for cores with the DSP extension: four channels at a time, over the input where need be.
//
// The taps of a pixel's window become addresses, as in depthwise_conv2d_s8_dsp.  Then one block of assembly takes the pixel's channels
// from first to last: 143 instructions for four, requantizing included.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_3X3_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_3X3_H

#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

namespace mote {

// Words of four channels: four biases and nine taps; four multipliers and the shifts.
static const int32_t kWordsOfFourWindows = 13, kWordsOfFourScales = 5;

// All channels of a pixel from the addresses of its taps.  w, q, out, channel: where the first four have their weights, scales and
// outputs, and which they are; backward they are the last ones.
template <bool backward>
MOTE_KERNEL void run_windows(const int8_t* const* taps, int32_t channel, int32_t fours, int32_t offset,
                             const uint32_t* w, const int32_t* q, int8_t* out) {
  constexpr int32_t way = backward ? -1 : 1;
#if MOTE_DSP_ASSEMBLY
  // clang-format off
#define MOTE_TAP                                 \
  "ldr %[y], [%[taps]], #4\n\t"                  \
  "ldr %[wb], [%[w]], #4\n\t"                    \
  "ldr %[y], [%[y], %[channel]]\n\t"             \
  "sxtb16 %[wa], %[wb]\n\t"                      \
  "sxtb16 %[wb], %[wb], ror #8\n\t"              \
  "sxtb16 %[t], %[y]\n\t"                        \
  "sxtb16 %[y], %[y], ror #8\n\t"                \
  "smlabb %[a], %[t], %[wa], %[a]\n\t"           \
  "smlatt %[c], %[t], %[wa], %[c]\n\t"           \
  "smlabb %[b], %[y], %[wb], %[b]\n\t"           \
  "smlatt %[d], %[y], %[wb], %[d]\n\t"
#define MOTE_OUTPUT(sum, place)                  \
  "add " sum ", " sum ", " sum ", asr #31\n\t"   \
  "asrs " sum ", " sum ", %[y]\n\t"              \
  "adc " sum ", " sum ", %[offset]\n\t"          \
  "ssat " sum ", #8, " sum "\n\t"                \
  "strb " sum ", [%[out], #" #place "]\n\t"
#define MOTE_FOUR(TAPS)                                                                                      \
  "1:\n\t"                                                                                                   \
  "ldrd %[a], %[b], [%[w]], #8\n\t"                                                                          \
  "ldrd %[c], %[d], [%[w]], #8\n\t" TAPS                                                                     \
  "sub %[taps], %[taps], %[all_taps]\n\t"                                                                    \
  "ldrd %[wa], %[wb], [%[q]]\n\t"                                                                            \
  "lsl %[a], %[a], #1\n\t"                                                                                   \
  "lsl %[b], %[b], #1\n\t"                                                                                   \
  "lsl %[c], %[c], #1\n\t"                                                                                   \
  "lsl %[d], %[d], #1\n\t"                                                                                   \
  "smmulr %[a], %[a], %[wa]\n\t"                                                                             \
  "smmulr %[b], %[b], %[wb]\n\t"                                                                             \
  "ldrd %[wa], %[wb], [%[q], #8]\n\t"                                                                        \
  "ldr %[y], [%[q], #16]\n\t"                                                                                \
  "smmulr %[c], %[c], %[wa]\n\t"                                                                             \
  "smmulr %[d], %[d], %[wb]\n\t" MOTE_OUTPUT("%[a]", 0)                                                      \
  "lsr %[y], %[y], #8\n\t" MOTE_OUTPUT("%[b]", 1)                                                            \
  "lsr %[y], %[y], #8\n\t" MOTE_OUTPUT("%[c]", 2)                                                            \
  "lsr %[y], %[y], #8\n\t" MOTE_OUTPUT("%[d]", 3)                                                            \
  "ldr %[t], %[end]\n\t"                                                                                     \
  "cmp %[w], %[t]\n\t"                                                                                       \
  "add %[w], %[w], %[next_w]\n\t"                                                                            \
  "add %[q], %[q], %[next_q]\n\t"                                                                            \
  "add %[out], %[out], %[next]\n\t"                                                                          \
  "add %[channel], %[channel], %[next]\n\t"                                                                  \
  "bne 1b"
#define MOTE_NINE_TAPS MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP MOTE_TAP
#define MOTE_TAPS_IN_TURN "2:\n\t" MOTE_TAP MOTE_TAP MOTE_TAP "ldr %[t], %[last_tap]\n\tcmp %[taps], %[t]\n\tbne 2b\n\t"
// Early clobbers everywhere: a first channel of 0 and an offset of 0 are else one register.
#define MOTE_OPERANDS                                                                                         \
  [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [y] "=&r"(y), [t] "=&r"(t), [wa] "=&r"(wa),         \
      [wb] "=&r"(wb), [w] "+&r"(w), [q] "+&r"(q), [out] "+&r"(out), [channel] "+&r"(channel),                 \
      [taps] "+&r"(taps)                                                                                      \
      : [offset] "r"(offset), [end] "m"(end), [last_tap] "m"(last_tap), [all_taps] "i"(9 * sizeof(*taps)),    \
        [next_w] "i"(backward ? -8 * kWordsOfFourWindows : 0), [next_q] "i"(4 * way * kWordsOfFourScales),    \
        [next] "i"(4 * way)                                                                                   \
      : "cc", "memory"
  const uint32_t* const end = w + (backward ? 2 - fours : fours) * kWordsOfFourWindows;
  const int8_t* const* const last_tap = taps + 9;
  int32_t a, b, c, d;
  uint32_t y, t, wa, wb;
  if (MOTE_IS_CONSTANT(fours))
    __asm__ volatile(MOTE_FOUR(MOTE_NINE_TAPS) : MOTE_OPERANDS);
  else  // shared by layers that differ: small
    __asm__ volatile(MOTE_FOUR(MOTE_TAPS_IN_TURN) : MOTE_OPERANDS);
#undef MOTE_FOUR
#undef MOTE_NINE_TAPS
#undef MOTE_TAPS_IN_TURN
#undef MOTE_OPERANDS
#undef MOTE_TAP
#undef MOTE_OUTPUT
    // clang-format on
#else
  for (int32_t four = 0; four < fours; ++four, channel += 4 * way) {
    const uint32_t* const words = w + four * way * kWordsOfFourWindows;
    const int32_t* const scales = q + four * way * kWordsOfFourScales;
    for (int32_t c = 0; c < 4; ++c) {
      int32_t sum = (int32_t)words[c];
      for (int32_t tap = 0; tap < 9; ++tap)
        sum += taps[tap][channel + c] * ((const int8_t*)(words + 4 + tap))[c];
      const int32_t right = ((const int8_t*)(scales + 4))[c];
      out[four * way * 4 + c] =
          clamp_s8(requantize_doubled(doubled_row_a<false>(sum), scales[c], right, offset), -128, 127);
    }
  }
#endif
}

// weights     [in_c / 4, 13] words: four biases with the zero point folded in, then nine times the bytes of four channels
// scales      [in_c / 4, 5] words: four multipliers, then four shifts to the right as bytes, each 1 … 31
// scratch     depthwise_conv2d_s8_dsp_scratch(p) bytes, aligned as a pointer
// in_c a multiple of 4, dilation 1, act_min −128, act_max 127.  Pixels and channels upwards or downwards, and in and out overlap, as
// those of depthwise_conv2d_s8_dsp and depthwise_conv2d_s8_dsp_backward.
template <bool backward>
MOTE_KERNEL void depthwise_conv2d_s8_dsp_3x3_pixels(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                                    const uint32_t* weights, const int32_t* scales,
                                                    int8_t* out, void* scratch) {
  const int8_t** const taps = (const int8_t**)scratch;
  int8_t* const line = (int8_t*)(taps + 9);
  memset(line, (int8_t)p.in_zero_point, (size_t)p.in_c);
  const int32_t fours = p.in_c / 4, first = backward ? fours - 1 : 0;
  out += 4 * first + (backward ? (p.batches * p.out_h * p.out_w - 1) * p.in_c : 0);
  for (int32_t i = 0; i < p.batches; ++i) {
    const int8_t* const image = in + (backward ? p.batches - 1 - i : i) * p.in_h * p.in_w * p.in_c;
    for (int32_t j = 0; j < p.out_h; ++j) {
      const int32_t y = backward ? p.out_h - 1 - j : j, top = y * p.stride_h - p.pad_top;
      for (int32_t k = 0; k < p.out_w; ++k, out += backward ? -p.in_c : p.in_c) {
        const int32_t x = backward ? p.out_w - 1 - k : k, left = x * p.stride_w - p.pad_left;
        if (top >= 0 && top + 2 < p.in_h && left >= 0 && left + 2 < p.in_w) {
          const int8_t* at = image + (top * p.in_w + left) * p.in_c;
          for (int32_t row = 0; row < 9; row += 3, at += p.in_w * p.in_c) {
            taps[row] = at;
            taps[row + 1] = at + p.in_c;
            taps[row + 2] = at + 2 * p.in_c;
          }
        } else {
          find_taps(p, image, y, x, line, taps);
        }
        run_windows<backward>(taps, 4 * first, fours, p.out_zero_point, weights + first * kWordsOfFourWindows,
                              scales + first * kWordsOfFourScales, out);
      }
    }
  }
}

MOTE_KERNEL void depthwise_conv2d_s8_dsp_3x3(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                             Rom<int32_t> weights, Rom<int32_t> scales, int8_t* out,
                                             void* scratch) {
  depthwise_conv2d_s8_dsp_3x3_pixels<false>(p, in, (const uint32_t*)weights, scales, out, scratch);
}

MOTE_KERNEL void depthwise_conv2d_s8_dsp_3x3_backward(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                                      Rom<int32_t> weights, Rom<int32_t> scales, int8_t* out,
                                                      void* scratch) {
  depthwise_conv2d_s8_dsp_3x3_pixels<true>(p, in, (const uint32_t*)weights, scales, out, scratch);
}

}  // namespace mote

#endif
