// depthwise_conv2d_s8_dsp_lines: the same bytes as depthwise_conv2d_s8 with a 3×3 window and depth_multiplier 1, along lines of one
// channel, for cores with the DSP extension.
//
// A line runs along the longer side of the output.  Two neighbouring lines of the input are packed as pairs of s16, four channels
// at once, into one of two planes in the scratch.  Then a channel's nine weights stay in registers as six words for a whole line,
// and a tap of two lines is one SMLAD: six of these an output, where tap by tap there are nine, and nothing else is loaded but
// two words a column.  With stride 1 across the lines, planes A (lines 0, 1) and B (lines 2, 3) give two lines of the output:
//   even  A·(w0, w1) + B.low·w2          odd  A.high·w0 + B·(w1, w2)
// With stride 2 they give the even one.  B is the next A.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_LINES_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DSP_LINES_H

#include "mote/base/rom.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/dot/dot_dsp.h"

namespace mote {

// One direction of the image: extents in pixels, steps in bytes.
struct LineAxis {
  int32_t in, out, stride, pad, in_step, out_step;
};
MOTE_KERNEL bool lines_are_columns(const DepthwiseConv2dS8Params& p) { return p.out_h > p.out_w; }
MOTE_KERNEL LineAxis vertical_axis(const DepthwiseConv2dS8Params& p) {
  const LineAxis axis = {p.in_h, p.out_h, p.stride_h, p.pad_top, p.in_w * p.in_c, p.out_w * p.in_c};
  return axis;
}
MOTE_KERNEL LineAxis horizontal_axis(const DepthwiseConv2dS8Params& p) {
  const LineAxis axis = {p.in_w, p.out_w, p.stride_w, p.pad_left, p.in_c, p.in_c};
  return axis;
}
// Positions of a packed line: all that some window reads, padding included.
MOTE_KERNEL int32_t line_length(const LineAxis& along) { return (along.out - 1) * along.stride + 3; }
MOTE_KERNEL int32_t depthwise_conv2d_s8_dsp_lines_scratch(const DepthwiseConv2dS8Params& p) {
  return 2 * 4 * 4 * line_length(lines_are_columns(p) ? vertical_axis(p) : horizontal_axis(p));
}

MOTE_KERNEL int32_t add_both(int32_t sum, uint32_t x, uint32_t w) {
#if MOTE_DSP_ASSEMBLY
  __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(w));
  return sum;
#else
  return add_two_products(sum, x, w);
#endif
}

// Halves of two words: the lower one of `low` and the upper one of `high`; the upper ones of both.
MOTE_KERNEL uint32_t low_and_high(uint32_t low, uint32_t high) {
#if MOTE_DSP_ASSEMBLY
  __asm__("pkhbt %0, %0, %1" : "+r"(low) : "r"(high));
  return low;
#else
  return (low & 0xffffu) | (high & 0xffff0000u);
#endif
}
MOTE_KERNEL uint32_t both_high(uint32_t first, uint32_t second) {
#if MOTE_DSP_ASSEMBLY
  __asm__("pkhtb %0, %0, %1, asr #16" : "+r"(second) : "r"(first));
  return second;
#else
  return first >> 16 | (second & 0xffff0000u);
#endif
}

// Four channels of two lines at one position → a pair for each, in planes of `length` words.
MOTE_KERNEL void put_pairs(uint32_t a, uint32_t b, int32_t length, uint32_t* to) {
#if MOTE_DSP_ASSEMBLY
  uint32_t a02, a13, b02, b13, p0, p1, p2, p3;
  __asm__("sxtb16 %0, %1" : "=r"(a02) : "r"(a));
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(a13) : "r"(a));
  __asm__("sxtb16 %0, %1" : "=r"(b02) : "r"(b));
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(b13) : "r"(b));
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(p0) : "r"(a02), "r"(b02));
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(p1) : "r"(a13), "r"(b13));
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(p2) : "r"(b02), "r"(a02));
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(p3) : "r"(b13), "r"(a13));
  to[0] = p0;
  to[length] = p1;
  to[2 * length] = p2;
  to[3 * length] = p3;
#else
  for (int32_t c = 0; c < 4; ++c)
    to[c * length] = pair_of((int8_t)(uint8_t)(a >> 8 * c), (int8_t)(uint8_t)(b >> 8 * c));
#endif
}

MOTE_KERNEL uint32_t four_bytes(const int8_t* at) {
  uint32_t word;
  memcpy(&word, at, 4);
  return word;
}

