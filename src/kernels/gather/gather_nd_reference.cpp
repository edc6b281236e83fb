// gather_nd, reference: what the host knows of device/mote/nn/gather/gather_nd.h.
#include "mote/nn/gather/gather_nd.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// memcpy of the target's C library: a word a load and a store, and the call itself.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<GatherNdParams>(call.params);
  const double pieces = p.slices;
  const kernels::Mix word{.alu = 0.5, .load = 1, .store = 1, .branch = 0.25};
  const kernels::Mix piece{.alu = 20, .mul = 1, .load = 4, .store = 3, .branch = 6};
  return kernels::cost_of(pieces * (p.slice_bytes / 4.0 * word + piece), 100, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(gather_gather_nd_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "gather_nd",
                                     .name = "reference",
                                     .header = "mote/nn/gather/gather_nd.h",
                                     .function = "gather_nd",
                                     .cost = cost,
                                     .run = kernels::run_of<gather_nd>};
  return variant;
}
