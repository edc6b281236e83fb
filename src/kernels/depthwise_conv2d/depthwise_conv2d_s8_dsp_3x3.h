// Internal to the room: what the host knows of both directions of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h.
#pragma once

#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h"

namespace mote::kernels {

inline bool depthwise_3x3_fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const bool three = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_h == 1 && p.dilation_w == 1;
  return three && p.in_c % 4 == 0 && p.act_min == -128 && p.act_max == 127 && depthwise_dsp_fits(call, facts);
}

inline Packed depthwise_3x3_pack(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const KernelCall plain = depthwise_settled(call);
  const auto folded = fold_zero_point(plain, p.in_zero_point, p.out_c, WeightOrder::OutputLast);
  const auto bias = constants_of<std::int32_t>({call.kernel, {}, {*folded}}, 0);
  const auto weights = constants_of<std::int8_t>(plain, 1);
  const auto multiplier = constants_of<std::int32_t>(plain, 3);
  const auto shift = constants_of<std::int8_t>(plain, 4);
  const auto bytes = [](std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
    return word_of((a & 0xff) | b * 256, (c & 0xff) | d * 256);
  };
  std::vector<std::int32_t> words, scales;
  for (std::size_t c = 0; c < static_cast<std::size_t>(p.in_c); c += 4) {
    for (std::size_t i = c; i < c + 4; ++i) words.push_back(i < bias.size() ? bias[i] : 0);
    for (std::size_t tap = 0; tap < 9; ++tap) {
      const std::int8_t* w = &weights[tap * static_cast<std::size_t>(p.in_c) + c];
      words.push_back(bytes(w[0], w[1], w[2], w[3]));
    }
    scales.insert(scales.end(), &multiplier[c], &multiplier[c] + 4);
    scales.push_back(bytes(-shift[c], -shift[c + 1], -shift[c + 2], -shift[c + 3]));
  }
  const auto name = [&](std::size_t i) { return std::get<Arg::Rom>(plain.args[i].what).constant->name; };
  const std::int32_t fours = p.in_c / 4;
  return {plain.params,
          {plain.args[0],
           rom_arg(name(1), DType::S32, {fours, kWordsOfFourWindows}, words, Constant::Role::Weights),
           rom_arg(name(3), DType::S32, {fours, kWordsOfFourScales}, scales, Constant::Role::Requant),
           plain.args[5]}};
}

/// Counted on an emulated Cortex-M4F, arm-none-eabi-gcc 12 -O2, parameters known at compile time.
inline Cost depthwise_3x3_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const auto inside = [](std::int32_t out, std::int32_t in, std::int32_t stride, std::int32_t pad) {
    std::int32_t n = 0;
    for (std::int32_t i = 0; i < out; ++i) n += i * stride >= pad && i * stride - pad + 2 < in ? 1 : 0;
    return n;
  };
  const double fours = p.in_c / 4, pixels = 1.0 * p.batches * p.out_h * p.out_w;
  const double whole = 1.0 * p.batches * inside(p.out_h, p.in_h, p.stride_h, p.pad_top) *
                       inside(p.out_w, p.in_w, p.stride_w, p.pad_left);
  const Mix window{.alu = 67, .mul = 40, .load = 34, .store = 4, .branch = 1};
  const Mix pixel{.alu = 18, .load = 8, .store = 6, .branch = 3};
  const Mix taps{.alu = 8, .store = 9};  // inside; one at the border
  const Mix tap{.alu = 8, .store = 1, .branch = 2};
  return cost_of(pixels * (fours * window + pixel) + whole * taps + (pixels - whole) * 9 * tap, 700, target);
}

template <auto function>
KernelVariant depthwise_3x3(std::string_view name, std::string_view function_name,
                            Overlap (*overlap)(const KernelCall&)) {
  return {.kernel = "depthwise_conv2d_s8",
          .name = name,
          .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h",
          .function = function_name,
          .needs = [](const Isa& isa) { return isa.has("dsp"); },
          .fits = depthwise_3x3_fits,
          .pack = depthwise_3x3_pack,
          .scratch = depthwise_dsp_scratch,
          .overlap = overlap,
          .rows = depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
          .cost = depthwise_3x3_cost,
          .run = run_of<function>};
}

}  // namespace mote::kernels
