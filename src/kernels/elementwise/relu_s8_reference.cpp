// relu_s8, reference: what the host knows of device/mote/nn/elementwise/relu_s8.h.
#include "mote/nn/elementwise/relu_s8.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i of the output depends on element i of the input alone, and it is read before it is written; an
/// output that starts below writes only where all has been read.
Overlap overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const kernels::Mix element{.alu = 10, .mul = 1, .load = 1, .store = 1, .branch = 2};
  return kernels::cost_of(from_block<ReluS8Params>(call.params).count * element, 100, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_relu_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "relu_s8",
                                     .name = "reference",
                                     .header = "mote/nn/elementwise/relu_s8.h",
                                     .function = "relu_s8",
                                     .overlap = overlap,
                                     .band = kernels::elementwise_band<ReluS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<relu_s8>};
  return variant;
}
