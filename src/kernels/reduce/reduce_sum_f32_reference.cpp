// reduce_sum_f32, reference: what the host knows of device/mote/nn/reduce/reduce_sum_f32.h.
#include "mote/nn/reduce/reduce_sum_f32.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::reduce_cost<ReduceSumF32Params>(
      call, target, {.alu = 1, .load = 1, .branch = 2, .floats = 1},
      {.alu = 10, .store = 1, .branch = 6, .floats = 4, .divide = 1}, 200);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_reduce_sum_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "reduce_sum_f32",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/reduce_sum_f32.h",
                                     .function = "reduce_sum_f32",
                                     .overlap = kernels::reduce_overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<reduce_sum_f32>};
  return variant;
}
