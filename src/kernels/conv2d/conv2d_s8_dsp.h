// Internal to the room: what the host knows of both forms of device/mote/nn/conv2d/conv2d_s8_dsp.h.
#pragma once

#include <cmath>

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/counts.h"
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

template <bool wide, std::int32_t vectors>
Cost conv2d_dsp_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const WindowCount at = count_windows(p, p.dilation_h, p.dilation_w);
  const int rest = static_cast<int>(at.pixels) % 4;
  const double fours = vectors == 2 ? 0 : std::floor(at.pixels / 4) + (rest == 3 ? 1 : 0);
  const double twos = vectors == 2 ? std::ceil(at.pixels / 2) : (rest == 1 || rest == 2 ? 1 : 0);
  const double windows = 4 * fours + 2 * twos, edge = (1 - at.whole / at.pixels) * windows;
  const std::int32_t run = conv2d_run(p), pairs = conv2d_window_pairs(p);
  const double runs = conv2d_runs(p), rows = (p.out_c + 1) / 2, outputs = at.pixels * p.out_c;
  const bool point = p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1;
  Count count(target);
  count.add(fours * rows * pairs, wide ? on_dsp(11.26, 11.28) : on_dsp(12.31, 12.29));  // pair of four
  count.add(fours * rows * (pairs / 8 + pairs % 8),
            wide ? on_dsp(3.18, 3.11) : on_dsp(3.11, 3.03));                                  // turn of four
  count.add(fours * rows, wide ? on_dsp(69.22, 69.25) : on_dsp(89.81, 90.34));                // rows of four
  count.add(twos * rows * pairs, wide ? on_dsp(4.69, 4.58) : on_dsp(7.17, 6.82));             // pair of two
  count.add(twos * rows * (pairs / 4 + pairs % 4), wide ? on_dsp(0, 0) : on_dsp(1.8, 2.91));  // turn of two
  count.add(twos * rows, wide ? on_dsp(0, 0) : on_dsp(47.05, 47.88));                         // rows of two
  count.add(outputs, wide ? on_dsp(2.31, 2.38) : on_dsp(0.75, 0.78));                         // output
  count.add(outputs * limited(p), wide ? on_dsp(5.91, 5.22) : on_dsp(5.05, 5.24));        // limited output
  count.add(windows * runs * (run / 4), wide ? on_dsp(5.19, 5.13) : on_dsp(4.96, 5.06));  // widened four
  count.add(windows * runs * ((run % 4 + 1) / 2),
            wide ? on_dsp(5.85, 5.58) : on_dsp(7.74, 7.8));                         // widened rest
  count.add(point ? 0 : windows * runs, wide ? on_dsp(2.9, 2) : on_dsp(0, 0));      // run
  count.add(edge * runs, wide ? on_dsp(6.21, 6.48) : on_dsp(15.7, 10.48));          // run at the edge
  count.add(edge * runs * run, wide ? on_dsp(0.69, 0.73) : on_dsp(0.07, 0.7));      // byte at the edge
  count.add(point ? 0 : windows, wide ? on_dsp(11.3, 15.68) : on_dsp(7.02, 7.78));  // window
  count.add(point ? windows : 0, wide ? on_dsp(1.56, 1.52) : on_dsp(0, 0));         // point
  count.add(fours + twos, wide ? on_dsp(0, 0) : on_dsp(24.76, 16.55));              // block
  return count.cost({.alu = 1, .mul = 8, .load = 3.5, .store = 0.3, .branch = 0.3}, 1500);
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
