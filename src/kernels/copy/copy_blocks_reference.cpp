// copy_blocks, reference: what the host knows of device/mote/nn/copy/copy_blocks.h.
#include "mote/nn/copy/copy_blocks.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// memcpy of the target's C library: a word a load and a store, and the call itself.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<CopyBlocksParams>(call.params);
  const kernels::Mix word{.alu = 0.5, .load = 1, .store = 1, .branch = 0.25};
  const kernels::Mix block{.alu = 14, .load = 3, .store = 3, .branch = 4};
  return kernels::cost_of(p.blocks * (p.block_bytes / 4.0 * word + block), 80, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(copy_copy_blocks_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "copy_blocks",
                                     .name = "reference",
                                     .header = "mote/nn/copy/copy_blocks.h",
                                     .function = "copy_blocks",
                                     .cost = cost,
                                     .run = kernels::run_of<copy_blocks>};
  return variant;
}
