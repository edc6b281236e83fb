// fully_connected_s8, direct: what the host knows of
// device/mote/nn/fully_connected/fully_connected_s8_direct.h.
#include "mote/nn/fully_connected/fully_connected_s8_direct.h"

#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote {
namespace {

Packed pack(const KernelCall& call) {
  auto p = from_block<FullyConnectedS8Params>(call.params);
  Packed packed{call.params, call.args};
  if (p.in_zero_point == 0) return packed;
  const auto folded =
      kernels::fold_zero_point(call, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst);
  if (!folded) return packed;
  p.in_zero_point = 0;
  packed.params = to_block(p);
  packed.args[2] = *folded;
  return packed;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  const double whole_turns =
      1.0 * p.batches * ((p.out_count + 3) / 4 * 4);  // the last turn computes four as well
  const kernels::Mix product{
      .alu = 0.5, .mul = 1, .load = 1.25, .branch = 0.25};  // a quarter of four outputs' turn
  const kernels::Mix output = kernels::kRequantizedOutput + kernels::Mix{.alu = 6, .load = 1, .store = 1};
  return kernels::cost_of(whole_turns * p.in_count * product + outputs * output, 310, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_direct) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "direct",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_direct.h",
                                     .function = "fully_connected_s8_direct",
                                     .pack = pack,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_direct>};
  return variant;
}
