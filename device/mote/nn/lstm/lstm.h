// lstm: contract and parameters of one layer over a sequence.  The references are lstm_f32.h and lstm_int.h.
//
// At each step, for each unit u, with x the step's input, h the hidden state before the step, c the cell state:
//   gate_g = bias_g[u] + Σ_i x[i] · w_in[g, u, i] + Σ_j h[j] · w_hidden[g, u, j]     g: input, forget, cell, output
//   c[u] ← limit( σ(gate_forget) · c[u] + σ(gate_input) · tanh(gate_cell) )
//   out[u] = tanh(c[u]) · σ(gate_output),  and out becomes h for the next step
// Source: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory", with the forget gate of Gers et al. 2000; no peepholes,
// no projection, no layer normalisation, as in TFLM's UNIDIRECTIONAL_SEQUENCE_LSTM.
#ifndef MOTE_NN_LSTM_LSTM_H
#define MOTE_NN_LSTM_LSTM_H

#include "mote/base/fp_exact.h"

#include "mote/base/params.h"
#include "mote/base/port.h"

// Weights of the four gates lie behind one another, in this order: input, forget, cell, output.
#define MOTE_LSTM_GATES 4

// Element (n, t) of a sequence starts at n·batch_step + t·time_step: batch or time may be the outer one.
#define MOTE_LSTM_GEOMETRY(FIELD) \
  FIELD(int32_t, batches)         \
  FIELD(int32_t, steps)           \
  FIELD(int32_t, inputs)          \
  FIELD(int32_t, units)           \
  FIELD(int32_t, in_batch_step)   \
  FIELD(int32_t, in_time_step)    \
  FIELD(int32_t, out_batch_step)  \
  FIELD(int32_t, out_time_step)

#define MOTE_LSTM_INT_FIELDS(FIELD)                                                                     \
  MOTE_LSTM_GEOMETRY(FIELD)                                                                             \
  FIELD(int32_t, in_zero_point)                                                                         \
  FIELD(int32_t, hidden_zero_point) /* the output's, too */                                             \
  FIELD(int32_t, forget_multiplier) /* from Q0.15 times the cell's scale to the cell's scale */         \
  FIELD(int32_t, forget_shift)                                                                          \
  FIELD(int32_t, input_multiplier) /* from Q0.30 to the cell's scale */                                 \
  FIELD(int32_t, input_shift)                                                                           \
  FIELD(int32_t, output_multiplier) /* from Q0.30 to the hidden state's scale */                        \
  FIELD(int32_t, output_shift)                                                                          \
  FIELD(int32_t, cell_limit)      /* 0 … 32768: none */                                               \
  FIELD(int32_t, tanh_multiplier) /* from the cell's scale to units of 1/12288, then to the right by */ \
  FIELD(int32_t, tanh_shift)      /* 0 … 15 */

#define MOTE_LSTM_F32_FIELDS(FIELD) \
  MOTE_LSTM_GEOMETRY(FIELD)         \
  FIELD(float, cell_limit) /* FLT_MAX: none */

namespace mote {
MOTE_PARAMS(LstmIntParams, MOTE_LSTM_INT_FIELDS)
MOTE_PARAMS(LstmF32Params, MOTE_LSTM_F32_FIELDS)
}  // namespace mote

#endif
