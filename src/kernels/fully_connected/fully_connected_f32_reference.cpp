// fully_connected_f32, reference: what the host knows of
// device/mote/nn/fully_connected/fully_connected_f32.h.
#include "mote/nn/fully_connected/fully_connected_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedF32Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  const kernels::Mix product{.alu = 1, .load = 2, .branch = 1, .floats = 2};
  const kernels::Mix output{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(outputs * p.in_count * product + outputs * output, 150, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_f32",
                                     .name = "reference",
                                     .header = "mote/nn/fully_connected/fully_connected_f32.h",
                                     .function = "fully_connected_f32",
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_f32>};
  return variant;
}
