// depthwise_conv2d_s8_pairs: the same bytes as depthwise_conv2d_s8, two channels at a time; for AVR.
//
// As conv2d_s8_pairs: a window that reaches over the edge is copied to scratch, with the zero point outside the image.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_PAIRS_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_PAIRS_H

#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/dot/dot_pairs.h"

namespace mote {

// Layouts and ranges as depthwise_conv2d_s8, but: depth_multiplier 1; an even number of channels; at most 255 taps; weights
// [out_c / 2; kernel_h, kernel_w; 2]; sums below 2^29, shifts −31 … −1; bias less the zero point times the weights; scratch kernel_h·kernel_w·in_c bytes where a
// window may reach over the edge.  Two channels are written after all their taps have been read.
MOTE_KERNEL void depthwise_conv2d_s8_pairs(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                           Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                           Rom<int8_t> shift, int8_t* out, void* scratch) {
  int8_t* copied = (int8_t*)scratch;
  const int32_t taps = p.kernel_h * p.kernel_w, channels = p.in_c;
  const int32_t line = p.dilation_h * p.in_w * channels, column = p.dilation_w * channels;
  const bool upright = p.kernel_w == 1;  // then the rows are one run
  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* image = in + n * p.in_h * p.in_w * channels;
    for (int32_t y = 0; y < p.out_h; ++y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      const bool rows_inside = top >= 0 && top + (p.kernel_h - 1) * p.dilation_h < p.in_h;
      for (int32_t x = 0; x < p.out_w; ++x) {
        const int32_t left = x * p.stride_w - p.pad_left;
        const bool inside = rows_inside && left >= 0 && left + (p.kernel_w - 1) * p.dilation_w < p.in_w;
        if (!inside) {
          int8_t* to = copied;
          for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
            const int32_t iy = top + ky * p.dilation_h;
            for (int32_t kx = 0; kx < p.kernel_w; ++kx, to += channels) {
              const int32_t ix = left + kx * p.dilation_w;
              if (iy < 0 || iy >= p.in_h || ix < 0 || ix >= p.in_w)
                memset(to, p.in_zero_point, (size_t)channels);
              else
                memcpy(to, image + (iy * p.in_w + ix) * channels, (size_t)channels);
            }
          }
        }
        const int8_t* first = inside ? image + (top * p.in_w + left) * channels : copied;
        const int32_t runs = inside && !upright ? p.kernel_h : 1, run = taps / runs;
        const int32_t step = !inside ? channels : upright ? line : column;
        Rom<int8_t> w = weights;
        for (int32_t o = 0; o < channels; o += 2) {
          PairOfSums sums = {bias[o], bias[o + 1]};
          const int8_t* at = first + o;
          for (int32_t r = 0; r < runs; ++r, at += line) {
            add_pairs_of_channels(at, step, w, run, sums);
            w = w + 2 * run;
          }
          const int32_t a = requantize_by_bytes(sums.a, multiplier[o], (int8_t)-shift[o]) + p.out_zero_point;
          const int32_t b =
              requantize_by_bytes(sums.b, multiplier[o + 1], (int8_t)-shift[o + 1]) + p.out_zero_point;
          out[0] = (int8_t)clamp(a, p.act_min, p.act_max);
          out[1] = (int8_t)clamp(b, p.act_min, p.act_max);
          out += 2;
        }
      }
    }
  }
}

}  // namespace mote

#endif
