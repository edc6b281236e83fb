// cumsum_s8, reference: what the host knows of device/mote/nn/reduce/cumsum.h.
#include "mote/nn/reduce/cumsum.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::axis_cost<CumsumS8Params>(call, target,
                                            {.alu = 34, .mul = 2, .load = 1, .store = 1, .branch = 3}, 220);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_cumsum_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "cumsum_s8",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/cumsum.h",
                                     .function = "cumsum_s8",
                                     .cost = cost,
                                     .run = kernels::run_of<cumsum_s8>};
  return variant;
}
