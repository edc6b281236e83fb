// transpose_conv: contract, parameters, and the sum that all its kernels share.
// The references are transpose_conv_s8.h, transpose_conv_s16.h and transpose_conv_f32.h.
//
//   out[n, y, x, o] = activation( bias[o] + Σ_{iy, ix, i} in[n, iy, ix, i] · w[o, ky, kx, i] )
//   ky = y + pad_top − iy·stride_h in [0, kernel_h),   kx = x + pad_left − ix·stride_w in [0, kernel_w)
//
// Each input pixel spreads over the kernel's footprint; written by output pixel, so that no buffer of sums is needed.
// Input pixels come in rising order, which is the order of TFLM's scattering loops: floats agree in every bit.
#ifndef MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_H
#define MOTE_NN_TRANSPOSE_CONV_TRANSPOSE_CONV_H

#include "mote/base/fp_exact.h"

#include "mote/base/params.h"
#include "mote/base/rom.h"

#define MOTE_TRANSPOSE_CONV_GEOMETRY(FIELD)                    \
  FIELD(int32_t, batches)                                      \
  FIELD(int32_t, in_h)                                         \
  FIELD(int32_t, in_w)                                         \
  FIELD(int32_t, in_c)                                         \
  FIELD(int32_t, out_h)                                        \
  FIELD(int32_t, out_w)                                        \
  FIELD(int32_t, out_c)                                        \
  FIELD(int32_t, kernel_h)                                     \
  FIELD(int32_t, kernel_w)                                     \
  FIELD(int32_t, stride_h)                                     \
  FIELD(int32_t, stride_w)                                     \
  FIELD(int32_t, pad_top) /* rows cut off the output; ≥ 0 */ \
  FIELD(int32_t, pad_left)

#define MOTE_TRANSPOSE_CONV_S8_FIELDS(FIELD)                          \
  MOTE_TRANSPOSE_CONV_GEOMETRY(FIELD)                                 \
  FIELD(int32_t, in_zero_point)  /* −128 … 127 */                 \
  FIELD(int32_t, out_zero_point) /* −128 … 127 */                 \
  FIELD(int32_t, act_min)        /* −128 ≤ act_min ≤ act_max */ \
  FIELD(int32_t, act_max)

#define MOTE_TRANSPOSE_CONV_S16_FIELDS(FIELD)                              \
  MOTE_TRANSPOSE_CONV_GEOMETRY(FIELD)                                      \
  FIELD(int32_t, act_min) /* −32768 ≤ act_min ≤ act_max ≤ 32767 */ \
  FIELD(int32_t, act_max)

#define MOTE_TRANSPOSE_CONV_F32_FIELDS(FIELD)         \
  MOTE_TRANSPOSE_CONV_GEOMETRY(FIELD)                 \
  FIELD(float, act_min) /* −FLT_MAX: not limited */ \
  FIELD(float, act_max)

namespace mote {

MOTE_PARAMS(TransposeConvS8Params, MOTE_TRANSPOSE_CONV_S8_FIELDS)
MOTE_PARAMS(TransposeConvS16Params, MOTE_TRANSPOSE_CONV_S16_FIELDS)
MOTE_PARAMS(TransposeConvF32Params, MOTE_TRANSPOSE_CONV_F32_FIELDS)

// Input positions [begin, end) whose footprint covers output position `at`, the padding counted: 0 ≤ at − i·stride < kernel.
struct Covering {
  int32_t begin, end;
};
MOTE_KERNEL Covering covering(int32_t at, int32_t kernel, int32_t stride, int32_t extent) {
  Covering inputs;
  inputs.begin = at < kernel ? 0 : (at - kernel) / stride + 1;
  inputs.end = at / stride + 1;
  if (inputs.end > extent) inputs.end = extent;
  return inputs;
}

// Σ (in[n, iy, ix, i] − in_zero_point) · w[o, ky, kx, i].  Value computes a product (int32_t or float), Sum adds them.
// weights [out_c, kernel_h, kernel_w, in_c]
template <class Sum, class Value, class Params, class In, class Weight>
MOTE_KERNEL Sum transpose_conv_sum(const Params& p, Value in_zero_point, const In* in, Rom<Weight> weights,
                                   int32_t n, int32_t y, int32_t x, int32_t o) {
  const Covering rows = covering(y + p.pad_top, p.kernel_h, p.stride_h, p.in_h);
  const Covering columns = covering(x + p.pad_left, p.kernel_w, p.stride_w, p.in_w);
  Sum sum = 0;
  for (int32_t iy = rows.begin; iy < rows.end; ++iy) {
    const int32_t ky = y + p.pad_top - iy * p.stride_h;
    for (int32_t ix = columns.begin; ix < columns.end; ++ix) {
      const int32_t kx = x + p.pad_left - ix * p.stride_w;
      for (int32_t i = 0; i < p.in_c; ++i) {
        const Value value = (Value)in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + i] - in_zero_point;
        const Value weight = (Value)weights[((o * p.kernel_h + ky) * p.kernel_w + kx) * p.in_c + i];
        sum += (Sum)(value * weight);
      }
    }
  }
  return sum;
}

}  // namespace mote

#endif