// Packs lines `line` and line + 1 of four channels; what lies outside the image is the zero point.
MOTE_KERNEL void pack_lines(const LineAxis& along, const LineAxis& across, const int8_t* in, int32_t line,
                            uint32_t padding, int32_t length, uint32_t* to) {
  const bool has_a = line >= 0 && line < across.in, has_b = line + 1 >= 0 && line + 1 < across.in;
  const int8_t* a = in + line * across.in_step;
  const int8_t* b = a + across.in_step;
  int32_t u = 0;
  for (; u < along.pad; ++u) put_pairs(padding, padding, length, to + u);
  const int32_t inside = along.in + along.pad < length ? along.in + along.pad : length;
  if (has_a && has_b) {
    for (; u < inside; ++u, a += along.in_step)
      put_pairs(four_bytes(a), four_bytes(a + across.in_step), length, to + u);
  } else {
    for (; u < inside; ++u, a += along.in_step, b += along.in_step)
      put_pairs(has_a ? four_bytes(a) : padding, has_b ? four_bytes(b) : padding, length, to + u);
  }
  for (; u < length; ++u) put_pairs(padding, padding, length, to + u);
}

// What one line of the output needs.  `main` is the plane whose pairs both count, `other` the one of which one half does.
// pair_0 … pair_2 are the weights of main; those of other are the halves of single_01, in order, and the upper half of single_2,
// whose lower half is the shift to the right: an instruction that shifts looks at the lowest byte alone.
struct OutputLine {
  const uint32_t* main;
  const uint32_t* other;
  uint32_t pair_0, pair_1, pair_2, single_01, single_2;
  int32_t start, scale;
  int8_t* out;
};

// Writes `count` outputs.  even: other's low halves count; odd: its high ones.
template <bool even>
MOTE_KERNEL void run_line(const OutputLine& line, int32_t count, int32_t stride, int32_t out_step,
                          int32_t offset, int32_t act_min, int32_t act_max) {
  const uint32_t* x = line.main;
  const uint32_t* y = line.other;
  int8_t* out = line.out;
#if MOTE_DSP_ASSEMBLY
  // All that can be is constant, so that 12 registers do, the weights in upper ones ("h"): GCC 12 would look for all of them among
  // the lower eight.  19 instructions an output, and 3 for two.  The assembler makes an SBC of an ADC with a negative number.
  if (__builtin_constant_p(stride) && __builtin_constant_p(out_step) && __builtin_constant_p(offset) &&
      out_step < 4096 && act_min == -128 && act_max == 127) {
#define MOTE_OUTPUT(half)                     \
  "ldr %[sum], %[start]\n\t"                  \
  "ldrd %[u], %[v], [%[x]], %[step]\n\t"      \
  "smlad %[sum], %[u], %[pair_0], %[sum]\n\t" \
  "smlad %[sum], %[v], %[pair_1], %[sum]\n\t" \
  "ldr %[u], [%[x], %[third]]\n\t"            \
  "smlad %[sum], %[u], %[pair_2], %[sum]\n\t" \
  "ldrd %[u], %[v], [%[y]], %[step]\n\t"      \
  "smla" half                                 \
  "b %[sum], %[u], %[single_01], %[sum]\n\t"  \
  "smla" half                                 \
  "t %[sum], %[v], %[single_01], %[sum]\n\t"  \
  "ldr %[u], [%[y], %[third]]\n\t"            \
  "smla" half                                 \
  "t %[sum], %[u], %[single_2], %[sum]\n\t"   \
  "smmulr %[sum], %[sum], %[scale]\n\t"       \
  "add %[sum], %[sum], %[sum], asr #31\n\t"   \
  "asrs %[sum], %[sum], %[single_2]\n\t"      \
  "adc %[sum], %[sum], %[offset]\n\t"         \
  "ssat %[sum], #8, %[sum]\n\t"               \
  "strb %[sum], [%[out]]\n\t"                 \
  "add %[out], %[out], %[out_step]\n\t"
#define MOTE_OPERANDS                                                        \
  [x] "+r"(x), [y] "+r"(y), [out] "+r"(out), [sum] "=&r"(sum), [u] "=&r"(u), \
      [v] "=&r"(v)                                                           \
      : [pair_0] "h"(line.pair_0),                                           \
        [pair_1] "h"(line.pair_1),                                           \
        [pair_2] "h"(line.pair_2),                                           \
        [single_01] "h"(line.single_01),                                     \
        [single_2] "h"(line.single_2),                                       \
        [scale] "r"(line.scale),                                             \
        [start] "m"(start),                                                  \
        [end] "m"(end),                                                      \
        [step] "i"(4 * stride),                                              \
        [third] "i"(8 - 4 * stride),                                         \
        [offset] "i"(offset),                                                \
        [out_step] "i"(out_step)                                             \
      : "cc", "memory"
#define MOTE_UNTIL "ldr %[u], %[end]\n\tcmp %[x], %[u]\n\tbne 1b"
    int32_t sum;
    uint32_t u, v;
    const int32_t start = line.start;
    const uint32_t* const end = x + count / 2 * 2 * stride;
    if (even) {
      if (count > 1) __asm__ volatile("1:\n\t" MOTE_OUTPUT("b") MOTE_OUTPUT("b") MOTE_UNTIL : MOTE_OPERANDS);
      if (count % 2 != 0) __asm__ volatile(MOTE_OUTPUT("b") : MOTE_OPERANDS);
    } else {
      if (count > 1) __asm__ volatile("1:\n\t" MOTE_OUTPUT("t") MOTE_OUTPUT("t") MOTE_UNTIL : MOTE_OPERANDS);
      if (count % 2 != 0) __asm__ volatile(MOTE_OUTPUT("t") : MOTE_OPERANDS);
    }
#undef MOTE_OUTPUT
#undef MOTE_OPERANDS
#undef MOTE_UNTIL
    return;
  }
#endif
  const int32_t s0 = low_of(line.single_01), s1 = high_of(line.single_01);
  const int32_t s2 = high_of(line.single_2), shift = low_of(line.single_2);
  for (; count > 0; --count, x += stride, y += stride, out += out_step) {
    int32_t sum =
        add_both(add_both(add_both(line.start, x[0], line.pair_0), x[1], line.pair_1), x[2], line.pair_2);
    sum += (even ? low_of(y[0]) : high_of(y[0])) * s0;
    sum += (even ? low_of(y[1]) : high_of(y[1])) * s1;
    sum += (even ? low_of(y[2]) : high_of(y[2])) * s2;
    *out = clamp_s8(requantize_doubled(sum, line.scale, shift, offset), act_min, act_max);
  }
}

