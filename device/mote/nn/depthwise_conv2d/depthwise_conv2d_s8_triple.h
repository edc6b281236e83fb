// depthwise_conv2d_s8_triple: the same bytes as depthwise_conv2d_s8, three output rows at a time in two words
// (nn/triple/triple.h).  For cores without SIMD instructions: Cortex-M0, M3, RV32IMC.
//
// The output is cut into strips of three bands of `band` rows.  Of a strip one channel after the other is packed into scratch,
// with its padding, row r of each of the three bands side by side: each input byte is packed once (but for the rows that bands
// share) and used for all its taps.
//
// Instructions a MAC, under QEMU 7.2, arm-none-eabi-gcc 12 -O2; those of depthwise_conv2d_s8_direct in brackets:
//                                    Cortex-M3       Cortex-M0       RV32IMC
//   3×3, 64 channels, 25×5           4.30 (10.39)    8.55 (20.60)    7.66 (10.61)
//   3×3, 8 channels, 48×48           3.18 (11.42)    6.93 (21.93)    6.49
//   3×3, 16 channels, 48×48, stride 2  5.39 (10.47)  8.96 (23.65)    8.35
// of which requantizing takes about 1.4 on M3 and 3.7 on M0.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_TRIPLE_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_TRIPLE_H

#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/triple/triple.h"

#define MOTE_DEPTHWISE_CONV2D_S8_TRIPLE_FIELDS(FIELD)      \
  MOTE_DEPTHWISE_CONV2D_S8_FIELDS(FIELD)                   \
  FIELD(int32_t, band)  /* output rows of a band; ≥ 1 */ \
  FIELD(int32_t, chunk) /* of them done at a time; ≥ 1 */

