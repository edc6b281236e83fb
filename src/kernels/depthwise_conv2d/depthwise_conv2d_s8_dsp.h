// Internal to the room: what the host knows of both forms of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h.
#pragma once

#include <algorithm>

#include "kernels/counts.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/dot_dsp.h"
#include "kernels/settle.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

namespace mote::kernels {

inline KernelCall depthwise_settled(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  return settled(call, p, p.out_c, WeightOrder::OutputLast);
}

/// With one output channel for an input channel, four of them at least, constant weights and sums for the short requantize.
inline bool depthwise_dsp_fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  if (p.depth_multiplier != 1 || p.in_c < 4 || constants_of<std::int8_t>(call, 1).empty()) return false;
  const KernelCall plain = depthwise_settled(call);
  return requantizes_short(depthwise_conv2d_s8_facts(plain)) &&
         fold_zero_point(plain, p.in_zero_point, p.out_c, WeightOrder::OutputLast).has_value();
}

template <bool wide>
Packed depthwise_dsp_pack(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const KernelCall plain = depthwise_settled(call);
  const auto weights = constants_of<std::int8_t>(plain, 1);
  const std::int32_t fours = (p.in_c + 3) / 4, taps = p.kernel_h * p.kernel_w;
  std::vector<std::int32_t> words;
  for (std::int32_t four = 0; four < fours; ++four) {
    const std::int32_t first = std::min(4 * four, p.in_c - 4);
    for (std::int32_t tap = 0; tap < taps; ++tap) {
      std::int32_t w[4] = {0, 0, 0, 0};
      for (std::int32_t i = 0; i < 4; ++i) w[i] = weights[static_cast<std::size_t>(tap * p.in_c + first + i)];
      if (wide) {
        words.push_back(word_of(2 * w[0], 2 * w[2]));
        words.push_back(word_of(2 * w[1], 2 * w[3]));
      } else {
        words.push_back(word_of((w[0] & 0xff) | w[1] * 256, (w[2] & 0xff) | w[3] * 256));
      }
    }
  }
  Packed packed{plain.params, plain.args};
  const auto bias = fold_zero_point(plain, p.in_zero_point, p.out_c, WeightOrder::OutputLast);
  pack_row_arguments(words, fours, *bias, wide ? RowStart::Doubled : RowStart::Plain, 4, true, plain, packed);
  return packed;
}

inline std::size_t depthwise_dsp_scratch(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  // The host's pointers are at least as wide as the device's, whose size the call does not know.
  return static_cast<std::size_t>(depthwise_conv2d_s8_dsp_scratch(p));
}

template <bool wide>
Cost depthwise_dsp_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double pixels = 1.0 * p.batches * p.out_h * p.out_w, outputs = pixels * p.in_c;
  const int taps = p.kernel_h * p.kernel_w;
  const double fours = pixels * ((p.in_c + 3) / 4);
  Count count(target);
  count.add(fours * taps, wide ? on_dsp(9.67, 10.97) : on_dsp(11.46, 12.2));  // tap
  count.add(fours * (taps % 3 == 0 ? taps / 3 : taps),
            wide ? on_dsp(1.4, 0.39) : on_dsp(1.56, 0.95));              // turn
  count.add(fours, wide ? on_dsp(53.08, 43.28) : on_dsp(47.85, 43.13));  // four
  count.add(p.in_c % 4 == 0 ? 0 : fours,
            wide ? on_dsp(32.13, 30.19) : on_dsp(35.36, 33.97));                    // four of an odd width
  count.add(outputs, wide ? on_dsp(1.54, 2.08) : on_dsp(2.34, 2.79));               // output
  count.add(outputs * limited(p), wide ? on_dsp(4.86, 3.99) : on_dsp(5.15, 5.56));  // limited output
  count.add(pixels * taps, wide ? on_dsp(13.2, 12.73) : on_dsp(13.06, 13.3));       // address
  count.add(pixels, wide ? on_dsp(8, 30.46) : on_dsp(20.06, 23.44));                // pixel
  return count.cost({.alu = 4, .mul = 4, .load = 3.5, .store = 0.5, .branch = 0.5}, 700);
}

template <bool wide, auto function>
KernelVariant depthwise_dsp(std::string_view name, std::string_view function_name) {
  return {.kernel = "depthwise_conv2d_s8",
          .name = name,
          .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h",
          .function = function_name,
          .needs = [](const Isa& isa) { return isa.has("dsp"); },
          .fits = depthwise_dsp_fits,
          .pack = depthwise_dsp_pack<wide>,
          .scratch = depthwise_dsp_scratch,
          .overlap = depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 5, 1>,
          .rows = depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
          .cost = depthwise_dsp_cost<wide>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
