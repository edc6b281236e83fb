// cumsum_f32, reference: what the host knows of device/mote/nn/reduce/cumsum.h.
#include "mote/nn/reduce/cumsum.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::axis_cost<CumsumF32Params>(
      call, target, {.alu = 6, .mul = 1, .load = 1, .store = 1, .branch = 2, .floats = 4}, 140);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_cumsum_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "cumsum_f32",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/cumsum.h",
                                     .function = "cumsum_f32",
                                     .cost = cost,
                                     .run = kernels::run_of<cumsum_f32>};
  return variant;
}
