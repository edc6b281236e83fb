// Internal to the room: what the kernels for AVR that take two outputs at a time (device/mote/nn/dot/dot_pairs.h) share.
#pragma once

#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote::kernels {

inline bool needs_avr(const Isa& isa) { return isa.arch == "avr"; }

/// The bounds of requantize_by_bytes.
inline bool fits_bytes(const Facts& facts) {
  constexpr std::int64_t limit = std::int64_t{1} << 29;
  return facts.accumulator_min > -limit && facts.accumulator_max < limit && facts.shift_min >= -31 &&
         facts.shift_max <= -1;
}

/// [outputs][count] → [outputs / 2, rounded up][count][2], with 0 beyond the last output.  `at(o, i)` is the weight's index.
template <class Index>
std::vector<std::int8_t> in_pairs(const std::vector<std::int8_t>& weights, std::int32_t outputs,
                                  std::int32_t count, Index at) {
  std::vector<std::int8_t> pairs(static_cast<std::size_t>((outputs + 1) / 2) * 2 *
                                 static_cast<std::size_t>(count));
  for (std::int32_t o = 0; o < outputs; ++o) {
    for (std::int32_t i = 0; i < count; ++i) {
      const auto to = static_cast<std::size_t>((o / 2 * count + i) * 2 + o % 2);
      pairs[to] = weights[static_cast<std::size_t>(at(o, i))];
    }
  }
  return pairs;
}

/// The call with weights in pairs and the zero point in the bias.
template <class Index>
Packed pack_pairs(const KernelCall& call, std::int32_t zero_point, std::int32_t outputs, WeightOrder order,
                  Index at) {
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto count = static_cast<std::int32_t>(weights.size()) / outputs;
  const std::vector<std::int8_t> pairs = in_pairs(weights, outputs, count, at);
  const auto& constant = *std::get<Arg::Rom>(call.args[1].what).constant;
  Packed packed{call.params, call.args};
  packed.args[1] = rom_arg(constant.name, DType::S8, {(outputs + 1) / 2, count, 2}, pairs, constant.role);
  packed.args[2] = *fold_zero_point(call, zero_point, outputs, order);
  return packed;
}

/// In the unit of the other kernels' estimates, instructions on 32 bits: about eight of AVR.
inline Cost pairs_cost(double products, double outputs, double copied, const Target& target) {
  const Mix product{.alu = 0.6, .mul = 0.25, .load = 0.5, .branch = 0.1},
      output{.alu = 30, .mul = 10, .load = 6, .store = 1};
  const Mix byte{.alu = 0.3, .load = 0.3, .store = 0.3};
  return cost_of(products * product + outputs * output + copied * byte, 1400, target);
}

}  // namespace mote::kernels
