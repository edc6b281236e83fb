// arg_extreme_f32, reference: what the host knows of device/mote/nn/reduce/arg_extreme.h.
#include "mote/nn/reduce/arg_extreme.h"

#include "kernels/reduce/reduce_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::axis_cost<ArgExtremeParams>(call, target, {.alu = 5, .load = 1, .branch = 2}, 120);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(reduce_arg_extreme_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "arg_extreme_f32",
                                     .name = "reference",
                                     .header = "mote/nn/reduce/arg_extreme.h",
                                     .function = "arg_extreme_f32",
                                     .cost = cost,
                                     .run = kernels::run_of<arg_extreme_f32>};
  return variant;
}
