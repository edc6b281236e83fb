// add_s8, reference: what the host knows of device/mote/nn/elementwise/add_s8.h.
#include "mote/nn/elementwise/add_s8.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i of the output depends on element i of the inputs alone, and both are read before it is written;
/// an output that starts below writes only where all has been read.  The same holds for the second input.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward, 1}; }

Cost cost(const KernelCall& call, const Target& target) {
  const kernels::Mix element{.alu = 34, .mul = 3, .load = 4, .store = 1, .branch = 2};
  return kernels::cost_of(from_block<AddS8Params>(call.params).count * element, 210, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_s8",
                                     .name = "reference",
                                     .header = "mote/nn/elementwise/add_s8.h",
                                     .function = "add_s8",
                                     .overlap = overlap,
                                     .band = kernels::elementwise_band<AddS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<add_s8>};
  return variant;
}
