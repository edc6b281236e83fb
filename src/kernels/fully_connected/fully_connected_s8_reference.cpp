// fully_connected_s8, reference: what the host knows of device/mote/nn/fully_connected/fully_connected_s8.h.
#include "mote/nn/fully_connected/fully_connected_s8.h"

#include "kernels/counts.h"
#include "kernels/variant.h"
#include "kernels/window.h"

namespace mote {
namespace {

Facts facts(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  const auto bias = kernels::constants_of<std::int32_t>(call, 2);
  if (weights.empty()) return {};
  const auto in_count = static_cast<std::size_t>(p.in_count);
  kernels::SumBounds bounds(p.in_zero_point);
  for (std::size_t o = 0; o < static_cast<std::size_t>(p.out_count); ++o) {
    bounds.begin_output(bias.empty() ? 0 : bias[o]);
    for (std::size_t i = 0; i < in_count; ++i) bounds.add_weight(weights[o * in_count + i]);
    bounds.end_output();
  }
  return bounds.facts(kernels::constants_of<std::int8_t>(call, 4));
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  kernels::Count count(target);
  count.add(outputs * p.in_count, {8.04, 6.03, 6.04, 6.04, 8.04});  // product
  count.add(outputs, {87.06, 31.91, 31.62, 32.3, 27.42});           // output
  return count.cost({.alu = 2, .mul = 1, .load = 2, .branch = 1}, 200);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "reference",
                                     .header = "mote/nn/fully_connected/fully_connected_s8.h",
                                     .function = "fully_connected_s8",
                                     .facts = facts,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8>};
  return variant;
}
