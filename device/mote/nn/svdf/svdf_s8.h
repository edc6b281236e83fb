// svdf_s8 and svdf_s8_state8, the references.  Arithmetic of TFLM's SVDF int8, with the memory in s16 or in s8.
#ifndef MOTE_NN_SVDF_SVDF_S8_H
#define MOTE_NN_SVDF_SVDF_S8_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/svdf/svdf.h"

namespace mote {

template <class State>
MOTE_KERNEL void svdf_s8_of(const SvdfS8Params& p, const int8_t* in, Rom<int8_t> weights_feature,
                            Rom<State> weights_time, Rom<int32_t> bias, State* state, int8_t* out) {
  const int32_t highest = sizeof(State) == 1 ? 127 : 32767;
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t u = 0; u < p.units; ++u) {
      uint32_t sum = 0;
      if (bias) sum = (uint32_t)bias[u];
      for (int32_t f = u * p.rank; f < (u + 1) * p.rank; ++f) {
        uint32_t newest = 0;
        for (int32_t i = 0; i < p.in_count; ++i) {
          newest += (uint32_t)(((int32_t)in[i] - p.in_zero_point) * weights_feature[f * p.in_count + i]);
        }
        const int32_t scaled = requantize_sum(newest, p.state_multiplier, p.state_shift);
        forget_oldest(state, p.memory);
        state[p.memory - 1] = (State)offset_clamp(scaled, p.state_zero_point, -highest - 1, highest);
        for (int32_t m = 0; m < p.memory; ++m) {
          sum += (uint32_t)(((int32_t)state[m] - p.state_zero_point) * weights_time[f * p.memory + m]);
        }
        state += p.memory;
      }
      const int32_t scaled = requantize_sum(sum, p.out_multiplier, p.out_shift);
      *out++ = (int8_t)offset_clamp(scaled, p.out_zero_point, -128, 127);
    }
    in += p.in_count;
  }
}

// in               [N, in_count] s8
// weights_feature  [units·rank, in_count] s8, symmetric
// weights_time     [units·rank, memory] s16, symmetric
// bias             [units] s32, or null
// state            [N, units·rank, memory] s16 of zero point 0, read and written
// out              [N, units] s8.  Nothing overlaps.  Sums are of 32 bits and wrap; a ReLU is the output's range.
MOTE_KERNEL void svdf_s8(const SvdfS8Params& p, const int8_t* in, Rom<int8_t> weights_feature,
                         Rom<int16_t> weights_time, Rom<int32_t> bias, int16_t* state, int8_t* out) {
  svdf_s8_of(p, in, weights_feature, weights_time, bias, state, out);
}

// The same with weights_time and state in s8, the state with a zero point.
MOTE_KERNEL void svdf_s8_state8(const SvdfS8Params& p, const int8_t* in, Rom<int8_t> weights_feature,
                                Rom<int8_t> weights_time, Rom<int32_t> bias, int8_t* state, int8_t* out) {
  svdf_s8_of(p, in, weights_feature, weights_time, bias, state, out);
}

}  // namespace mote

#endif
