// svdf_s8_state8, reference: what the host knows of device/mote/nn/svdf/svdf_s8.h.
#include "mote/nn/svdf/svdf_s8.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<SvdfS8Params>(call.params);
  const double units = 1.0 * p.batches * p.units, filters = units * p.rank;
  const kernels::Mix product{.alu = 2, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix shifted{.alu = 2, .load = 1, .store = 1, .branch = 1};
  const kernels::Mix output = kernels::kRequantizedOutput;
  return kernels::cost_of(
      filters * (p.in_count + p.memory) * product + filters * p.memory * shifted + (filters + units) * output,
      380, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(svdf_svdf_s8_state8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "svdf_s8_state8",
                                     .name = "reference",
                                     .header = "mote/nn/svdf/svdf_s8.h",
                                     .function = "svdf_s8_state8",

                                     .cost = cost,
                                     .run = kernels::run_of<svdf_s8_state8>};
  return variant;
}
