// fully_connected_s8, mve: what the host knows of device/mote/nn/fully_connected/fully_connected_s8_mve.h.
#include "mote/nn/fully_connected/fully_connected_s8_mve.h"

#include "kernels/mve.h"

namespace mote {
namespace {

std::optional<Arg> folded_bias(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  return kernels::fold_zero_point(call, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst);
}

bool fits(const KernelCall& call, const Facts& facts) {
  return from_block<FullyConnectedS8Params>(call.params).requant_step == 0 &&
         kernels::requantizes_to_the_right(call, facts, -1) && folded_bias(call).has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const KernelCall with_bias{call.kernel, {}, {folded_bias(call).value()}};
  const auto bias = kernels::constants_of<std::int32_t>(with_bias, 0);
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  const std::int32_t steps = fully_connected_s8_mve_steps(p);
  kernels::MveStream stream;
  for (std::int32_t group = 0; group < p.out_count; group += 8) {
    const auto output = [&](std::int32_t place) { return group + place % 4 * 2 + place / 4; };
    for (std::int32_t first = 0; first < 16 * steps; first += 16) {
      for (std::int32_t place = 0; place < 8; ++place) {
        for (std::int32_t at = first; at < first + 16; ++at) {
          const bool is_there = at < p.in_count && output(place) < p.out_count;
          stream.byte(is_there ? weights[static_cast<std::size_t>(output(place) * p.in_count + at)] : 0);
        }
      }
    }
    for (std::int32_t place = 0; place < 8; ++place)
      stream.word(output(place) < p.out_count ? bias[static_cast<std::size_t>(output(place))] : 0);
  }
  const auto& name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  return {call.params, {call.args[0], stream.arg(name), call.args[3], call.args[4], call.args[5]}};
}

std::size_t scratch(const KernelCall& call) {
  return static_cast<std::size_t>(
      fully_connected_s8_mve_scratch(from_block<FullyConnectedS8Params>(call.params)));
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double groups = 1.0 * p.batches * ((p.out_count + 7) / 8);
  const double steps = fully_connected_s8_mve_steps(p);
  const kernels::Mix step{.alu = 0.5, .mul = 8, .load = 9, .branch = 0.5};
  const kernels::Mix group{.alu = 20, .mul = 2, .load = 6, .store = 1, .branch = 1};
  const kernels::Mix input{.alu = 8, .load = 5, .store = 5, .branch = 2};
  kernels::Mix sum = groups * (steps * step + group) + p.batches * input;
  if (fully_connected_s8_mve_scratch(p) > 0)
    sum = sum + p.batches * steps * kernels::Mix{.load = 1, .store = 1, .branch = 1};
  return kernels::cost_of(sum, 400, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_mve) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "mve",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_mve.h",
                                     .function = "fully_connected_s8_mve",
                                     .needs = kernels::needs_mve,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_mve>};
  return variant;
}
