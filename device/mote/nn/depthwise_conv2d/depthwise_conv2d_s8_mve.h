// depthwise_conv2d_s8_mve: the same bytes as depthwise_conv2d_s8 on cores with MVE, for depth_multiplier 1.
//
// Eight channels × two neighbouring pixels a block.  Products fit 16 bits, and so do sums of two of them, unless both weights
// are −128; a vector of eight such sums is widened into four sums of 32 bits of its odd lanes (VQDMLAH by 2^15 adds the upper halves
// of words) and four of its even lanes (VMOVLB, VADD).
//
// The rows of the image that an output row needs lie in scratch, a ring of rows: [row][8 channels][column][8], with the padding
// as the input's zero point, so that neighbouring columns of eight channels are neighbours in memory.  The bias takes the zero
// point back.
//
// All else that a block needs lies in one stream of words in the order of use.  Eight channels, the last ones filled up with 0:
//   4 words, 4 words   bias of the even, of the odd channels, the input's zero point folded in
//   taps × 8 bytes     weights in the order of rows; with an odd number of taps one more of 0
//   4 words, 4 words   multiplier of the even, of the odd channels
//   4 bytes, 4 bytes   shift of these, ≤ −1
//
// Instructions a MAC (padding counted as MACs), Cortex-M55 under QEMU 7.2, arm-none-eabi-gcc 12 -O2, parameters constant:
//   3×3, 128 channels, 6×6    0.95     3×3, 64 channels, 25×5    1.16 (every third pair of pixels has one pixel)
//   3×3, 8 channels, 48×48    1.07     1×5, 128 channels, 1×24   1.39
// Of the 7.7 an output of a 3×3 kernel, 5.2 are products and their sums.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_MVE_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_MVE_H

#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/mve.h"

