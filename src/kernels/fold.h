// Internal to the room: moving the input's zero point into the bias.
//   Σ (x − z)·w + b  =  Σ x·w + (b − z·Σ w)
// True only where every tap lies inside the image: outside, x is the zero point and not 0.
#pragma once

#include <optional>

#include "kernels/variant.h"

namespace mote::kernels {

/// No window reaches over the image's edge.
template <class Params>
bool never_clips(const Params& p) {
  return p.pad_top == 0 && p.pad_left == 0 &&
         (p.out_h - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
         (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w < p.in_w;
}

enum class WeightOrder {
  OutputFirst,  ///< [out, …]: convolution, fully connected
  OutputLast,   ///< […, out]: depthwise convolution
};

/// Argument 2, the bias, with the zero point folded in; arguments 1 and 2 are weights and bias.  Nothing when
/// the weights are not constant, or when a bias or a partial sum without zero point would leave 32 bits.
inline std::optional<Arg> fold_zero_point(const KernelCall& call, std::int64_t zero_point,
                                          std::int32_t out_count, WeightOrder order) {
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto bias = constants_of<std::int32_t>(call, 2);
  if (weights.empty()) return std::nullopt;
  const auto outputs = static_cast<std::size_t>(out_count);
  const std::size_t per_output = weights.size() / outputs;
  std::vector<std::int32_t> folded(outputs);
  for (std::size_t o = 0; o < outputs; ++o) {
    std::int64_t sum = 0, reach = 0;  // reach: largest |Σ x·w|
    for (std::size_t i = 0; i < per_output; ++i) {
      const std::int64_t w =
          weights[order == WeightOrder::OutputFirst ? o * per_output + i : i * outputs + o];
      sum += w;
      reach += 128 * (w < 0 ? -w : w);
    }
    const std::int64_t value = (bias.empty() ? 0 : bias[o]) - zero_point * sum;
    if ((value < 0 ? -value : value) + reach > INT32_MAX) return std::nullopt;
    folded[o] = static_cast<std::int32_t>(value);
  }
  const auto& weights_name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  const auto* old = std::get_if<Arg::Rom>(&call.args[2].what);
  const bool named = old != nullptr && old->constant != nullptr;
  return rom_arg(named ? old->constant->name : weights_name + "_bias", DType::S32, {out_count}, folded,
                 Constant::Role::Weights);
}

}  // namespace mote::kernels
