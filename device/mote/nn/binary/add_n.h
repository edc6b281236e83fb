// add_n_s8, add_n_f32, the references: ADD_N, the sum of up to sixteen tensors of one shape.
#ifndef MOTE_NN_BINARY_ADD_N_H
#define MOTE_NN_BINARY_ADD_N_H

#include "mote/base/fp_exact.h"

#include "mote/base/fixed.h"
#include "mote/base/fmath.h"
#include "mote/nn/binary/binary.h"

#define MOTE_ADD_N_S8_FIELDS(FIELD)                                                       \
  FIELD(int32_t, count)         /* elements of each */                                    \
  FIELD(int32_t, inputs)        /* 1 … 16; the other pointers are not read */           \
  FIELD(int32_t, in_zero_point) /* of all inputs, which share their scale */              \
  FIELD(int32_t, out_zero_point)                                                          \
  FIELD(int32_t, multiplier) /* Q31, of half the input's scale / 2^20 / output's scale */ \
  FIELD(int32_t, shift)      /* ≤ 0 */

#define MOTE_ADD_N_F32_FIELDS(FIELD) \
  FIELD(int32_t, count)              \
  FIELD(int32_t, inputs)

namespace mote {
MOTE_PARAMS(AddNS8Params, MOTE_ADD_N_S8_FIELDS)
MOTE_PARAMS(AddNF32Params, MOTE_ADD_N_F32_FIELDS)

// sum = Σ_j (in_j[i] − in_zero_point) − in_zero_point, for TFLM begins with a quantized 0 instead of a real one
// out[i] = clamp( requantize( sum · 2^19, multiplier, shift ) + out_zero_point )
//
// TFLM scales each term by 2^20 and 1/2, which is 2^19 exactly.  |sum| ≤ 16·255 + 128 < 2^12: no overflow.
// out may lie over or below an input (element i of all is read before it is written).
MOTE_KERNEL void add_n_s8(const AddNS8Params& p, const int8_t* in0, const int8_t* in1, const int8_t* in2,
                          const int8_t* in3, const int8_t* in4, const int8_t* in5, const int8_t* in6,
                          const int8_t* in7, const int8_t* in8, const int8_t* in9, const int8_t* in10,
                          const int8_t* in11, const int8_t* in12, const int8_t* in13, const int8_t* in14,
                          const int8_t* in15, int8_t* out) {
  const int8_t* const in[] = {in0, in1, in2,  in3,  in4,  in5,  in6,  in7,
                              in8, in9, in10, in11, in12, in13, in14, in15};
  for (int32_t i = 0; i < p.count; ++i) {
    int32_t sum = -p.in_zero_point;
    for (int32_t j = 0; j < p.inputs; ++j) sum += (int32_t)in[j][i] - p.in_zero_point;
    const int32_t scaled = requantize(sum * ((int32_t)1 << 19), p.multiplier, p.shift);
    out[i] = (int8_t)clamp(wrapping_add(scaled, p.out_zero_point), -128, 127);
  }
}

// out[i] = ((0 + in0[i]) + in1[i]) + …; a NaN is written as the canonical one.
// out may lie over or below an input (element i of all is read before it is written).
MOTE_KERNEL void add_n_f32(const AddNF32Params& p, const float* in0, const float* in1, const float* in2,
                           const float* in3, const float* in4, const float* in5, const float* in6,
                           const float* in7, const float* in8, const float* in9, const float* in10,
                           const float* in11, const float* in12, const float* in13, const float* in14,
                           const float* in15, float* out) {
  const float* const in[] = {in0, in1, in2,  in3,  in4,  in5,  in6,  in7,
                             in8, in9, in10, in11, in12, in13, in14, in15};
  for (int32_t i = 0; i < p.count; ++i) {
    float sum = 0.0f;
    for (int32_t j = 0; j < p.inputs; ++j) sum += in[j][i];
    out[i] = canonical(sum);
  }
}

}  // namespace mote

#endif
