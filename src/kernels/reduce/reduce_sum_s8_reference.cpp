// reduce_sum_s8, reference: what the host knows of device/mote/nn/reduce/reduce_sum_integer.h.
#include "mote/nn/reduce/reduce_sum_integer.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::reduce_cost<ReduceSumIntegerParams>(call, target, {.alu = 2, .load = 1, .branch = 2},
                                                      {.alu = 36, .mul = 1, .store = 1, .branch = 6}, 260);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_reduce_sum_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "reduce_sum_s8",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/reduce_sum_integer.h",
                                     .function = "reduce_sum_s8",
                                     .overlap = kernels::reduce_overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<reduce_sum_s8>};
  return variant;
}
