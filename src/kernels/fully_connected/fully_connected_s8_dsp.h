// Internal to the room: what the host knows of both forms of device/mote/nn/fully_connected/fully_connected_s8_dsp.h.
#pragma once

#include "kernels/dot_dsp.h"
#include "mote/nn/fully_connected/fully_connected_s8_dsp.h"

namespace mote::kernels {

inline DspRows fully_connected_dsp_rows(const FullyConnectedS8Params& p) {
  DspRows rows(p.out_count, 1, p.in_count);
  rows.make_even();
  return rows;
}

template <bool wide>
bool fully_connected_dsp_fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const auto weights = constants_of<std::int8_t>(call, 1);
  if (weights.empty() || !requantizes_short(facts)) return false;
  if (!fold_zero_point(call, p.in_zero_point, p.out_count, WeightOrder::OutputFirst)) return false;
  return wide || (fits_narrow_sums(facts) && fits_narrow_weights(fully_connected_dsp_rows(p), weights));
}

template <bool wide>
Packed fully_connected_dsp_pack(const KernelCall& call) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  Packed packed{call.params, call.args};
  const auto bias = fold_zero_point(call, p.in_zero_point, p.out_count, WeightOrder::OutputFirst);
  pack_dsp_arguments(fully_connected_dsp_rows(p), *bias, wide, 4, p.requant_step == 1, call, packed);
  return packed;
}

inline std::size_t fully_connected_dsp_scratch(const KernelCall& call) {
  return 4 * static_cast<std::size_t>(fully_connected_pairs(from_block<FullyConnectedS8Params>(call.params)));
}

/// Counted on an emulated Cortex-M4F, arm-none-eabi-gcc 12 -O2, parameters known at compile time.
template <bool wide>
Cost fully_connected_dsp_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double fours = (p.out_count + 3) / 4;
  const double pairs = fully_connected_pairs(p);
  const Mix two_pairs{.alu = wide ? 0.0 : 6.0, .mul = 8, .load = wide ? 5.0 : 3.0};
  const Mix loop{.alu = 1, .branch = 1};
  const double loops = static_cast<int>(pairs) / 8 + static_cast<int>(pairs) % 8 / 2;
  const Mix block{.alu = 10, .load = 6, .branch = 1};
  const Mix output{.alu = 5, .mul = 1, .load = 2, .store = 1};
  const Mix widen = wide ? Mix{.alu = 1, .load = 0.25, .store = 0.5, .branch = 0.25} : Mix{};
  return cost_of(p.batches * (fours * (pairs / 2 * two_pairs + loops * loop + block) + p.out_count * output +
                              1.0 * p.in_count * widen + Mix{.alu = 30}),
                 600, target);
}

template <bool wide, auto function>
KernelVariant fully_connected_dsp(std::string_view name, std::string_view function_name) {
  return {.kernel = "fully_connected_s8",
          .name = name,
          .header = "mote/nn/fully_connected/fully_connected_s8_dsp.h",
          .function = function_name,
          .needs = [](const Isa& isa) { return isa.has("dsp"); },
          .fits = fully_connected_dsp_fits<wide>,
          .pack = fully_connected_dsp_pack<wide>,
          .scratch = wide ? fully_connected_dsp_scratch : nullptr,
          .cost = fully_connected_dsp_cost<wide>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
