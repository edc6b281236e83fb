// Internal to the room: output channels that no input changes.
//
// Training leaves dead channels: their weights are so small that requantizing yields one and the same byte for every input,
// while their bias, in units of a tiny scale, is near the end of 32 bits and their shift is −31.  Such a channel alone would
// keep a whole layer from the arithmetic that is proved for ordinary sums.  So fast variants take the call with these channels
// written plainly: weights 0, and a bias that requantizes to the byte.
#pragma once

#include <algorithm>

#include "kernels/fold.h"
#include "kernels/variant.h"
#include "mote/base/fixed.h"

namespace mote::kernels {

/// Arguments 1 … 4 are weights, bias, multiplier and shift, one of each for an output channel.  Params has the zero points and
/// act_min, act_max.  Requantizing never falls where the sum rises, so a channel is dead when both ends of its sum agree.
template <class Params>
KernelCall settled(const KernelCall& call, const Params& p, std::int32_t out_count, WeightOrder order) {
  auto weights = constants_of<std::int8_t>(call, 1);
  auto bias = constants_of<std::int32_t>(call, 2);
  auto multiplier = constants_of<std::int32_t>(call, 3);
  auto shift = constants_of<std::int8_t>(call, 4);
  const auto outputs = static_cast<std::size_t>(out_count);
  if (weights.empty() || multiplier.size() != outputs || shift.size() != outputs) return call;
  const bool biased = !bias.empty();
  bias.resize(outputs, 0);
  const std::size_t per_output = weights.size() / outputs;
  const auto weight = [&](std::size_t o, std::size_t i) -> std::int8_t& {
    return weights[order == WeightOrder::OutputFirst ? o * per_output + i : i * outputs + o];
  };
  bool any = false;
  for (std::size_t o = 0; o < outputs; ++o) {
    std::int64_t low = bias[o], high = bias[o];
    for (std::size_t i = 0; i < per_output; ++i) {
      const std::int64_t a = weight(o, i) * (-128 - p.in_zero_point),
                         b = weight(o, i) * (127 - p.in_zero_point);
      low += std::min(a, b);
      high += std::max(a, b);
    }
    if (low < INT32_MIN || high > INT32_MAX) continue;
    if (shift[o] > 0 && (low < (INT32_MIN >> shift[o]) || high > (INT32_MAX >> shift[o]))) continue;
    const auto byte = [&](std::int64_t sum) {
      return clamp(requantize(static_cast<std::int32_t>(sum), multiplier[o], shift[o]) + p.out_zero_point,
                   p.act_min, p.act_max);
    };
    if (byte(low) != byte(high)) continue;
    any = true;
    bias[o] = 4 * (byte(low) - p.out_zero_point);  // half by the multiplier, half by the shift, both exactly
    multiplier[o] = std::int32_t{1} << 30;
    shift[o] = -1;
    for (std::size_t i = 0; i < per_output; ++i) weight(o, i) = 0;
  }
  if (!any) return call;
  const auto name = [&](std::size_t i) { return std::get<Arg::Rom>(call.args[i].what).constant->name; };
  const Shape& shape = std::get<Arg::Rom>(call.args[1].what).constant->shape;
  KernelCall plain = call;
  plain.args[1] = rom_arg(name(1), DType::S8, shape, weights, Constant::Role::Weights);
  plain.args[2] =
      rom_arg(biased ? name(2) : name(1) + "_bias", DType::S32, {out_count}, bias, Constant::Role::Weights);
  plain.args[3] = rom_arg(name(3), DType::S32, {out_count}, multiplier, Constant::Role::Requant);
  plain.args[4] = rom_arg(name(4), DType::S8, {out_count}, shift, Constant::Role::Requant);
  return plain;
}

}  // namespace mote::kernels
