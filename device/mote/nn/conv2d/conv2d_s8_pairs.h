// conv2d_s8_pairs: the same bytes as conv2d_s8, two output channels at a time; for AVR.
//
// A window inside the image is a run of bytes for each kernel row; any other is copied to scratch first, with the zero point
// where it reaches over the edge, so that the host can always fold the zero point into the bias.
#ifndef MOTE_NN_CONV2D_CONV2D_S8_PAIRS_H
#define MOTE_NN_CONV2D_CONV2D_S8_PAIRS_H

#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/dot/dot_pairs.h"

namespace mote {

// The window at (top, left) as [kernel_h, kernel_w, in_c].
MOTE_KERNEL void copy_window(const Conv2dS8Params& p, const int8_t* image, int32_t top, int32_t left,
                             int8_t* to) {
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t y = top + ky * p.dilation_h;
    for (int32_t kx = 0; kx < p.kernel_w; ++kx, to += p.in_c) {
      const int32_t x = left + kx * p.dilation_w;
      if (y < 0 || y >= p.in_h || x < 0 || x >= p.in_w)
        memset(to, p.in_zero_point, (size_t)p.in_c);
      else
        memcpy(to, image + (y * p.in_w + x) * p.in_c, (size_t)p.in_c);
    }
  }
}

// Layouts and ranges as conv2d_s8, but: weights [out_c / 2, rounded up; kernel_h, kernel_w, in_c; 2]; sums below 2^29, shifts −31 … −1; bias less the zero point
// times the weights; scratch kernel_h·kernel_w·in_c bytes where a window may reach over the edge or is dilated in width.
MOTE_KERNEL void conv2d_s8_pairs(const Conv2dS8Params& p, const int8_t* in, Rom<int8_t> weights,
                                 Rom<int32_t> bias, Rom<int32_t> multiplier, Rom<int8_t> shift, int8_t* out,
                                 void* scratch) {
  int8_t* window = (int8_t*)scratch;
  const int32_t row = p.kernel_w * p.in_c;
  const bool dense = p.dilation_w == 1 || p.kernel_w == 1;
  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* image = in + n * p.in_h * p.in_w * p.in_c;
    for (int32_t y = 0; y < p.out_h; ++y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      const bool rows_inside = top >= 0 && top + (p.kernel_h - 1) * p.dilation_h < p.in_h;
      for (int32_t x = 0; x < p.out_w; ++x) {
        const int32_t left = x * p.stride_w - p.pad_left;
        const bool inside = dense && rows_inside && left >= 0 && left + p.kernel_w - 1 < p.in_w;
        if (!inside) copy_window(p, image, top, left, window);
        const int8_t* first = inside ? image + (top * p.in_w + left) * p.in_c : window;
        const int32_t runs = inside ? p.kernel_h : 1, run = inside ? row : p.kernel_h * row;
        const int32_t step = p.dilation_h * p.in_w * p.in_c;
        Rom<int8_t> w = weights;
        for (int32_t o = 0; o < p.out_c; o += 2) {
          PairOfSums sums = {bias[o], o + 1 < p.out_c ? bias[o + 1] : 0};
          for (int32_t r = 0; r < runs; ++r) {
            add_pairs_of_outputs(first + r * step, w, run, sums);
            w = w + 2 * run;
          }
          const int32_t a = requantize_by_bytes(sums.a, multiplier[o], (int8_t)-shift[o]) + p.out_zero_point;
          *out++ = (int8_t)clamp(a, p.act_min, p.act_max);
          if (o + 1 == p.out_c) break;
          const int32_t b =
              requantize_by_bytes(sums.b, multiplier[o + 1], (int8_t)-shift[o + 1]) + p.out_zero_point;
          *out++ = (int8_t)clamp(b, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
