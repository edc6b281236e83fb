// lstm_f32, the reference.
#ifndef MOTE_NN_LSTM_LSTM_F32_H
#define MOTE_NN_LSTM_LSTM_F32_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/rom.h"
#include "mote/nn/lstm/lstm.h"

namespace mote {

MOTE_KERNEL float lstm_gate_f32(const LstmF32Params& p, int32_t gate, int32_t unit, const float* x,
                                const float* hidden, Rom<float> weights_in, Rom<float> weights_hidden,
                                Rom<float> bias) {
  const int32_t row = gate * p.units + unit;
  float from_in = 0.0f, from_hidden = 0.0f;
  for (int32_t i = 0; i < p.inputs; ++i) from_in += x[i] * weights_in[row * p.inputs + i];
  from_in += bias[row];
  for (int32_t j = 0; j < p.units; ++j) from_hidden += hidden[j] * weights_hidden[row * p.units + j];
  return from_in + from_hidden;
}

// in              [batches, steps, inputs] by its steps
// weights_in      [4, units, inputs]     weights_hidden [4, units, units]     bias [4, units]
// hidden, cell    [batches, units], read and written
// out             [batches, steps, units] by its steps.  Nothing overlaps.
// out of a step is written before hidden is, which all units of the step read.
MOTE_KERNEL void lstm_f32(const LstmF32Params& p, const float* in, Rom<float> weights_in,
                          Rom<float> weights_hidden, Rom<float> bias, float* hidden, float* cell,
                          float* out) {
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t t = 0; t < p.steps; ++t) {
      const float* x = in + n * p.in_batch_step + t * p.in_time_step;
      float* y = out + n * p.out_batch_step + t * p.out_time_step;
      for (int32_t u = 0; u < p.units; ++u) {
        float gates[MOTE_LSTM_GATES];
        for (int32_t g = 0; g < MOTE_LSTM_GATES; ++g)
          gates[g] = lstm_gate_f32(p, g, u, x, hidden, weights_in, weights_hidden, bias);
        const float kept = logisticf(gates[1]) * cell[u];
        const float added = logisticf(gates[0]) * tanhf(gates[2]);
        cell[u] = clamp_f32_value(kept + added, -p.cell_limit, p.cell_limit);
        y[u] = canonical(tanhf(cell[u]) * logisticf(gates[3]));
      }
      for (int32_t u = 0; u < p.units; ++u) hidden[u] = y[u];
    }
    hidden += p.units;
    cell += p.units;
  }
}

}  // namespace mote

#endif
