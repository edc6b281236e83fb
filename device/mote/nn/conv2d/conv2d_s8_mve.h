// conv2d_s8_mve: the same bytes as conv2d_s8 on cores with MVE, blocks of four channels × two pixels (mote/nn/mve.h).
//
// A 1×1 kernel of whole vectors of channels reads the image where it lies; else the windows of two pixels are copied into
// scratch, where taps outside the image are the input's zero point, which the bias takes back everywhere.
//
// Instructions a MAC (padding counted as MACs), Cortex-M55 under QEMU 7.2, arm-none-eabi-gcc 12 -O2, parameters constant:
//   1×1, 64 → 64 channels, 25×5        0.16     1×1, 128 → 128 channels, 6×6   0.14
//   1×1, 8 → 16 channels, 48×48        0.84     3×3, 64 → 64 channels, 8×8     0.13
//   10×4, 1 → 64 channels, stride 2    0.27     3×3, 3 → 16 channels, 32×32    0.40
#ifndef MOTE_NN_CONV2D_CONV2D_S8_MVE_H
#define MOTE_NN_CONV2D_CONV2D_S8_MVE_H

#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/mve.h"

namespace mote {

// Vectors of 16 inputs of a window.
MOTE_KERNEL int32_t conv2d_s8_mve_steps(const Conv2dS8Params& p) {
  return (p.kernel_h * p.kernel_w * p.in_c + 15) / 16;
}
// Whether windows are read from the image itself.
MOTE_KERNEL bool conv2d_s8_mve_reads_in_place(const Conv2dS8Params& p) {
  return p.kernel_h == 1 && p.kernel_w == 1 && p.in_c % 16 == 0 && p.pad_top == 0 && p.pad_left == 0 &&
         (p.out_h - 1) * p.stride_h < p.in_h && (p.out_w - 1) * p.stride_w < p.in_w;
}
// Bytes of scratch: two windows.
MOTE_KERNEL int32_t conv2d_s8_mve_scratch(const Conv2dS8Params& p) {
  return conv2d_s8_mve_reads_in_place(p) ? 0 : 2 * 16 * conv2d_s8_mve_steps(p);
}

// A run of a window.  Four bytes are a word, wherever they lie.
MOTE_KERNEL void mve_copy_run(int8_t* to, const int8_t* from, int32_t count) {
#if MOTE_MVE_ASSEMBLY
  if (__builtin_constant_p(count) && count == 4) {
    __builtin_memcpy(to, from, 4);
    return;
  }
#endif
  mve_copy(to, from, count);
}

// The window of the pixel whose upper left corner is (top, left), in the weights' order.
MOTE_KERNEL void mve_copy_window(const Conv2dS8Params& p, const int8_t* image, int32_t top, int32_t left,
                                 int8_t* to) {
  const int32_t run = p.kernel_w * p.in_c, row_step = p.dilation_h * p.in_w * p.in_c;
  const bool inside = top >= 0 && left >= 0 && top + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
                      left + (p.kernel_w - 1) * p.dilation_w < p.in_w;
  if (inside && p.dilation_w == 1) {
    const int8_t* from = image + (top * p.in_w + left) * p.in_c;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      mve_copy_run(to, from, run);
      from += row_step;
      to += run;
    }
    return;
  }
  mve_fill(to, p.in_zero_point, p.kernel_h * run);
  const TapRange rows = taps_inside(top, p.kernel_h, p.dilation_h, p.in_h);
  const TapRange columns = taps_inside(left, p.kernel_w, p.dilation_w, p.in_w);
  if (columns.end <= columns.begin) return;
  const bool together = p.dilation_w == 1;  // the taps of a row are one run
  const int32_t count = (together ? columns.end - columns.begin : 1) * p.in_c;
  for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
    const int8_t* from = image + (top + ky * p.dilation_h) * p.in_w * p.in_c;
    for (int32_t kx = columns.begin; kx < columns.end; kx += together ? p.kernel_w : 1)
      mve_copy(to + ky * run + kx * p.in_c, from + (left + kx * p.dilation_w) * p.in_c, count);
  }
}

// in, out and ranges as conv2d_s8.
// stream   [out_c] outputs of conv2d_s8_mve_steps(p) steps: see mote/nn/mve.h
// scratch  conv2d_s8_mve_scratch(p) bytes
// in and out do not overlap, except as the variant's `overlap` on the host says.
template <bool mixed>
MOTE_KERNEL void mve_conv2d_s8(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> stream, int8_t* out,
                               void* scratch) {
  const MveBlock block = {conv2d_s8_mve_steps(p), p.out_c, p.out_zero_point, p.act_min, p.act_max};
  MveContext context = mve_context(block);
  const int32_t pixels = p.batches * p.out_h * p.out_w;
  // Known to be one run of pixels; where nothing is known, the code below is all there is.
  if (__builtin_constant_p(p.in_c) && conv2d_s8_mve_reads_in_place(p) && p.stride_h == 1 && p.stride_w == 1 &&
      p.in_h == p.out_h && p.in_w == p.out_w) {
    for (int32_t q = 0; q < pixels; q += 2) {
      const int32_t second = q + 1 < pixels ? 1 : 0;
      mve_pixels<mixed>(block, context, stream, in, in + second * p.in_c, out, out + second * p.out_c);
      in += 2 * p.in_c;
      out += 2 * p.out_c;
    }
    return;
  }
  int8_t* windows = (int8_t*)scratch;
  const int32_t window_bytes = 16 * block.steps;
  const int8_t* image = in;
  const int32_t left_end = p.out_w * p.stride_w - p.pad_left, top_end = p.out_h * p.stride_h - p.pad_top;
  int32_t top = -p.pad_top, left = -p.pad_left;
  for (int32_t q = 0; q < pixels; q += 2) {
    const int32_t count = q + 1 < pixels ? 2 : 1;
    const int8_t* x[2] = {windows, windows};
    for (int32_t i = 0; i < count; ++i) {
      if (conv2d_s8_mve_reads_in_place(p)) {
        x[i] = image + (top * p.in_w + left) * p.in_c;
      } else {
        mve_copy_window(p, image, top, left, windows + i * window_bytes);
        x[i] = windows + i * window_bytes;
      }
      left += p.stride_w;
      if (left == left_end) {
        left = -p.pad_left;
        top += p.stride_h;
        if (top == top_end) {
          top = -p.pad_top;
          image += p.in_h * p.in_w * p.in_c;
        }
      }
    }
    if (count == 1) x[1] = x[0];
    mve_pixels<mixed>(block, context, stream, x[0], x[1], out, out + (count - 1) * p.out_c);
    out += 2 * p.out_c;
  }
}

// All shifts ≤ −1.
MOTE_KERNEL void conv2d_s8_mve(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> stream, int8_t* out,
                               void* scratch) {
  mve_conv2d_s8<false>(p, in, stream, out, scratch);
}
// All shifts ≤ 0.
MOTE_KERNEL void conv2d_s8_mve_mixed(const Conv2dS8Params& p, const int8_t* in, Rom<int32_t> stream,
                                     int8_t* out, void* scratch) {
  mve_conv2d_s8<true>(p, in, stream, out, scratch);
}

}  // namespace mote

#endif
