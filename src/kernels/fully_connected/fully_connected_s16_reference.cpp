// fully_connected_s16, reference: what the host knows of device/mote/nn/fully_connected/fully_connected_s16.h.
#include "mote/nn/fully_connected/fully_connected_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS16Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  const kernels::Mix product{.alu = 4, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix output{.alu = 28, .mul = 3, .load = 6, .store = 1, .branch = 3};
  return kernels::cost_of(outputs * p.in_count * product + outputs * output, 260, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s16",
                                     .name = "reference",
                                     .header = "mote/nn/fully_connected/fully_connected_s16.h",
                                     .function = "fully_connected_s16",
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s16>};
  return variant;
}
