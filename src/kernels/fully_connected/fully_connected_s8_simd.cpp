// fully_connected_s8, simd: what the host knows of device/mote/nn/fully_connected/fully_connected_s8_simd.h.
#include "mote/nn/fully_connected/fully_connected_s8_simd.h"

#include "kernels/simd.h"

namespace mote {
namespace {

std::optional<Arg> folded_bias(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  return kernels::fold_zero_point(call, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst);
}

bool fits(const KernelCall& call, const Facts& facts) {
  return kernels::fits_simd(call, facts) && folded_bias(call).has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  kernels::SimdOutputs outputs{p.out_count, simd_quads(p.in_count), nullptr,
                               kernels::simd_bias(call, folded_bias(call).value())};
  outputs.weight = [&](std::int32_t o, std::int32_t i) -> std::int32_t {
    return i < p.in_count ? weights[static_cast<std::size_t>(o) * static_cast<std::size_t>(p.in_count) +
                                    static_cast<std::size_t>(i)]
                          : 0;
  };
  return {call.params,
          {call.args[0], kernels::simd_stream(call, outputs, p.requant_step == 1), call.args[5]}};
}

std::size_t scratch(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  return static_cast<std::size_t>(fully_connected_s8_simd_scratch(p));
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double places = kernels::simd_places(p.out_count);
  const double sums = 1.0 * p.batches * places * p.in_count * 1.25 * kernels::simd_product(target);
  const kernels::Mix mix{
      .alu = 200 + sums / 2 + p.batches * (p.in_count / 8.0 + places * kernels::simd_output(target)),
      .mul = sums / 2};
  return kernels::cost_of(mix, 12000, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_simd) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "simd",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_simd.h",
                                     .function = "fully_connected_s8_simd",
                                     .needs = kernels::needs_simd,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_simd>};
  return variant;
}