namespace mote {

MOTE_PARAMS(DepthwiseConv2dS8TripleParams, MOTE_DEPTHWISE_CONV2D_S8_TRIPLE_FIELDS)

// A channel's inputs: three bands of rows, and where they lie in the packed plane.
struct TripleBands {
  int32_t in_h, first_row, band_step;  // of the image: its rows, band 0's first row, rows from band to band
  int32_t row_bytes, pixel_bytes;      // of the image
  int32_t rows, columns;               // packed; those columns that lie inside the image
  int32_t pitch;                       // words of a packed row
  int32_t outside;
};

MOTE_KERNEL void triple_pack_word(uint32_t x0, uint32_t x1, uint32_t x2, uint32_t* x) {
  x[0] = x0 + (x1 << 21);
  x[1] = x2 + (x1 << 10);
}

// Packs one channel, whose first input is at `image`, to x.
MOTE_NOINLINE inline void triple_bands(const int8_t* image, const TripleBands& p, uint32_t* x) {
  int32_t y = p.first_row;
  for (int32_t r = 0; r < p.rows;) {
    const int32_t y1 = y + p.band_step, y2 = y1 + p.band_step;
    const int8_t* const in0 = image + y * p.row_bytes;
    const int8_t* const in1 = image + y1 * p.row_bytes;
    const int8_t* const in2 = image + y2 * p.row_bytes;
    uint32_t* to = x;
    int32_t step = p.pixel_bytes, bytes = p.columns * step, rows = 1;
    if (y >= 0 && y2 < p.in_h) {
      if (p.columns == 1 && p.pitch == 2) {  // a single column is packed downwards
        rows = p.rows - r < p.in_h - y2 ? p.rows - r : p.in_h - y2;
        step = p.row_bytes;
        bytes = rows * step;
      }
      for (int32_t at = 0; at < bytes; at += step, to += 2)
        triple_pack_word((uint32_t)(int32_t)in0[at], (uint32_t)(int32_t)in1[at], (uint32_t)(int32_t)in2[at],
                         to);
      r += rows;
      y += rows;
      x += rows * p.pitch;
      continue;
    }
    const bool has0 = y >= 0 && y < p.in_h, has1 = y1 >= 0 && y1 < p.in_h, has2 = y2 >= 0 && y2 < p.in_h;
    const uint32_t outside = (uint32_t)p.outside;
    for (int32_t at = 0; at < bytes; at += step, to += 2) {
      triple_pack_word(has0 ? (uint32_t)(int32_t)in0[at] : outside,
                       has1 ? (uint32_t)(int32_t)in1[at] : outside,
                       has2 ? (uint32_t)(int32_t)in2[at] : outside, to);
    }
    ++r;
    ++y;
    x += p.pitch;
  }
}

// How windows lie in the packed plane, in words.
struct TripleWindows {
  int32_t kernel_h, kernel_w;
  int32_t tap_row, tap;  // from tap to tap
  int32_t row, next;     // from window to window
  int32_t columns;       // windows in a row
};

// Sums of products of `rows` rows of windows, a pair of words each.
MOTE_NOINLINE inline void triple_windows(const uint32_t* x, Rom<int8_t> weights, const TripleWindows& p,
                                         int32_t rows, uint32_t* sums) {
  const int32_t tap_step = p.tap, tap_row = p.tap_row - p.kernel_w * tap_step;
  const int32_t kernel_h = p.kernel_h, kernel_w = p.kernel_w, next = p.next;
  for (; rows > 0; --rows, x += p.row) {
    const uint32_t* window = x;
    for (const uint32_t* const end = sums + 2 * p.columns; sums != end; sums += 2, window += next) {
      const uint32_t* tap = window;
      Rom<int8_t> w = weights;
      TripleWords sum = {0, 0};
      for (int32_t ky = 0; ky < kernel_h; ++ky, tap += tap_row) {
        for (int32_t kx = 0; kx < kernel_w; ++kx, tap += tap_step) {
          triple_product(tap[0], tap[1], w[0], sum);
          w = w + 1;
        }
      }
      sums[0] = sum.a;
      sums[1] = sum.b;
    }
  }
}
// The same of 3×3 taps, those of a row side by side.
#if MOTE_SHORT_ARMV6M
// 59 instructions for 27 products.  The weights lie on the stack as words; r6 is the window, r7 the next sum, r10 the row's last.
__attribute__((naked, noinline)) inline void triple_windows_3x3(const uint32_t*, Rom<int8_t>,
                                                                const TripleWindows&, int32_t, uint32_t*) {
  __asm__ volatile(
#define MOTE_TRIPLE_WEIGHT(to) \
  "ldrsb r4, [r1, r5]\n\t"     \
  "str r4, [sp, #" to          \
  "]\n\t"                      \
  "adds r5, #1\n\t"
#define MOTE_TRIPLE_TAP(weight) \
  "ldmia r0!, {r1, r2}\n\t"     \
  "ldr r3, [sp, #" weight       \
  "]\n\t"                       \
  "muls r1, r3\n\t"             \
  "adds r4, r4, r1\n\t"         \
  "muls r2, r3\n\t"             \
  "adds r5, r5, r2\n\t"
      ".syntax unified\n\t"
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "sub sp, #40\n\t"
      "movs r5, #0\n\t" MOTE_TRIPLE_WEIGHT("0") MOTE_TRIPLE_WEIGHT("4") MOTE_TRIPLE_WEIGHT("8")
          MOTE_TRIPLE_WEIGHT("12") MOTE_TRIPLE_WEIGHT("16") MOTE_TRIPLE_WEIGHT("20") MOTE_TRIPLE_WEIGHT("24")
              MOTE_TRIPLE_WEIGHT("28") MOTE_TRIPLE_WEIGHT("32")
      "ldr r7, [sp, #76]\n\t"
      "ldr r4, [r2, #8]\n\t"  // tap_row
      "lsls r4, r4, #2\n\t"
      "subs r4, #24\n\t"
      "mov r8, r4\n\t"
      "ldr r4, [r2, #20]\n\t"  // next
      "lsls r4, r4, #2\n\t"
      "mov r9, r4\n\t"
      "ldr r4, [r2, #16]\n\t"  // row
      "lsls r4, r4, #2\n\t"
      "mov r11, r4\n\t"
      "ldr r4, [r2, #24]\n\t"  // columns
      "lsls r4, r4, #3\n\t"
      "mov r12, r4\n\t"
      "mov lr, r3\n"
      "2:\n\t"
      "str r0, [sp, #36]\n\t"
      "mov r10, r7\n\t"
      "add r10, r12\n\t"
      "mov r6, r0\n"
      "1:\n\t"
      "ldmia r0!, {r4, r5}\n\t"
      "ldr r3, [sp]\n\t"
      "muls r4, r3\n\t"
      "muls r5, r3\n\t" MOTE_TRIPLE_TAP("4") MOTE_TRIPLE_TAP("8")
      "add r0, r8\n\t" MOTE_TRIPLE_TAP("12") MOTE_TRIPLE_TAP("16") MOTE_TRIPLE_TAP("20")
      "add r0, r8\n\t" MOTE_TRIPLE_TAP("24") MOTE_TRIPLE_TAP("28") MOTE_TRIPLE_TAP("32")
      "stmia r7!, {r4, r5}\n\t"
      "add r6, r9\n\t"
      "mov r0, r6\n\t"
      "cmp r7, r10\n\t"
      "bne 1b\n\t"
      "ldr r0, [sp, #36]\n\t"
      "add r0, r11\n\t"
      "mov r3, lr\n\t"
      "subs r3, #1\n\t"
      "mov lr, r3\n\t"
      "bne 2b\n\t"
      "add sp, #40\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r4-r7, pc}");
#undef MOTE_TRIPLE_WEIGHT
#undef MOTE_TRIPLE_TAP
}
#else
MOTE_NOINLINE inline void triple_windows_3x3(const uint32_t* x, Rom<int8_t> weights, const TripleWindows& p,
                                             int32_t rows, uint32_t* sums) {
  const int32_t next = p.next, tap_row = p.tap_row;
  for (; rows > 0; --rows, x += p.row) {
    const uint32_t* first = x;
    for (const uint32_t* const end = sums + 2 * p.columns; sums != end; sums += 2, first += next) {
      const uint32_t *const second = first + tap_row, *const third = second + tap_row;
      TripleWords sum = {0, 0};
      triple_product(first[0], first[1], weights[0], sum);
      triple_product(first[2], first[3], weights[1], sum);
      triple_product(first[4], first[5], weights[2], sum);
      triple_product(second[0], second[1], weights[3], sum);
      triple_product(second[2], second[3], weights[4], sum);
      triple_product(second[4], second[5], weights[5], sum);
      triple_product(third[0], third[1], weights[6], sum);
      triple_product(third[2], third[3], weights[7], sum);
      triple_product(third[4], third[5], weights[8], sum);
      sums[0] = sum.a;
      sums[1] = sum.b;
    }
  }
}

#endif

#if MOTE_SHORT_ARMV7M
// Windows one column apart, two at a time: 65 instructions for 54 products.  A row of an odd number of windows sums up one more,
// which reads and writes a pair of words beyond.
__attribute__((naked, noinline)) inline void triple_windows_3x3_dense(const uint32_t*, Rom<int8_t>,
                                                                      const TripleWindows&, int32_t,
                                                                      uint32_t*) {
  __asm__ volatile(
#define MOTE_TRIPLE_ROW(x, w0, w1, w2, start)                                         \
  "ldrsb r10, [r1, #" w0                                                              \
  "]\n\t"                                                                             \
  "ldrsb r11, [r1, #" w1                                                              \
  "]\n\t"                                                                             \
  "ldrsb r12, [r1, #" w2                                                              \
  "]\n\t"                                                                             \
  "ldrd r4, r5, [" x "]\n\t" start("r6", "r4", "r10")                                 \
      start("r7", "r5", "r10") "ldrd r4, r5, [" x                                     \
                               ", #8]\n\t"                                            \
                               "mla r6, r4, r11, r6\n\t"                              \
                               "mla r7, r5, r11, r7\n\t" start("r8", "r4", "r10")     \
                                   start("r9", "r5", "r10") "ldrd r4, r5, [" x        \
                                                            ", #16]\n\t"              \
                                                            "mla r6, r4, r12, r6\n\t" \
                                                            "mla r7, r5, r12, r7\n\t" \
                                                            "mla r8, r4, r11, r8\n\t" \
                                                            "mla r9, r5, r11, r9\n\t" \
                                                            "ldrd r4, r5, [" x        \
                                                            ", #24]\n\t"              \
                                                            "mla r8, r4, r12, r8\n\t" \
                                                            "mla r9, r5, r12, r9\n\t" \
                                                            "adds " x ", #16\n\t"
#define MOTE_TRIPLE_FIRST(to, x, w) "mul " to ", " x ", " w "\n\t"
#define MOTE_TRIPLE_ADD(to, x, w) "mla " to ", " x ", " w ", " to "\n\t"
      "push {r4-r11, lr}\n\t"
      "sub sp, #20\n\t"
      "ldr lr, [sp, #56]\n\t"
      "ldrd r4, r5, [r2, #16]\n\t"  // row, next
      "lsls r4, r4, #2\n\t"
      "ldr r5, [r2, #8]\n\t"  // tap_row
      "lsls r5, r5, #2\n\t"
      "ldr r6, [r2, #24]\n\t"  // columns
      "lsls r6, r6, #3\n\t"
      "strd r4, r5, [sp, #4]\n\t"
      "strd r6, r3, [sp, #12]\n"
      "2:\n\t"
      "ldrd r5, r4, [sp, #8]\n\t"
      "add r4, lr, r4\n\t"
      "str r4, [sp]\n\t"
      "push {r0}\n\t"
      "adds r2, r0, r5\n\t"
      "adds r3, r2, r5\n"
      "1:\n\t" MOTE_TRIPLE_ROW("r0", "0", "1", "2", MOTE_TRIPLE_FIRST)
          MOTE_TRIPLE_ROW("r2", "3", "4", "5", MOTE_TRIPLE_ADD) MOTE_TRIPLE_ROW("r3", "6", "7", "8", MOTE_TRIPLE_ADD)
      "strd r6, r7, [lr], #8\n\t"
      "strd r8, r9, [lr], #8\n\t"
      "ldr r4, [sp, #4]\n\t"
      "cmp lr, r4\n\t"
      "blo 1b\n\t"
      "mov lr, r4\n\t"
      "pop {r0}\n\t"
      "ldr r4, [sp, #4]\n\t"
      "add r0, r4\n\t"
      "ldr r4, [sp, #16]\n\t"
      "subs r4, #1\n\t"
      "str r4, [sp, #16]\n\t"
      "bne 2b\n\t"
      "add sp, #20\n\t"
      "pop {r4-r11, pc}");
#undef MOTE_TRIPLE_ROW
#undef MOTE_TRIPLE_FIRST
#undef MOTE_TRIPLE_ADD
}
#else
MOTE_KERNEL void triple_windows_3x3_dense(const uint32_t* x, Rom<int8_t> weights, const TripleWindows& p,
                                          int32_t rows, uint32_t* sums) {
  triple_windows_3x3(x, weights, p, rows, sums);
}
#endif

// in, out as depthwise_conv2d_s8; they do not overlap.
// weights [out_c, kernel_h, kernel_w], sums of products in 21 bits
// bias, multiplier, right [out_c]; the zero point is folded into the bias, which is doubled
// scratch 4-aligned, pairs of words: the plane, rows · columns; then the sums of `chunk` rows of windows, and one more
MOTE_KERNEL void depthwise_conv2d_s8_triple(const DepthwiseConv2dS8TripleParams& p, const int8_t* in,
                                            Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                            Rom<int8_t> right, int8_t* out, void* scratch) {
  const int32_t columns = (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w + 1;
  const int32_t rows = (p.band - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h + 1;
  const int32_t taps = p.kernel_h * p.kernel_w;
  uint32_t* const plane = (uint32_t*)scratch;
  uint32_t* const sums = plane + 2 * rows * columns;
  const uint32_t zero_point = (uint32_t)p.in_zero_point;
  for (uint32_t* x = plane; x != sums; x += 2) triple_pack_word(zero_point, zero_point, zero_point, x);
  const int32_t left = p.pad_left < columns ? p.pad_left : columns;
  const int32_t inside = columns - left < p.in_w ? columns - left : p.in_w;
  TripleBands bands = {p.in_h, 0,      p.band * p.stride_h, p.in_w * p.in_c, p.in_c,
                       rows,   inside, 2 * columns,         p.in_zero_point};
  const bool column = p.kernel_w == 1;  // its taps are walked as those of a row
  const int32_t tap_row = 2 * columns * p.dilation_h;
  const TripleWindows windows = {column ? 1 : p.kernel_h,
                                 column ? p.kernel_h : p.kernel_w,
                                 tap_row,
                                 column ? tap_row : 2 * p.dilation_w,
                                 2 * columns * p.stride_h,
                                 2 * p.stride_w,
                                 p.out_w};
  const TripleRange range = {p.out_zero_point, p.act_min, p.act_max};
  const bool three = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_w == 1;
  const bool whole = p.act_min == -128 && p.act_max == 127;
  const int32_t row = p.out_w * p.out_c, band = p.band * row;  // of the output, in bytes

  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* const image = in + n * p.in_h * p.in_w * p.in_c;
    int8_t* const out_image = out + n * p.out_h * row;
    for (int32_t strip = 0; strip < p.out_h; strip += 3 * p.band) {
      bands.first_row = strip * p.stride_h - p.pad_top;
      for (int32_t o = 0; o < p.out_c; ++o) {
        if (o % p.depth_multiplier == 0)
          triple_bands(image + o / p.depth_multiplier, bands, plane + 2 * left);
        const TripleChannel channel = {bias[o], multiplier[o], right[o]};
        for (int32_t y = 0; y < p.band && strip + y < p.out_h;) {
          // Rows y … end − 1 of the bands; bands that have ended are computed, the first one's values remain in their place.
          const int32_t y0 = strip + y, y1 = y0 + p.band, y2 = y1 + p.band;
          const int32_t last = y2 < p.out_h ? y2 : y1 < p.out_h ? y1 : y0;
          int32_t count = p.out_h - last;
          if (count > p.band - y) count = p.band - y;
          if (count > p.chunk) count = p.chunk;
          const uint32_t* const x = plane + y * windows.row;
          if (three && p.stride_w == 1)
            triple_windows_3x3_dense(x, weights + taps * o, windows, count, sums);
          else if (three)
            triple_windows_3x3(x, weights + taps * o, windows, count, sums);
          else
            triple_windows(x, weights + taps * o, windows, count, sums);
          int8_t* const out0 = out_image + y0 * row + o;
          int8_t *const out1 = y1 < p.out_h ? out0 + band : out0, *const out2 =
                                                                      y2 < p.out_h ? out1 + band : out0;
          if (whole)
            triple_finish_row<true>(sums, count * p.out_w, channel, range, out0, out1, out2, p.out_c);
          else
            triple_finish_row<false>(sums, count * p.out_w, channel, range, out0, out1, out2, p.out_c);
          y += count;
        }
      }
    }
  }
}

}  // namespace mote

#endif