namespace mote {

MOTE_KERNEL int32_t depthwise_s8_mve_taps(const DepthwiseConv2dS8Params& p) {
  return (p.kernel_h * p.kernel_w + 1) / 2 * 2;
}
// Rows of the ring.
MOTE_KERNEL int32_t depthwise_s8_mve_rows(const DepthwiseConv2dS8Params& p) {
  return (p.kernel_h - 1) * p.dilation_h + 1;
}
// Columns of a row in the ring; the last ones for the second pixel where there is only a first, and for a tap of weight 0.
MOTE_KERNEL int32_t depthwise_s8_mve_columns(const DepthwiseConv2dS8Params& p) {
  return p.out_w * p.stride_w + (p.kernel_w - 1) * p.dilation_w + 2;
}
MOTE_KERNEL int32_t depthwise_s8_mve_row_bytes(const DepthwiseConv2dS8Params& p) {
  return depthwise_s8_mve_columns(p) * ((p.out_c + 7) / 8 * 8);
}
// Bytes of scratch: where the taps are in the ring, then the ring.
MOTE_KERNEL int32_t depthwise_s8_mve_scratch(const DepthwiseConv2dS8Params& p) {
  return 4 * depthwise_s8_mve_taps(p) + depthwise_s8_mve_rows(p) * depthwise_s8_mve_row_bytes(p);
}

#if MOTE_MVE_ASSEMBLY
// What the blocks below read besides their registers; offsets are in the assembly.
struct MveDepthwise {
  int32_t out_zero_point;    // 0
  int32_t unused;            // 4
  int32_t act_min, act_max;  // 8, 12
  int32_t pairs;             // 16: of taps
  const int32_t* taps;       // 20
  int32_t block_bytes;       // 24: from eight channels to the next
};

// Sums in q0 (even channels) and q1 (odd ones) of the first pixel, q2 and q3 of the second.
#define MOTE_MVE_DEPTHWISE_BEGIN \
  "1:\n"                         \
  "vldrw.32 q0, [%[w]], #16\n"   \
  "vldrw.32 q1, [%[w]], #16\n"   \
  "mov r12, #32768\n"            \
  "vmov q2, q0\n"                \
  "vmov q3, q1\n"
// Sums of two products in q5 (first pixel) and q6, added to the sums of 32 bits.
#define MOTE_MVE_DEPTHWISE_WIDEN \
  "vqdmlah.s32 q1, q5, r12\n"    \
  "vmovlb.s16 q5, q5\n"          \
  "vqdmlah.s32 q3, q6, r12\n"    \
  "vmovlb.s16 q6, q6\n"          \
  "vadd.i32 q0, q0, q5\n"        \
  "vadd.i32 q2, q2, q6\n"
// x: places of two taps of the first pixel and the second.
#define MOTE_MVE_DEPTHWISE_TWO_TAPS(x0, second_x0, x1, second_x1) \
  "vldrb.s16 q4, [%[w]], #8\n"                                    \
  "vldrb.s16 q5, " x0                                             \
  "\n"                                                            \
  "vmul.i16 q5, q5, q4\n"                                         \
  "vldrb.s16 q6, " second_x0                                      \
  "\n"                                                            \
  "vmul.i16 q6, q6, q4\n"                                         \
  "vldrb.s16 q4, [%[w]], #8\n"                                    \
  "vldrb.s16 q7, " x1                                             \
  "\n"                                                            \
  "vmul.i16 q7, q7, q4\n"                                         \
  "vadd.i16 q5, q5, q7\n"                                         \
  "vldrb.s16 q7, " second_x1                                      \
  "\n"                                                            \
  "vmul.i16 q7, q7, q4\n"                                         \
  "vadd.i16 q6, q6, q7\n" MOTE_MVE_DEPTHWISE_WIDEN
#define MOTE_MVE_DEPTHWISE_LAST_TAP(x0, second_x0) \
  "vldrb.s16 q4, [%[w]], #16\n"                    \
  "vldrb.s16 q5, " x0                              \
  "\n"                                             \
  "vmul.i16 q5, q5, q4\n"                          \
  "vldrb.s16 q6, " second_x0                       \
  "\n"                                             \
  "vmul.i16 q6, q6, q4\n" MOTE_MVE_DEPTHWISE_WIDEN
// The second pixel is stored first: where there is none, both go to the same place.
#define MOTE_MVE_DEPTHWISE_END(clamp) \
  "vldrw.32 q4, [%[w]], #16\n"        \
  "vqrdmulh.s32 q0, q0, q4\n"         \
  "vldrw.32 q5, [%[w]], #16\n"        \
  "vqrdmulh.s32 q2, q2, q4\n"         \
  "mov r12, #1\n"                     \
  "vqrdmulh.s32 q1, q1, q5\n"         \
  "vldrb.s32 q4, [%[w]], #4\n"        \
  "vqrdmulh.s32 q3, q3, q5\n"         \
  "vqdmlah.s32 q0, q0, r12\n"         \
  "vldrb.s32 q5, [%[w]], #4\n"        \
  "vqdmlah.s32 q1, q1, r12\n"         \
  "vqdmlah.s32 q2, q2, r12\n"         \
  "vqdmlah.s32 q3, q3, r12\n"         \
  "vrshl.s32 q0, q0, q4\n"            \
  "vrshl.s32 q1, q1, q5\n"            \
  "vrshl.s32 q2, q2, q4\n"            \
  "vrshl.s32 q3, q3, q5\n"            \
  "vqmovnb.s32 q0, q0\n"              \
  "vqmovnb.s32 q2, q2\n"              \
  "vqmovnt.s32 q0, q1\n"              \
  "vqmovnt.s32 q2, q3\n"              \
  "ldr r12, [%[c]]\n"                 \
  "vqadd.s16 q0, q0, r12\n"           \
  "vqadd.s16 q2, q2, r12\n" clamp     \
  "vctp.16 %[left]\n"                 \
  "vpstt\n"                           \
  "vstrbt.16 q2, [%[out1]], #8\n"     \
  "vstrbt.16 q0, [%[out0]], #8\n"
#define MOTE_MVE_DEPTHWISE_CLAMP \
  "ldrd r12, lr, [%[c], #8]\n"   \
  "vdup.16 q4, r12\n"            \
  "vmax.s16 q0, q0, q4\n"        \
  "vmax.s16 q2, q2, q4\n"        \
  "vdup.16 q5, lr\n"             \
  "vmin.s16 q0, q0, q5\n"        \
  "vmin.s16 q2, q2, q5\n"
#define MOTE_MVE_DEPTHWISE_SATURATE \
  "vqmovnb.s16 q0, q0\n"            \
  "vqmovnb.s16 q2, q2\n"
#define MOTE_MVE_DEPTHWISE_CLOBBERS \
  "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc", "memory"

// A 3×3 kernel without dilation; `second`, `…1`, `…2`: bytes to the second pixel and its next columns.
#define MOTE_MVE_DEPTHWISE_3X3(second, second1, second2, clamp) \
  __asm__ volatile(                                                                                              \
      MOTE_MVE_DEPTHWISE_BEGIN                                                                                   \
      MOTE_MVE_DEPTHWISE_TWO_TAPS("[%[a]]", "[%[a], #" second "]", "[%[a], #8]", "[%[a], #" second1 "]")         \
      MOTE_MVE_DEPTHWISE_TWO_TAPS("[%[a], #16]", "[%[a], #" second2 "]", "[%[b]]", "[%[b], #" second "]")        \
      MOTE_MVE_DEPTHWISE_TWO_TAPS("[%[b], #8]", "[%[b], #" second1 "]", "[%[b], #16]", "[%[b], #" second2 "]")   \
      MOTE_MVE_DEPTHWISE_TWO_TAPS("[%[d]]", "[%[d], #" second "]", "[%[d], #8]", "[%[d], #" second1 "]")         \
      MOTE_MVE_DEPTHWISE_LAST_TAP("[%[d], #16]", "[%[d], #" second2 "]")                                         \
      MOTE_MVE_DEPTHWISE_END(clamp)                                                                              \
      "add %[a], %[a], %[block]\n"                                                                               \
      "add %[b], %[b], %[block]\n"                                                                               \
      "add %[d], %[d], %[block]\n"                                                                               \
      "subs %[left], %[left], #8\n"                                                                              \
      "bgt 1b\n"                                                                                                 \
      : [a] "+&l"(a), [b] "+&l"(b), [d] "+&l"(d), [w] "+&l"(w), [out0] "+&l"(out0), [out1] "+&l"(out1),          \
        [left] "+&r"(left)                                                                                       \
      : [c] "r"(&context), [block] "r"(block_bytes)                                                              \
      : MOTE_MVE_DEPTHWISE_CLOBBERS)

// Any kernel: the taps' places are read from a table; `further` leads to the second pixel.
#define MOTE_MVE_DEPTHWISE_ANY(clamp) \
  __asm__ volatile( \
      MOTE_MVE_DEPTHWISE_BEGIN \
      "ldrd lr, %[taps], [%[c], #16]\n" \
      "5:\n" \
      "ldrd %[a], %[b], [%[taps]], #8\n" \
      "add %[a], %[a], %[at]\n" \
      "add %[b], %[b], %[at]\n" \
      "vldrb.s16 q4, [%[w]], #8\n" \
      "vldrb.s16 q5, [%[a]]\n" \
      "vmul.i16 q5, q5, q4\n" \
      "add %[a], %[a], %[further]\n" \
      "vldrb.s16 q6, [%[a]]\n" \
      "vmul.i16 q6, q6, q4\n" \
      "vldrb.s16 q4, [%[w]], #8\n" \
      "vldrb.s16 q7, [%[b]]\n" \
      "vmul.i16 q7, q7, q4\n" \
      "vadd.i16 q5, q5, q7\n" \
      "add %[b], %[b], %[further]\n" \
      "vldrb.s16 q7, [%[b]]\n" \
      "vmul.i16 q7, q7, q4\n" \
      "vadd.i16 q6, q6, q7\n" MOTE_MVE_DEPTHWISE_WIDEN \
      "le lr, 5b\n" MOTE_MVE_DEPTHWISE_END(clamp) \
      "ldr r12, [%[c], #24]\n" \
      "add %[at], %[at], r12\n" \
      "subs %[left], %[left], #8\n" \
      "bgt 1b\n" \
      : [a] "=&l"(a), [b] "=&l"(b), [taps] "=&r"(place), [at] "+&r"(at), [w] "+&l"(w), [out0] "+&l"(out0), \
        [out1] "+&l"(out1), [left] "+&r"(left) \
      : [c] "r"(&context), [further] "r"(further) \
      : MOTE_MVE_DEPTHWISE_CLOBBERS)

// A kernel of one row, without dilation: taps are neighbours.  `second`, `second1`: bytes to the second pixel and its next column.
#define MOTE_MVE_DEPTHWISE_ROW(second, second1, clamp) \
  __asm__ volatile( \
      MOTE_MVE_DEPTHWISE_BEGIN \
      "ldr lr, [%[c], #16]\n" \
      "mov %[b], %[a]\n" \
      "5:\n" MOTE_MVE_DEPTHWISE_TWO_TAPS("[%[b]]", "[%[b], #" second "]", "[%[b], #8]", "[%[b], #" second1 "]") \
      "add %[b], %[b], #16\n" \
      "le lr, 5b\n" MOTE_MVE_DEPTHWISE_END(clamp) \
      "add %[a], %[a], %[block]\n" \
      "subs %[left], %[left], #8\n" \
      "bgt 1b\n" \
      : [a] "+&r"(a), [b] "=&l"(b), [w] "+&l"(w), [out0] "+&l"(out0), [out1] "+&l"(out1), [left] "+&r"(left) \
      : [c] "r"(&context), [block] "r"(block_bytes) \
      : MOTE_MVE_DEPTHWISE_CLOBBERS)

// All channels of two pixels.  taps: bytes from the ring's start to the taps of the first column; at: the ring's start, moved
// to the first pixel's column.
MOTE_KERNEL void mve_depthwise_pixels(const DepthwiseConv2dS8Params& p, Rom<int32_t> stream,
                                      const int32_t* taps, const int8_t* at, int8_t* out0, int8_t* out1) {
  const int32_t block_bytes = depthwise_s8_mve_columns(p) * 8;
  const MveDepthwise context = {p.out_zero_point, 0, p.act_min, p.act_max, depthwise_s8_mve_taps(p) / 2, taps,
                                block_bytes};
  const int32_t* w = stream;
  int32_t left = p.out_c;
  // Only what the compiler knows chooses, so that one block remains; GCC must see the question where it is asked.
#define MOTE_MVE_KNOWN(field, test) (__builtin_constant_p(p.field) && p.field test)
  if (MOTE_MVE_KNOWN(kernel_h, == 3) && MOTE_MVE_KNOWN(kernel_w, == 3) && MOTE_MVE_KNOWN(dilation_w, == 1) &&
      MOTE_MVE_KNOWN(stride_w, <= 2)) {
    const int8_t *a = at + taps[0], *b = at + taps[3], *d = at + taps[6];
    if (p.stride_w == 1 && MOTE_MVE_KNOWN(act_min, == -128) && MOTE_MVE_KNOWN(act_max, == 127)) {
      MOTE_MVE_DEPTHWISE_3X3("8", "16", "24", MOTE_MVE_DEPTHWISE_SATURATE);
    } else if (p.stride_w == 1) {
      MOTE_MVE_DEPTHWISE_3X3("8", "16", "24", MOTE_MVE_DEPTHWISE_CLAMP);
    } else if (MOTE_MVE_KNOWN(act_min, == -128) && MOTE_MVE_KNOWN(act_max, == 127)) {
      MOTE_MVE_DEPTHWISE_3X3("16", "24", "32", MOTE_MVE_DEPTHWISE_SATURATE);
    } else {
      MOTE_MVE_DEPTHWISE_3X3("16", "24", "32", MOTE_MVE_DEPTHWISE_CLAMP);
    }
    return;
  }
  if (MOTE_MVE_KNOWN(kernel_h, == 1) && MOTE_MVE_KNOWN(dilation_w, == 1) && MOTE_MVE_KNOWN(stride_w, == 1)) {
    const int8_t *a = at + taps[0], *b;
    if (MOTE_MVE_KNOWN(act_min, == -128) && MOTE_MVE_KNOWN(act_max, == 127)) {
      MOTE_MVE_DEPTHWISE_ROW("8", "16", MOTE_MVE_DEPTHWISE_SATURATE);
    } else {
      MOTE_MVE_DEPTHWISE_ROW("8", "16", MOTE_MVE_DEPTHWISE_CLAMP);
    }
    return;
  }
  int32_t a, b;
  const int32_t* place;
  const int32_t further = p.stride_w * 8;
  if (MOTE_MVE_KNOWN(act_min, == -128) && MOTE_MVE_KNOWN(act_max, == 127)) {
    MOTE_MVE_DEPTHWISE_ANY(MOTE_MVE_DEPTHWISE_SATURATE);
  } else {
    MOTE_MVE_DEPTHWISE_ANY(MOTE_MVE_DEPTHWISE_CLAMP);
  }
#undef MOTE_MVE_KNOWN
}

// `columns` columns of `channels` ≤ 8 channels, `step` bytes apart, to places of 8 bytes.
MOTE_KERNEL void mve_copy_columns(int8_t* to, const int8_t* from, int32_t step, int32_t channels,
                                  int32_t columns) {
  __asm__ volatile(
      "dls lr, %[n]\n"
      "vctp.16 %[channels]\n"
      "1:\n"
      "vpst\n"
      "vldrbt.s16 q0, [%[from]]\n"
      "add %[from], %[from], %[step]\n"
      "vstrb.16 q0, [%[to]], #8\n"
      "le lr, 1b\n"
      : [to] "+&l"(to), [from] "+&l"(from)
      : [n] "r"(columns), [step] "r"(step), [channels] "r"(channels)
      : "lr", "q0", "memory");
}
// The same of 16 channels to two rows of places.
MOTE_KERNEL void mve_copy_columns_of_16(int8_t* to, int8_t* second, const int8_t* from, int32_t step,
                                        int32_t columns) {
  __asm__ volatile(
      "dls lr, %[n]\n"
      "1:\n"
      "vldrb.s16 q0, [%[from]]\n"
      "vldrb.s16 q1, [%[from], #8]\n"
      "add %[from], %[from], %[step]\n"
      "vstrb.16 q0, [%[to]], #8\n"
      "vstrb.16 q1, [%[second]], #8\n"
      "le lr, 1b\n"
      : [to] "+&l"(to), [second] "+&l"(second), [from] "+&l"(from)
      : [n] "r"(columns), [step] "r"(step)
      : "lr", "q0", "q1", "memory");
}
#else
MOTE_KERNEL void mve_depthwise_pixels(const DepthwiseConv2dS8Params& p, Rom<int32_t> stream,
                                      const int32_t* taps, const int8_t* at, int8_t* out0, int8_t* out1) {
  const MveBlock block = {0, p.out_c, p.out_zero_point, p.act_min, p.act_max};
  const int32_t count = depthwise_s8_mve_taps(p);
  for (int32_t o = 0; o < p.out_c; ++o) {
    const int8_t* s = (const int8_t*)(stream + o / 8 * (18 + 2 * count));
    const int32_t place = o % 2 * 4 + o % 8 / 2;
    const int8_t* x = at + o / 8 * depthwise_s8_mve_columns(p) * 8 + o % 8;
    int32_t sum0, multiplier;
    memcpy(&sum0, s + 4 * place, 4);
    int32_t sum1 = sum0;
    for (int32_t t = 0; t < count; ++t) {
      const int32_t weight = s[32 + 8 * t + o % 8];
      sum0 += x[taps[t]] * weight;
      sum1 += x[taps[t] + 8 * p.stride_w] * weight;
    }
    memcpy(&multiplier, s + 32 + 8 * count + 4 * place, 4);
    const int32_t shift = s[64 + 8 * count + place];
    out1[o] = (int8_t)mve_requantized(sum1, multiplier, shift, block);
    out0[o] = (int8_t)mve_requantized(sum0, multiplier, shift, block);
  }
}

MOTE_KERNEL void mve_copy_columns(int8_t* to, const int8_t* from, int32_t step, int32_t channels,
                                  int32_t columns) {
  for (int32_t x = 0; x < columns; ++x) {
    for (int32_t c = 0; c < 8; ++c) to[8 * x + c] = c < channels ? from[x * step + c] : (int8_t)0;
  }
}
MOTE_KERNEL void mve_copy_columns_of_16(int8_t* to, int8_t* second, const int8_t* from, int32_t step,
                                        int32_t columns) {
  mve_copy_columns(to, from, step, 8, columns);
  mve_copy_columns(second, from + 8, step, 8, columns);
}
#endif

// One row of the image into the ring, behind the columns of padding.
MOTE_KERNEL void mve_copy_row(const DepthwiseConv2dS8Params& p, const int8_t* row, int8_t* to) {
  const int32_t columns = depthwise_s8_mve_columns(p), room = columns - p.pad_left;
  const int32_t inside = p.in_w < room ? p.in_w : room;
  to += p.pad_left * 8;
  if (p.in_c == 8) {
    mve_copy(to, row, inside * 8);
    return;
  }
  int32_t c = 0;
  for (; c + 16 <= p.in_c; c += 16) {
    mve_copy_columns_of_16(to, to + columns * 8, row + c, p.in_c, inside);
    to += columns * 16;
  }
  for (; c < p.in_c; c += 8) {
    mve_copy_columns(to, row + c, p.in_c, p.in_c - c, inside);
    to += columns * 8;
  }
}

// in, out and ranges as depthwise_conv2d_s8, with depth_multiplier 1, no two taps of a pair of weights −128, shifts ≤ −1 and
// pad_left below the columns of a row in the ring.
// stream   see above
// scratch  depthwise_s8_mve_scratch(p) bytes, aligned to 4
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void depthwise_conv2d_s8_mve(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                         Rom<int32_t> stream, int8_t* out, void* scratch) {
  const int32_t rows = depthwise_s8_mve_rows(p), row_bytes = depthwise_s8_mve_row_bytes(p);
  int32_t* taps = (int32_t*)scratch;
  int8_t* ring = (int8_t*)(taps + depthwise_s8_mve_taps(p));
  for (int32_t n = 0; n < p.batches; ++n) {
    mve_fill(ring, p.in_zero_point, rows * row_bytes);
    int32_t next = -p.pad_top, slot = 0;  // the row to come, and its place
    int32_t oldest = 0;                   // the place of the output row's first row
    for (int32_t y = 0; y < p.out_h; ++y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      for (; next < top + rows; ++next) {
        int8_t* to = ring + slot * row_bytes;
        if (next < 0 || next >= p.in_h) {
          mve_fill(to, p.in_zero_point, row_bytes);
        } else {
          mve_copy_row(p, in + next * p.in_w * p.in_c, to);
        }
        slot = slot + 1 == rows ? 0 : slot + 1;
      }
      oldest = slot;  // the ring is full: the next place is the oldest one's
      int32_t t = 0;
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        const int32_t row = oldest * row_bytes;
        for (int32_t kx = 0; kx < p.kernel_w; ++kx) taps[t++] = row + kx * p.dilation_w * 8;
        for (int32_t i = 0; i < p.dilation_h; ++i) oldest = oldest + 1 == rows ? 0 : oldest + 1;
      }
      if (p.kernel_h * p.kernel_w % 2 == 1) taps[t] = taps[0];
      const int8_t* at = ring;
      for (int32_t x = 0; x < p.out_w; x += 2) {
        mve_depthwise_pixels(p, stream, taps, at, out, x + 1 < p.out_w ? out + p.out_c : out);
        at += 16 * p.stride_w;
        out += x + 1 < p.out_w ? 2 * p.out_c : p.out_c;
      }
    }
    in += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

#endif
