// depthwise_conv2d_s8_direct: the same bytes as depthwise_conv2d_s8 without a bounds test in the inner loop, four
// channels at a time.  Portable C++11; for cores without SIMD instructions, and the twin of variants that use them.
//
// Each pixel walks only the taps inside the image.  With depth_multiplier 1, four neighbouring channels share
// the walk: their inputs are neighbours and so are their weights.  Where no window reaches over the edge the
// host folds the zero point into the bias and passes in_zero_point 0.
//
// Instructions a MAC (padding counted as MACs), Cortex-M4 under QEMU 7.2, arm-none-eabi-gcc 12 -O2, parameters
// constant; the reference's in brackets:
//   3×3, 64 channels, 25×5, same padding   10.28 (20.53)     of these about 5 requantize
// With -Os 12.07.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DIRECT_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_DIRECT_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"

namespace mote {

// Layouts and ranges as depthwise_conv2d_s8.  in and out may overlap as those of depthwise_conv2d_s8:
// channels o … o+3 are written after all taps of these channels have been read.
MOTE_KERNEL void depthwise_conv2d_s8_direct(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                            Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                            Rom<int8_t> shift, int8_t* out) {
  const int32_t zero_point = p.in_zero_point;
  const int32_t in_step = p.dilation_w * p.in_c;  // from tap to tap
  const int32_t fours = p.depth_multiplier == 1 ? p.out_c - p.out_c % 4 : 0;
  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* image = in + n * p.in_h * p.in_w * p.in_c;
    for (int32_t y = 0; y < p.out_h; ++y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      const TapRange rows = taps_inside(top, p.kernel_h, p.dilation_h, p.in_h);
      for (int32_t x = 0; x < p.out_w; ++x) {
        const int32_t left = x * p.stride_w - p.pad_left;
        const TapRange columns = taps_inside(left, p.kernel_w, p.dilation_w, p.in_w);

        for (int32_t o = 0; o < fours; o += 4) {
          int32_t a = 0, b = 0, c = 0, d = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int32_t iy = top + ky * p.dilation_h, ix = left + columns.begin * p.dilation_w;
            const int8_t* v = image + (iy * p.in_w + ix) * p.in_c + o;
            Rom<int8_t> w = weights + ((ky * p.kernel_w + columns.begin) * p.out_c + o);
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              a += (v[0] - zero_point) * w[0];
              b += (v[1] - zero_point) * w[1];
              c += (v[2] - zero_point) * w[2];
              d += (v[3] - zero_point) * w[3];
              v += in_step;
              w = w + p.out_c;
            }
          }
          if (bias) {
            a += bias[o];
            b += bias[o + 1];
            c += bias[o + 2];
            d += bias[o + 3];
          }
          a = requantize(a, multiplier[o], shift[o]) + p.out_zero_point;
          b = requantize(b, multiplier[o + 1], shift[o + 1]) + p.out_zero_point;
          c = requantize(c, multiplier[o + 2], shift[o + 2]) + p.out_zero_point;
          d = requantize(d, multiplier[o + 3], shift[o + 3]) + p.out_zero_point;
          out[0] = (int8_t)clamp(a, p.act_min, p.act_max);
          out[1] = (int8_t)clamp(b, p.act_min, p.act_max);
          out[2] = (int8_t)clamp(c, p.act_min, p.act_max);
          out[3] = (int8_t)clamp(d, p.act_min, p.act_max);
          out += 4;
        }
        for (int32_t o = fours; o < p.out_c; ++o) {
          int32_t sum = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int32_t iy = top + ky * p.dilation_h, ix = left + columns.begin * p.dilation_w;
            const int8_t* v = image + (iy * p.in_w + ix) * p.in_c + o / p.depth_multiplier;
            Rom<int8_t> w = weights + ((ky * p.kernel_w + columns.begin) * p.out_c + o);
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              sum += (*v - zero_point) * w[0];
              v += in_step;
              w = w + p.out_c;
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
