// svdf_f32, reference: what the host knows of device/mote/nn/svdf/svdf_f32.h.
#include "mote/nn/svdf/svdf_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<SvdfF32Params>(call.params);
  const double units = 1.0 * p.batches * p.units, filters = units * p.rank;
  const kernels::Mix product{.alu = 1, .load = 2, .branch = 1, .floats = 2};
  const kernels::Mix shifted{.alu = 2, .load = 1, .store = 1, .branch = 1};
  const kernels::Mix output{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(
      filters * (p.in_count + p.memory) * product + filters * p.memory * shifted + (filters + units) * output,
      300, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(svdf_svdf_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "svdf_f32",
                                     .name = "reference",
                                     .header = "mote/nn/svdf/svdf_f32.h",
                                     .function = "svdf_f32",

                                     .cost = cost,
                                     .run = kernels::run_of<svdf_f32>};
  return variant;
}
