// lstm_f32, reference: what the host knows of device/mote/nn/lstm/lstm_f32.h.
#include "mote/nn/lstm/lstm_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<LstmF32Params>(call.params);
  const double units = 1.0 * p.batches * p.steps * p.units;
  const kernels::Mix product{.alu = 1, .load = 2, .branch = 1, .floats = 2};
  const kernels::Mix function{
      .alu = 20, .load = 4, .store = 1, .branch = 6, .floats = 25};  // a gate's, or the cell's
  return kernels::cost_of(units * MOTE_LSTM_GATES * (1.0 * p.inputs + p.units) * product +
                              units * (MOTE_LSTM_GATES + 2) * function,
                          1500, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(lstm_lstm_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "lstm_f32",
                                     .name = "reference",
                                     .header = "mote/nn/lstm/lstm_f32.h",
                                     .function = "lstm_f32",

                                     .cost = cost,
                                     .run = kernels::run_of<lstm_f32>};
  return variant;
}
