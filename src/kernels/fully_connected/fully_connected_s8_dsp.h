// Internal to the room: what the host knows of both forms of device/mote/nn/fully_connected/fully_connected_s8_dsp.h.
#pragma once

#include "kernels/counts.h"
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

template <bool wide>
Cost fully_connected_dsp_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  const double fours = p.batches * ((p.out_count + 3) / 4);
  const std::int32_t pairs = fully_connected_pairs(p), inputs = p.in_count;
  Count count(target);
  if (wide) {
    count.add(fours * pairs, on_dsp(6.54, 6.45));                         // pair
    count.add(fours * (pairs / 8 + pairs % 8 / 2), on_dsp(2.22, 2.99));   // turn
    count.add(fours, on_dsp(36.9, 36.38));                                // four
    count.add(outputs * limited(p), on_dsp(5.68, 5.44));                  // limited output
    count.add(outputs * p.requant_step, on_dsp(3.67, 3.81));              // requantized by its own
    count.add(p.batches * (inputs / 4), on_dsp(7.9, 7.83));               // widened four
    count.add(p.batches * ((inputs % 4 + 1) / 2), on_dsp(19.64, 13.66));  // widened rest
    count.add(p.batches, on_dsp(0.02, 0));                                // input
  } else {
    count.add(fours * (inputs / 4), on_dsp(16.55, 16.7));                    // four inputs
    count.add(fours * (inputs / 16 + inputs % 16 / 4), on_dsp(3.91, 3.31));  // turn
    count.add(fours * ((inputs % 4 + 1) / 2), on_dsp(16.81, 18.22));         // rest
    count.add(fours, on_dsp(42.8, 43.34));                                   // four
    count.add(outputs, on_dsp(0.29, 0.28));                                  // output
    count.add(outputs * limited(p), on_dsp(5.98, 5.9));                      // limited output
    count.add(outputs * p.requant_step, on_dsp(3.85, 4.06));                 // requantized by its own
  }
  return count.cost({.alu = 3, .mul = 8, .load = 4.5, .branch = 0.3}, 600);
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
