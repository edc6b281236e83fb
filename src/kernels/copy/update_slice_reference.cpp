// update_slice, reference: what the host knows of device/mote/nn/copy/update_slice.h.
#include "mote/nn/copy/update_slice.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<UpdateSliceParams>(call.params);
  const double rows = 1.0 * p.count0 * p.count1 * p.count2 * p.count3 * p.count4;
  const kernels::Mix word{.alu = 0.5, .load = 1, .store = 1, .branch = 0.25};
  const kernels::Mix row{.alu = 20, .load = 3, .store = 3, .branch = 5};
  const kernels::Mix start{.alu = 6, .mul = 1, .load = 1, .branch = 2};
  return kernels::cost_of(rows * (p.run_bytes / 4.0 * word + row) + p.rank * start, 260, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(copy_update_slice_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "update_slice",
                                     .name = "reference",
                                     .header = "mote/nn/copy/update_slice.h",
                                     .function = "update_slice",
                                     .cost = cost,
                                     .run = kernels::run_of<update_slice>};
  return variant;
}
