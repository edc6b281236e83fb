// Internal to the room: what all variants of conv2d_s8 share on the host.
#pragma once

#include "kernels/variant.h"
#include "kernels/window.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote::kernels {

inline Facts conv2d_s8_facts(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto bias = constants_of<std::int32_t>(call, 2);
  if (weights.empty()) return {};
  const std::size_t per_output = weights.size() / static_cast<std::size_t>(p.out_c);
  SumBounds bounds(p.in_zero_point);
  for (std::size_t o = 0; o < static_cast<std::size_t>(p.out_c); ++o) {
    bounds.begin_output(bias.empty() ? 0 : bias[o]);
    for (std::size_t i = 0; i < per_output; ++i) bounds.add_weight(weights[o * per_output + i]);
    bounds.end_output();
  }
  return bounds.facts(constants_of<std::int8_t>(call, 4));
}

/// Each output channel of a pixel reads the whole window.
inline Overlap conv2d_s8_overlap(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return {0, 5, window_distance(p, p.in_c, p.out_c, PixelOrder::WholePixel, 1), Overlap::Direction::Forward};
}

inline RowSpan conv2d_s8_rows(const KernelCall& call, RowSpan out) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return window_rows(p, p.dilation_h, out);
}

inline KernelCall conv2d_s8_band(const KernelCall& call, RowSpan out, std::int32_t) {
  return window_band<Conv2dS8Params>(call, from_block<Conv2dS8Params>(call.params).dilation_h, out);
}

}  // namespace mote::kernels
