// conv2d_s8_direct: the same bytes as conv2d_s8 without a bounds test in the inner loop, four output channels at
// a time.  Portable C++11; for cores without SIMD instructions, and the twin of variants that use them.
//
// The taps of a kernel row that lie inside the image are consecutive, and with dilation_w = 1 so are their
// bytes, in the image and in the weights: one run.  Border and interior differ only in where the run starts and
// ends; a 1×1 kernel is one run of in_c.  Each input byte is loaded once for four weights, and freed from its
// zero point once, too: that costs a quarter of an instruction a MAC, and nothing where the host has folded the
// zero point into the bias (it does when no window reaches over the edge, and passes in_zero_point 0).
//
// Instructions a MAC (padding counted as MACs), Cortex-M4 under QEMU 7.2, arm-none-eabi-gcc 12 -O2, parameters
// constant; the reference's in brackets:
//   3×3, 32 → 32 channels, 16×16     2.94  (6.19)
//   1×1, 64 → 64 channels, 25×5      3.67  (6.66)     of these about 0.9 requantize
//   10×4, 1 → 64 channels, stride 2  4.87 (15.01)     runs of 4 bytes
// With -Os 5.30, 4.14, 8.37.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_DIRECT_H
#define MOTE_NN_CONV2D_CONV2D_S8_DIRECT_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote {

// Sums of four output channels.
struct FourSums {
  int32_t a, b, c, d;
};

// Adds Σ_i (in[i] − zero_point) · w[i + k·w_step] to sum k, for i < length (nothing when length ≤ 0).
MOTE_KERNEL void add_products_of_four(const int8_t* in, int32_t zero_point, Rom<int8_t> w, int32_t w_step,
                                      int32_t length, FourSums& sums) {
  const Rom<int8_t> wa = w, wb = wa + w_step, wc = wb + w_step, wd = wc + w_step;
  int32_t a = sums.a, b = sums.b, c = sums.c, d = sums.d;
  for (int32_t i = 0; i < length; ++i) {
    const int32_t value = in[i] - zero_point;
    a += value * wa[i];
    b += value * wb[i];
    c += value * wc[i];
    d += value * wd[i];
  }
  sums.a = a;
  sums.b = b;
  sums.c = c;
  sums.d = d;
}

MOTE_KERNEL int32_t sum_of_products(const int8_t* in, int32_t zero_point, Rom<int8_t> w, int32_t length) {
  int32_t sum = 0;
  for (int32_t i = 0; i < length; ++i) sum += (in[i] - zero_point) * w[i];
  return sum;
}

// Layouts and ranges as conv2d_s8.  in and out may overlap as those of conv2d_s8: here, too, the window of a
// pixel is read for its last channels after its first channels have been written.
MOTE_KERNEL void conv2d_s8_direct(const Conv2dS8Params& p, const int8_t* in, Rom<int8_t> weights,
                                  Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                  int8_t* out) {
  const int32_t w_row = p.kernel_w * p.in_c;    // weights of one kernel row
  const int32_t w_step = p.kernel_h * w_row;    // weights of one output channel
  const bool whole_rows = p.dilation_w == 1;    // a kernel row is one run; else each tap is one
  const int32_t fours = p.out_c - p.out_c % 4;  // channels done four at a time
  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* image = in + n * p.in_h * p.in_w * p.in_c;
    for (int32_t y = 0; y < p.out_h; ++y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      const TapRange rows = taps_inside(top, p.kernel_h, p.dilation_h, p.in_h);
      for (int32_t x = 0; x < p.out_w; ++x) {
        const int32_t left = x * p.stride_w - p.pad_left;
        const TapRange columns = taps_inside(left, p.kernel_w, p.dilation_w, p.in_w);
        const int32_t run = (whole_rows ? columns.end - columns.begin : 1) * p.in_c;
        const int32_t column_step = whole_rows ? p.kernel_w : 1;

        for (int32_t o = 0; o < fours; o += 4) {
          FourSums sums = {0, 0, 0, 0};
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int8_t* in_row = image + (top + ky * p.dilation_h) * p.in_w * p.in_c;
            const Rom<int8_t> w = weights + (o * w_step + ky * w_row);
            for (int32_t kx = columns.begin; kx < columns.end; kx += column_step) {
              add_products_of_four(in_row + (left + kx * p.dilation_w) * p.in_c, p.in_zero_point,
                                   w + kx * p.in_c, w_step, run, sums);
            }
          }
          if (bias) {
            sums.a += bias[o];
            sums.b += bias[o + 1];
            sums.c += bias[o + 2];
            sums.d += bias[o + 3];
          }
          const int32_t a = requantize(sums.a, multiplier[o], shift[o]) + p.out_zero_point;
          const int32_t b = requantize(sums.b, multiplier[o + 1], shift[o + 1]) + p.out_zero_point;
          const int32_t c = requantize(sums.c, multiplier[o + 2], shift[o + 2]) + p.out_zero_point;
          const int32_t d = requantize(sums.d, multiplier[o + 3], shift[o + 3]) + p.out_zero_point;
          out[0] = (int8_t)clamp(a, p.act_min, p.act_max);
          out[1] = (int8_t)clamp(b, p.act_min, p.act_max);
          out[2] = (int8_t)clamp(c, p.act_min, p.act_max);
          out[3] = (int8_t)clamp(d, p.act_min, p.act_max);
          out += 4;
        }
        for (int32_t o = fours; o < p.out_c; ++o) {
          int32_t sum = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int8_t* in_row = image + (top + ky * p.dilation_h) * p.in_w * p.in_c;
            const Rom<int8_t> w = weights + (o * w_step + ky * w_row);
            for (int32_t kx = columns.begin; kx < columns.end; kx += column_step) {
              sum += sum_of_products(in_row + (left + kx * p.dilation_w) * p.in_c, p.in_zero_point,
                                     w + kx * p.in_c, run);
            }
          }
          if (bias) sum += bias[o];
          const int32_t scaled = requantize(sum, multiplier[o], shift[o]) + p.out_zero_point;
          *out++ = (int8_t)clamp(scaled, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
