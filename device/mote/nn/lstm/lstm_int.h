// lstm_s8 and lstm_s16, the references.  Arithmetic of TFLM's UNIDIRECTIONAL_SEQUENCE_LSTM: activations s8 or s16, weights s8,
// gates in Q3.12 before and Q0.15 after their function, the cell state s16 of a scale that is a power of two.
#ifndef MOTE_NN_LSTM_LSTM_INT_H
#define MOTE_NN_LSTM_LSTM_INT_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/lookup/lookup.h"
#include "mote/nn/lstm/lstm.h"

namespace mote {

MOTE_KERNEL int32_t saturate_s16(int32_t x) { return clamp(x, -32768, 32767); }

// Σ_i (values[i] − zero_point) · weights[i] + bias, brought to Q3.12.
template <class Sum, class T>
MOTE_KERNEL int32_t lstm_half_gate(const T* values, int32_t count, int32_t zero_point, Rom<int8_t> weights,
                                   Sum bias, int32_t multiplier, int32_t shift) {
  Sum sum = bias;
  for (int32_t i = 0; i < count; ++i) sum += (Sum)(((int32_t)values[i] - zero_point) * weights[i]);
  return saturate_s16(requantize_sum(sum, multiplier, shift));
}

// multiplier, shift [8]: of gate g from the input at 2g, from the hidden state at 2g + 1.
template <class Sum, class Bias, class T>
MOTE_KERNEL void lstm_int(const LstmIntParams& p, const T* in, Rom<int8_t> weights_in,
                          Rom<int8_t> weights_hidden, Rom<Bias> bias, Rom<int32_t> multiplier,
                          Rom<int8_t> shift, Rom<int16_t> sigmoid, T* hidden, int16_t* cell, T* out) {
  const int32_t highest = sizeof(T) == 1 ? 127 : 32767;
  const int32_t tanh_rounding = p.tanh_shift > 0 ? (int32_t)1 << (p.tanh_shift - 1) : 0;
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t t = 0; t < p.steps; ++t) {
      const T* x = in + n * p.in_batch_step + t * p.in_time_step;
      T* y = out + n * p.out_batch_step + t * p.out_time_step;
      for (int32_t u = 0; u < p.units; ++u) {
        int32_t gates[MOTE_LSTM_GATES];  // Q0.15
        for (int32_t g = 0; g < MOTE_LSTM_GATES; ++g) {
          const int32_t row = g * p.units + u;
          const int32_t from_in =
              lstm_half_gate<Sum>(x, p.inputs, p.in_zero_point, weights_in + row * p.inputs, (Sum)bias[row],
                                  multiplier[2 * g], shift[2 * g]);
          const int32_t from_hidden =
              lstm_half_gate<Sum>(hidden, p.units, p.hidden_zero_point, weights_hidden + row * p.units,
                                  (Sum)0, multiplier[2 * g + 1], shift[2 * g + 1]);
          const int32_t q12 = saturate_s16(from_in + from_hidden);
          gates[g] = g == 2 ? tanh_q15(3 * q12, sigmoid) : logistic_q15(3 * q12, sigmoid);
        }
        const int32_t kept =
            saturate_s16(requantize(gates[1] * cell[u], p.forget_multiplier, p.forget_shift));
        const int32_t added =
            saturate_s16(requantize(gates[0] * gates[2], p.input_multiplier, p.input_shift));
        const int32_t c = clamp(saturate_s16(kept + added), -p.cell_limit, p.cell_limit);
        cell[u] = (int16_t)c;
        const int32_t squashed = tanh_q15((c * p.tanh_multiplier + tanh_rounding) >> p.tanh_shift, sigmoid);
        y[u] = (T)offset_clamp(requantize(squashed * gates[3], p.output_multiplier, p.output_shift),
                               p.hidden_zero_point, -highest - 1, highest);
      }
      for (int32_t u = 0; u < p.units; ++u) hidden[u] = y[u];
    }
    hidden += p.units;
    cell += p.units;
  }
}

// in              [batches, steps, inputs] s8 by its steps
// weights_in      [4, units, inputs] s8, symmetric     weights_hidden [4, units, units] s8, symmetric
// bias            [4, units] s32
// multiplier      [8] s32 and
// shift           [8] s8
// sigmoid         [256]: the table of logistic_q15
// hidden          [batches, units] s8 and cell [batches, units] s16, read and written
// out             [batches, steps, units] s8 by its steps.  Nothing overlaps.  Sums are of 32 bits and wrap.
MOTE_KERNEL void lstm_s8(const LstmIntParams& p, const int8_t* in, Rom<int8_t> weights_in,
                         Rom<int8_t> weights_hidden, Rom<int32_t> bias, Rom<int32_t> multiplier,
                         Rom<int8_t> shift, Rom<int16_t> sigmoid, int8_t* hidden, int16_t* cell,
                         int8_t* out) {
  lstm_int<uint32_t, int32_t>(p, in, weights_in, weights_hidden, bias, multiplier, shift, sigmoid, hidden,
                              cell, out);
}

// The same on s16 activations, with bias s64 and sums of 64 bits.
MOTE_KERNEL void lstm_s16(const LstmIntParams& p, const int16_t* in, Rom<int8_t> weights_in,
                          Rom<int8_t> weights_hidden, Rom<int64_t> bias, Rom<int32_t> multiplier,
                          Rom<int8_t> shift, Rom<int16_t> sigmoid, int16_t* hidden, int16_t* cell,
                          int16_t* out) {
  lstm_int<uint64_t, int64_t>(p, in, weights_in, weights_hidden, bias, multiplier, shift, sigmoid, hidden,
                              cell, out);
}

}  // namespace mote

#endif
