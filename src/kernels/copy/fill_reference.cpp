// fill, reference: what the host knows of device/mote/nn/copy/fill.h.
#include "mote/nn/copy/fill.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// memset of the target's C library stores words.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FillParams>(call.params);
  const kernels::Mix word{.alu = 1, .store = 1, .branch = 0.5};
  const kernels::Mix once{.alu = 12, .load = 1, .store = 3, .branch = 4};
  return kernels::cost_of(p.count * p.element_bytes / 4.0 * word + once, 40, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(copy_fill_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fill",
                                     .name = "reference",
                                     .header = "mote/nn/copy/fill.h",
                                     .function = "fill",
                                     .cost = cost,
                                     .run = kernels::run_of<fill>};
  return variant;
}
