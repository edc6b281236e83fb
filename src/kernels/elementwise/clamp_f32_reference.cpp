// clamp_f32, reference: what the host knows of device/mote/nn/elementwise/clamp_f32.h.
#include "mote/nn/elementwise/clamp_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i of the output depends on element i of the input alone, and it is read before it is written; an
/// output that starts below writes only where all has been read.
Overlap overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const kernels::Mix element{.alu = 1, .load = 1, .store = 1, .branch = 2, .floats = 6};
  return kernels::cost_of(from_block<ClampF32Params>(call.params).count * element, 70, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_clamp_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "clamp_f32",
                                     .name = "reference",
                                     .header = "mote/nn/elementwise/clamp_f32.h",
                                     .function = "clamp_f32",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<clamp_f32>};
  return variant;
}
