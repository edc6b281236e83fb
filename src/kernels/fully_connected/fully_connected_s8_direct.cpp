// fully_connected_s8, direct: what the host knows of
// device/mote/nn/fully_connected/fully_connected_s8_direct.h.
#include "mote/nn/fully_connected/fully_connected_s8_direct.h"

#include "kernels/counts.h"
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
  const double fours = p.batches * ((p.out_count + 3) / 4);  // the last one computes four as well
  kernels::Count count(target);
  count.add(fours * p.in_count, {23.05, 10.99, 10.99, 10.98, 16.95});        // four products
  count.add(fours, {309.54, 135.48, 135.7, 151.7, 134.09});                  // four
  count.add(outputs, {11.63, 0.71, 0.62, 0.61, 0});                          // output
  count.add(outputs * kernels::limited(p), {0, 0.43, 0.04, 0.35, 0});        // limited output
  count.add(outputs * p.requant_step, {22.59, 16.35, 15.22, 15.15, 15.52});  // requantized by its own
  return count.cost({.alu = 0.6, .mul = 1, .load = 1.25, .branch = 0.25}, 310);
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
