// Internal to the room: what the host knows of both forms of device/mote/nn/conv2d/conv2d_s8_mve.h.
#pragma once

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/mve.h"
#include "mote/nn/conv2d/conv2d_s8_mve.h"

namespace mote::kernels {

inline std::optional<Arg> conv2d_mve_bias(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return fold_zero_point(call, p.in_zero_point, p.out_c, WeightOrder::OutputFirst);
}

template <bool mixed>
bool conv2d_mve_fits(const KernelCall& call, const Facts& facts) {
  return requantizes_to_the_right(call, facts, mixed ? 0 : -1) && conv2d_mve_bias(call).has_value();
}

inline Packed conv2d_mve_pack(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const KernelCall with_bias{call.kernel, {}, {conv2d_mve_bias(call).value()}};
  const auto bias = constants_of<std::int32_t>(with_bias, 0);
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto multiplier = constants_of<std::int32_t>(call, 3);
  const auto shift = constants_of<std::int8_t>(call, 4);
  const std::int32_t inputs = p.kernel_h * p.kernel_w * p.in_c, steps = conv2d_s8_mve_steps(p);
  MveStream stream;
  for (std::int32_t half = 0; 4 * half < p.out_c; ++half) {
    const bool second = half % 2 == 1, alone = !second && 4 * (half + 1) >= p.out_c;
    const auto channel = [&](std::int32_t k) {
      return alone ? 4 * half + k : half / 2 * 8 + half % 2 + 2 * k;
    };
    const auto of = [&](const auto& table, std::int32_t k, std::int32_t otherwise) -> std::int32_t {
      return channel(k) < p.out_c ? table[static_cast<std::size_t>(channel(k))] : otherwise;
    };
    for (std::int32_t i = 0; i < steps; ++i) {
      const std::int32_t first = 16 * (second ? steps - 1 - i : i);
      for (std::int32_t k = 0; k < 4; ++k) {
        for (std::int32_t at = first; at < first + 16; ++at) {
          const bool is_there = at < inputs && channel(k) < p.out_c;
          stream.byte(is_there ? weights[static_cast<std::size_t>(channel(k) * inputs + at)] : 0);
        }
      }
    }
    for (std::int32_t k = 0; k < 4; ++k) stream.word(of(bias, k, 0));
    for (std::int32_t k = 0; k < 4; ++k) stream.word(of(multiplier, k, 0));
    for (std::int32_t k = 0; k < 4; ++k) stream.byte(of(shift, k, -1));
  }
  const auto& name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  return {call.params, {call.args[0], stream.arg(name), call.args[5]}};
}

inline std::size_t conv2d_mve_scratch(const KernelCall& call) {
  return static_cast<std::size_t>(conv2d_s8_mve_scratch(from_block<Conv2dS8Params>(call.params)));
}

/// As that of all variants, but the second pixel of a pair is written while the first one's window is still read, and its last
/// channel not last.
inline Overlap conv2d_mve_overlap(const KernelCall& call) {
  Overlap overlap = conv2d_s8_overlap(call);
  overlap.out = 2;
  overlap.min_distance += from_block<Conv2dS8Params>(call.params).out_c + 1;
  return overlap;
}

/// Instructions for a window's copy: inside the image, and where it reaches over the edge.
inline Mix conv2d_mve_copies(const Conv2dS8Params& p) {
  const auto inside = [](std::int32_t out, std::int32_t stride, std::int32_t pad, std::int32_t reach,
                         std::int32_t in) {
    double count = 0;
    for (std::int32_t at = 0; at < out; ++at)
      count += at * stride >= pad && at * stride - pad + reach < in ? 1 : 0;
    return count;
  };
  const double within =
      p.dilation_w != 1 ? 0
                        : inside(p.out_h, p.stride_h, p.pad_top, (p.kernel_h - 1) * p.dilation_h, p.in_h) *
                              inside(p.out_w, p.stride_w, p.pad_left, p.kernel_w - 1, p.in_w);
  const double over = 1.0 * p.out_h * p.out_w - within;
  const std::int32_t run = p.kernel_w * p.in_c;
  const Mix vector{.load = 1, .store = 1, .branch = 1};
  const Mix row = run == 4 ? Mix{.alu = 2, .load = 1, .store = 1, .branch = 1}
                           : Mix{.alu = 10, .branch = 2} + (run + 15) / 16 * vector;
  const double pieces = p.dilation_w == 1 ? 1 : p.kernel_w;
  const Mix piece = Mix{.alu = 14, .branch = 2} + (run / pieces + 15) / 16 * vector;
  const Mix window{.alu = 6, .load = 2, .store = 1, .branch = 1};
  const Mix fill = Mix{.alu = 30, .load = 3, .store = 3, .branch = 4} +
                   (p.kernel_h * run + 15) / 16 * Mix{.store = 1, .branch = 1};
  return p.batches *
         (within * (window + p.kernel_h * row) + over * (window + fill + p.kernel_h * pieces * piece));
}

template <bool mixed>
Cost conv2d_mve_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double pairs = (p.batches * p.out_h * p.out_w + 1) / 2;
  const double halves = (p.out_c + 3) / 4;
  const double steps = conv2d_s8_mve_steps(p);
  const bool lean = p.out_c % 8 == 0 && p.act_min == -128 && p.act_max == 127;
  const Mix step{.mul = 8, .load = 6};
  const Mix half{
      .alu = (lean ? 16.0 : 20.0) + (mixed ? 3 : 0), .mul = 2, .load = 4.5, .store = 1, .branch = 0.5};
  const Mix further{.alu = 0.5, .branch = 0.5};
  const Mix pair{.alu = 8, .load = 3, .store = 3, .branch = 1};
  Mix sum = pairs * halves * (steps * step + half) + pairs * pair;
  if (steps > 4) sum = sum + pairs * halves * (steps + 1) * further;
  if (conv2d_s8_mve_scratch(p) > 0) sum = sum + conv2d_mve_copies(p);
  return cost_of(sum, 1460, target);
}

/// mixed: some shifts may be 0.
template <auto function, bool mixed>
KernelVariant conv2d_mve(std::string_view name, std::string_view function_name) {
  return {.kernel = "conv2d_s8",
          .name = name,
          .header = "mote/nn/conv2d/conv2d_s8_mve.h",
          .function = function_name,
          .needs = needs_mve,
          .fits = conv2d_mve_fits<mixed>,
          .pack = conv2d_mve_pack,
          .scratch = conv2d_mve_scratch,
          .overlap = conv2d_mve_overlap,
          .rows = conv2d_s8_rows,
          .cost = conv2d_mve_cost<mixed>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
