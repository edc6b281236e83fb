// depthwise_conv2d_s8_backward: the same bytes as depthwise_conv2d_s8, computed from the last pixel to the first, with depth_multiplier 1.
//
// Its output may lie over its input, a little above it, where other variants' may lie a little below: a chain of such
// layers that takes turns stays where it is in memory instead of wandering.  Instructions as depthwise_conv2d_s8_direct.
#ifndef MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_BACKWARD_H
#define MOTE_NN_DEPTHWISE_CONV2D_DEPTHWISE_CONV2D_S8_BACKWARD_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"

namespace mote {

// Layouts and ranges as depthwise_conv2d_s8.  Pixels and, within one, channels go downwards: when channels o … o+3 of a pixel
// are written, channels below o of its window and the windows of the pixels before it are still to be read.
MOTE_KERNEL void depthwise_conv2d_s8_backward(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                              Rom<int8_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                              Rom<int8_t> shift, int8_t* out) {
  const int32_t zero_point = p.in_zero_point;
  const int32_t in_step = p.dilation_w * p.in_c;  // from tap to tap
  const int32_t fours = p.out_c - p.out_c % 4;
  out += p.batches * p.out_h * p.out_w * p.out_c;
  for (int32_t n = p.batches - 1; n >= 0; --n) {
    const int8_t* image = in + n * p.in_h * p.in_w * p.in_c;
    for (int32_t y = p.out_h - 1; y >= 0; --y) {
      const int32_t top = y * p.stride_h - p.pad_top;
      const TapRange rows = taps_inside(top, p.kernel_h, p.dilation_h, p.in_h);
      for (int32_t x = p.out_w - 1; x >= 0; --x) {
        const int32_t left = x * p.stride_w - p.pad_left;
        const TapRange columns = taps_inside(left, p.kernel_w, p.dilation_w, p.in_w);
        const int32_t first = left + columns.begin * p.dilation_w;
        out -= p.out_c;

        for (int32_t o = p.out_c - 1; o >= fours; --o) {
          int32_t sum = bias ? bias[o] : 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int8_t* v = image + ((top + ky * p.dilation_h) * p.in_w + first) * p.in_c + o;
            Rom<int8_t> w = weights + ((ky * p.kernel_w + columns.begin) * p.out_c + o);
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              sum += (*v - zero_point) * w[0];
              v += in_step;
              w = w + p.out_c;
            }
          }
          const int32_t scaled = requantize(sum, multiplier[o], shift[o]) + p.out_zero_point;
          out[o] = (int8_t)clamp(scaled, p.act_min, p.act_max);
        }
        for (int32_t o = fours - 4; o >= 0; o -= 4) {
          int32_t a = 0, b = 0, c = 0, d = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int8_t* v = image + ((top + ky * p.dilation_h) * p.in_w + first) * p.in_c + o;
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
          out[o] = (int8_t)clamp(a, p.act_min, p.act_max);
          out[o + 1] = (int8_t)clamp(b, p.act_min, p.act_max);
          out[o + 2] = (int8_t)clamp(c, p.act_min, p.act_max);
          out[o + 3] = (int8_t)clamp(d, p.act_min, p.act_max);
        }
      }
    }
  }
}

}  // namespace mote

#endif