// weights     [in_c, 6] words: for each tap along the line the pairs (w0, w1) and (w1, w2) across it, doubled
// bias        [in_c] s32, zero point folded in, doubled;  multiplier [in_c] s32;  right [in_c] s8: 1 … 31
// scratch     depthwise_conv2d_s8_dsp_lines_scratch(p) bytes, aligned to 4
// kernel 3×3, dilation 1, stride 1 or 2, in_c at least 4.  in and out do not overlap.
MOTE_KERNEL void depthwise_conv2d_s8_dsp_lines(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                               Rom<int32_t> weights, Rom<int32_t> bias,
                                               Rom<int32_t> multiplier, Rom<int8_t> right, int8_t* out,
                                               void* scratch) {
  const bool columns = lines_are_columns(p);
  const LineAxis along = columns ? vertical_axis(p) : horizontal_axis(p);
  const LineAxis across = columns ? horizontal_axis(p) : vertical_axis(p);
  const int32_t length = line_length(along);
  const uint32_t padding = (uint32_t)(uint8_t)p.in_zero_point * 0x01010101u;
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_h * p.in_w * p.in_c, out += p.out_h * p.out_w * p.in_c) {
    for (int32_t four = 0; four < p.in_c; four += 4) {
      // One to three channels that are left are the end of a four that begins before them.
      const int32_t first = p.in_c % 4 == 0 || four + 4 <= p.in_c ? four : p.in_c - 4;
      uint32_t* a_planes = (uint32_t*)scratch;
      uint32_t* b_planes = a_planes + 4 * length;
      pack_lines(along, across, in + first, -across.pad, padding, length, a_planes);
      int32_t line = 2 - across.pad;
      for (int32_t y = 0; y < across.out; y += across.stride == 1 ? 2 : 1, line += 2) {
        pack_lines(along, across, in + first, line, padding, length, b_planes);
        for (int32_t c = four - first; c < 4; ++c) {
          const int32_t channel = first + c;
          const uint32_t* w = (const uint32_t*)weights + 6 * channel;
          int8_t* const at = out + y * across.out_step + channel;
          const uint32_t* const a = a_planes + c * length;
          const uint32_t* const b = b_planes + c * length;
          const OutputLine even = {a,
                                   b,
                                   w[0],
                                   w[2],
                                   w[4],
                                   both_high(w[1], w[3]),
                                   low_and_high((uint32_t)right[channel], w[5]),
                                   bias[channel],
                                   multiplier[channel],
                                   at};
          run_line<true>(even, along.out, along.stride, along.out_step, p.out_zero_point, p.act_min,
                         p.act_max);
          if (across.stride == 1 && y + 1 < across.out) {
            const OutputLine odd = {b,
                                    a,
                                    w[1],
                                    w[3],
                                    w[5],
                                    (w[0] & 0xffffu) | w[2] << 16,
                                    (uint32_t)right[channel] | w[4] << 16,
                                    bias[channel],
                                    multiplier[channel],
                                    at + across.out_step};
            run_line<false>(odd, along.out, along.stride, along.out_step, p.out_zero_point, p.act_min,
                            p.act_max);
          }
        }
        uint32_t* const done = a_planes;
        a_planes = b_planes;
        b_planes = done;
      }
    }
  }
}

}  // namespace mote

#endif
