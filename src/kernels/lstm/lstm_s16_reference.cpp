// lstm_s16, reference: what the host knows of device/mote/nn/lstm/lstm_int.h.
#include "mote/nn/lstm/lstm_int.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<LstmIntParams>(call.params);
  const double units = 1.0 * p.batches * p.steps * p.units;
  const kernels::Mix product{.alu = 4, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix function{
      .alu = 80, .mul = 6, .load = 12, .store = 1, .branch = 8};  // a gate's, or the cell's
  return kernels::cost_of(units * MOTE_LSTM_GATES * (1.0 * p.inputs + p.units) * product +
                              units * (MOTE_LSTM_GATES + 2) * function,
                          1200, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(lstm_lstm_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "lstm_s16",
                                     .name = "reference",
                                     .header = "mote/nn/lstm/lstm_int.h",
                                     .function = "lstm_s16",

                                     .cost = cost,
                                     .run = kernels::run_of<lstm_s16>};
  return variant;
}
