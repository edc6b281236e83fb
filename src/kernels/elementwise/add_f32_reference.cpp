// add_f32, reference: what the host knows of device/mote/nn/elementwise/add_f32.h.
#include "mote/nn/elementwise/add_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i of the output depends on element i of the inputs alone, and both are read before it is written;
/// an output that starts below writes only where all has been read.  The same holds for the second input.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward, 1}; }

Cost cost(const KernelCall& call, const Target& target) {
  const kernels::Mix element{.alu = 3, .load = 2, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(from_block<AddF32Params>(call.params).count * element, 70, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_f32",
                                     .name = "reference",
                                     .header = "mote/nn/elementwise/add_f32.h",
                                     .function = "add_f32",
                                     .overlap = overlap,
                                     .band = kernels::elementwise_band<AddF32Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<add_f32>};
  return variant;
}
