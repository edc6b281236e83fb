// copy_strided, reference: what the host knows of device/mote/nn/copy/copy_strided.h.
#include "mote/nn/copy/copy_strided.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Loops that count 1 fold away; short runs are a load and a store, long ones memcpy of the target's C library.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<CopyStridedParams>(call.params);
  const double lines = 1.0 * p.count0 * p.count1 * p.count2 * p.count3 * p.count4;
  const bool is_short = p.run_bytes == 1 || p.run_bytes == 2 || p.run_bytes == 4 || p.run_bytes == 8;
  const kernels::Mix element{.alu = 2, .load = 1, .store = 1, .branch = 1};
  const kernels::Mix word{.alu = 0.5, .load = 1, .store = 1, .branch = 0.25};
  const kernels::Mix block{.alu = 14, .load = 3, .store = 3, .branch = 4};
  const kernels::Mix line{.alu = 8, .branch = 1};
  const kernels::Mix run = is_short ? (p.run_bytes + 3) / 4 * element : p.run_bytes / 4.0 * word + block;
  return kernels::cost_of(lines * (p.count5 * run + line), 120, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(copy_copy_strided_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "copy_strided",
                                     .name = "reference",
                                     .header = "mote/nn/copy/copy_strided.h",
                                     .function = "copy_strided",
                                     .cost = cost,
                                     .run = kernels::run_of<copy_strided>};
  return variant;
}
