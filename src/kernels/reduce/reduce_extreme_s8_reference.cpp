// reduce_extreme_s8, reference: what the host knows of device/mote/nn/reduce/reduce_extreme.h.
#include "mote/nn/reduce/reduce_extreme.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::reduce_cost<ReduceExtremeParams>(call, target, {.alu = 3, .load = 1, .branch = 2},
                                                   {.alu = 10, .store = 1, .branch = 6}, 180);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_reduce_extreme_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "reduce_extreme_s8",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/reduce_extreme.h",
                                     .function = "reduce_extreme_s8",
                                     .overlap = kernels::reduce_overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<reduce_extreme_s8>};
  return variant;
}
