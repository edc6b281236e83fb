// depthwise_conv2d_s8, mve: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_mve.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_mve.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/mve.h"

namespace mote {
namespace {

/// A column of pixels is a row of pixels in memory, and as such it has neighbours.
DepthwiseConv2dS8Params params_of(const KernelCall& call) {
  auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  if (p.in_w != 1 || p.out_w != 1 || p.kernel_w != 1 || p.pad_left != 0) return p;
  std::swap(p.in_h, p.in_w);
  std::swap(p.out_h, p.out_w);
  std::swap(p.kernel_h, p.kernel_w);
  std::swap(p.stride_h, p.stride_w);
  std::swap(p.dilation_h, p.dilation_w);
  std::swap(p.pad_top, p.pad_left);
  return p;
}

std::optional<Arg> folded_bias(const KernelCall& call) {
  const auto p = params_of(call);
  return kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast);
}

/// A sum of two products exceeds 16 bits only when both weights are −128.
bool pairs_fit_16_bits(const DepthwiseConv2dS8Params& p, const std::vector<std::int8_t>& weights) {
  const auto channels = static_cast<std::size_t>(p.out_c);
  for (std::size_t i = 0; i + channels < weights.size(); ++i) {
    if (i / channels % 2 == 0 && weights[i] == -128 && weights[i + channels] == -128) return false;
  }
  return true;
}

bool fits(const KernelCall& call, const Facts& facts) {
  const auto p = params_of(call);
  if (p.depth_multiplier != 1 || p.pad_left >= depthwise_s8_mve_columns(p)) return false;
  if (!kernels::requantizes_to_the_right(call, facts, -1) || !folded_bias(call)) return false;
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  return pairs_fit_16_bits(p, weights);
}

Packed pack(const KernelCall& call) {
  const auto p = params_of(call);
  const KernelCall with_bias{call.kernel, {}, {folded_bias(call).value()}};
  const auto bias = kernels::constants_of<std::int32_t>(with_bias, 0);
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  const auto multiplier = kernels::constants_of<std::int32_t>(call, 3);
  const auto shift = kernels::constants_of<std::int8_t>(call, 4);
  kernels::MveStream stream;
  for (std::int32_t first = 0; first < p.out_c; first += 8) {
    const auto of = [&](const auto& table, std::int32_t channel, std::int32_t otherwise) -> std::int32_t {
      return channel < p.out_c ? table[static_cast<std::size_t>(channel)] : otherwise;
    };
    const auto even_then_odd = [&](std::int32_t place) { return first + place % 4 * 2 + place / 4; };
    for (std::int32_t i = 0; i < 8; ++i) stream.word(of(bias, even_then_odd(i), 0));
    for (std::int32_t t = 0; t < depthwise_s8_mve_taps(p); ++t) {
      for (std::int32_t c = first; c < first + 8; ++c) {
        const bool is_there = t < p.kernel_h * p.kernel_w && c < p.out_c;
        stream.byte(is_there ? weights[static_cast<std::size_t>(t * p.out_c + c)] : 0);
      }
    }
    for (std::int32_t i = 0; i < 8; ++i) stream.word(of(multiplier, even_then_odd(i), 0));
    for (std::int32_t i = 0; i < 8; ++i) stream.byte(of(shift, even_then_odd(i), -1));
  }
  const auto& name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  return {to_block(p), {call.args[0], stream.arg(name), call.args[5]}};
}

std::size_t scratch(const KernelCall& call) {
  return static_cast<std::size_t>(depthwise_s8_mve_scratch(params_of(call)));
}

/// The rows that are still to be read lie in the ring, except those that later output rows are the first to need; eight channels
/// of two pixels are written at once.
Overlap overlap(const KernelCall& call) {
  Overlap overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 2, 1>(call);
  overlap.min_distance += from_block<DepthwiseConv2dS8Params>(call.params).out_c;
  return overlap;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = params_of(call);
  const double rows = 1.0 * p.batches * p.out_h;
  const double pairs = rows * ((p.out_w + 1) / 2), blocks = (p.out_c + 7) / 8;
  const bool small = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_w == 1 && p.stride_w <= 2;
  const bool row = p.kernel_h == 1 && p.dilation_w == 1 && p.stride_w == 1;
  const double taps = p.kernel_h * p.kernel_w, tap_pairs = depthwise_s8_mve_taps(p) / 2;
  const kernels::Mix two_taps{.alu = 8, .mul = 4, .load = 6};
  const kernels::Mix place =
      row ? kernels::Mix{.alu = 1, .branch = 1} : kernels::Mix{.alu = 4, .load = 1, .branch = 1};
  const bool saturates = p.act_min == -128 && p.act_max == 127;
  const kernels::Mix block{.alu = saturates ? 26.0 : 31.0, .mul = 4, .load = 7, .store = 2, .branch = 1};
  kernels::Mix sum = pairs * blocks * (block + (small ? 4.6 * two_taps : tap_pairs * (two_taps + place)));
  sum = sum + pairs * kernels::Mix{.alu = 16, .load = 6, .store = 4, .branch = 1};
  sum = sum +
        rows * (kernels::Mix{.alu = 16, .load = 4} + taps * kernels::Mix{.alu = 5, .store = 1, .branch = 1});
  const double copied = 1.0 * p.batches * std::min(p.in_h, p.out_h * p.stride_h);
  const kernels::Mix column = p.in_c == 8 ? kernels::Mix{.load = 0.5, .store = 0.5, .branch = 0.5}
                                          : kernels::Mix{.alu = 0.5, .load = 1, .store = 1, .branch = 0.5};
  sum = sum + copied * blocks * (p.in_w * column + kernels::Mix{.alu = 6, .branch = 1});
  return kernels::cost_of(sum, 1150, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_mve) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "mve",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_mve.h",
                                     .function = "depthwise_conv2d_s8_mve",
                                     .needs = kernels::needs_mve,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .overlap = overlap,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_mve>};
  return variant;
}
