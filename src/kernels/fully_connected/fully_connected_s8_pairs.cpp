// fully_connected_s8, pairs: what the host knows of device/mote/nn/fully_connected/fully_connected_s8_pairs.h.
#include "mote/nn/fully_connected/fully_connected_s8_pairs.h"

#include "kernels/pairs.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  return kernels::fits_bytes(facts) &&
         kernels::fold_zero_point(call, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst)
             .has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  return kernels::pack_pairs(call, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst,
                             [&](std::int32_t o, std::int32_t i) { return o * p.in_count + i; });
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  return kernels::pairs_cost((outputs + 1) * p.in_count, outputs, 0, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_pairs) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "pairs",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_pairs.h",
                                     .function = "fully_connected_s8_pairs",
                                     .needs = kernels::needs_avr,
                                     .fits = fits,
                                     .pack = pack,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_pairs>};
  return variant;
}
