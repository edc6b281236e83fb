// Internal to the room: what the variants of depthwise_conv2d share on the host.
#pragma once

#include "kernels/variant.h"
#include "kernels/window.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"

namespace mote::kernels {

inline Facts depthwise_conv2d_s8_facts(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto bias = constants_of<std::int32_t>(call, 2);
  if (weights.empty()) return {};
  const auto outputs = static_cast<std::size_t>(p.out_c);
  SumBounds bounds(p.in_zero_point);
  for (std::size_t o = 0; o < outputs; ++o) {
    bounds.begin_output(bias.empty() ? 0 : bias[o]);
    for (std::size_t i = o; i < weights.size(); i += outputs) bounds.add_weight(weights[i]);
    bounds.end_output();
  }
  return bounds.facts(constants_of<std::int8_t>(call, 4));
}

/// With depth_multiplier 1 channel c follows from input channel c alone; the direct variant of s8 reads channels c
/// … c+3 before it writes these four, which the same bound covers.  With more, several outputs read one input channel.
/// `out` is the output's place among the arguments, `bytes` an element's.
template <class Params, int out, int bytes>
Overlap depthwise_conv2d_overlap(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const PixelOrder order = p.depth_multiplier == 1 ? PixelOrder::ChannelByChannel : PixelOrder::WholePixel;
  return {0, out, window_distance(p, p.in_c, p.out_c, order, bytes), Overlap::Direction::Forward};
}

template <class Params>
RowSpan depthwise_conv2d_rows(const KernelCall& call, RowSpan out) {
  const auto p = from_block<Params>(call.params);
  return window_rows(p, p.dilation_h, out);
}

template <class Params>
KernelCall depthwise_conv2d_band(const KernelCall& call, RowSpan out, std::int32_t) {
  return window_band<Params>(call, from_block<Params>(call.params).dilation_h, out);
}

}  // namespace mote::kernels
