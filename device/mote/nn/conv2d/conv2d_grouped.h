// The sum of a convolution whose channels form groups: output channel o reads the in_c / groups input channels of its
// own group alone.  conv2d_grouped_s8, conv2d_grouped_f32 and the conv2d_s16 kernels are made of it.
#ifndef MOTE_NN_CONV2D_CONV2D_GROUPED_H
#define MOTE_NN_CONV2D_CONV2D_GROUPED_H

#include "mote/base/fp_exact.h"

#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote {

// Σ_{ky, kx, i} (in[n, iy, ix, first + i] − in_zero_point) · w[o, ky, kx, i] over the taps inside the image.
// Value computes a product (int32_t or float), Sum adds them: uint32_t or uint64_t, which may wrap, or float.
// weights [out_c, kernel_h, kernel_w, in_c / groups]
template <class Sum, class Value, class Params, class In, class Weight>
MOTE_KERNEL Sum conv2d_grouped_sum(const Params& p, Value in_zero_point, const In* in, Rom<Weight> weights,
                                   int32_t n, int32_t y, int32_t x, int32_t o) {
  const int32_t depth = p.in_c / p.groups;
  const int32_t first = o / (p.out_c / p.groups) * depth;
  Sum sum = 0;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t iy = y * p.stride_h - p.pad_top + ky * p.dilation_h;
    if (iy < 0 || iy >= p.in_h) continue;
    for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
      const int32_t ix = x * p.stride_w - p.pad_left + kx * p.dilation_w;
      if (ix < 0 || ix >= p.in_w) continue;
      for (int32_t i = 0; i < depth; ++i) {
        const Value value = (Value)in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + first + i] - in_zero_point;
        const Value weight = (Value)weights[((o * p.kernel_h + ky) * p.kernel_w + kx) * depth + i];
        sum += (Sum)(value * weight);
      }
    }
  }
  return sum;
}

}  // namespace mote

#endif
