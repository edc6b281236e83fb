// Internal to the room: what the host knows of both forms of device/mote/nn/conv2d/conv2d_s8_dsp.h.
#pragma once

#include <cmath>

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/dot_dsp.h"
#include "kernels/settle.h"
#include "mote/nn/conv2d/conv2d_s8_dsp.h"

namespace mote::kernels {

inline DspRows conv2d_dsp_rows(const Conv2dS8Params& p) { return {p.out_c, conv2d_runs(p), conv2d_run(p)}; }

inline KernelCall conv2d_settled(const KernelCall& call, const Conv2dS8Params& p) {
  return settled(call, p, p.out_c, WeightOrder::OutputFirst);
}

template <bool wide>
bool conv2d_dsp_fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const KernelCall plain = conv2d_settled(call, p);
  const auto weights = constants_of<std::int8_t>(plain, 1);
  const Facts facts = conv2d_s8_facts(plain);
  if (weights.empty() || p.in_c < 1 || p.batches * p.out_h * p.out_w < 1 || !requantizes_short(facts))
    return false;
  if (!fold_zero_point(plain, p.in_zero_point, p.out_c, WeightOrder::OutputFirst)) return false;
  return wide || (fits_narrow_sums(facts) && fits_narrow_weights(conv2d_dsp_rows(p), weights));
}

template <bool wide>
Packed conv2d_dsp_pack(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const KernelCall plain = conv2d_settled(call, p);
  Packed packed{plain.params, plain.args};
  const auto bias = fold_zero_point(plain, p.in_zero_point, p.out_c, WeightOrder::OutputFirst);
  pack_dsp_arguments(conv2d_dsp_rows(p), *bias, wide, 2, true, plain, packed);
  return packed;
}

template <std::int32_t vectors>
std::size_t conv2d_dsp_scratch(const KernelCall& call) {
  return static_cast<std::size_t>(conv2d_s8_dsp_scratch(from_block<Conv2dS8Params>(call.params), vectors));
}

/// Counted on an emulated Cortex-M4F, arm-none-eabi-gcc 12 -O2, parameters known at compile time.
template <bool wide, std::int32_t vectors>
Cost conv2d_dsp_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double pixels = 1.0 * p.batches * p.out_h * p.out_w;
  const int rest = static_cast<int>(pixels) % 4;
  const double fours = vectors == 2 ? 0 : std::floor(pixels / 4) + (rest == 3 ? 1 : 0);
  const double twos = vectors == 2 ? std::ceil(pixels / 2) : (rest == 1 || rest == 2 ? 1 : 0);
  const double pairs = conv2d_window_pairs(p), runs = conv2d_runs(p);
  const double rows = (p.out_c + 1) / 2;
  const bool pointwise = p.kernel_h * p.kernel_w == 1;
  const Mix pair4{.alu = wide ? 0.0 : 1.0, .mul = 8, .load = wide ? 3.0 : 3.0};
  const Mix pair2{.alu = wide ? 0.5 : 1.5, .mul = 4, .load = 2, .branch = 0.25};
  const Mix loop{.alu = 1, .load = 1, .branch = 1};
  const double loops = std::floor(pairs / 8) + static_cast<int>(pairs) % 8;
  const Mix output{.alu = 4.5, .mul = 1, .load = 1, .store = 1};
  const Mix block{.alu = 16, .load = 12, .store = 4, .branch = 1};
  const Mix widen{.alu = 0.6, .load = 0.25, .store = 0.25, .branch = 0.1};  // an element
  const Mix window{.alu = pointwise ? 4.0 : 18.0, .load = 4, .store = 2, .branch = 2};
  Mix all = fours * rows * (pairs * pair4 + loops * loop + 8 * output + block) +
            twos * rows * (pairs * pair2 + 4 * output + block);
  all = all + pixels * (2 * pairs * widen + (pointwise ? 1.0 : runs) * Mix{.alu = 4, .branch = 1} + window);
  return cost_of(all, 1500, target);
}

template <bool wide, std::int32_t vectors, auto function>
KernelVariant conv2d_dsp(std::string_view name, std::string_view function_name) {
  return {.kernel = "conv2d_s8",
          .name = name,
          .header = "mote/nn/conv2d/conv2d_s8_dsp.h",
          .function = function_name,
          .needs = [](const Isa& isa) { return isa.has("dsp"); },
          .fits = conv2d_dsp_fits<wide>,
          .pack = conv2d_dsp_pack<wide>,
          .scratch = conv2d_dsp_scratch<vectors>,
          .overlap = conv2d_s8_overlap,
          .rows = conv2d_s8_rows,
          .cost = conv2d_dsp_cost<wide, vectors>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
