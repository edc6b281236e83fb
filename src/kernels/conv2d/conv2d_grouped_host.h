// Internal to the room: memory, rows and costs that the reference variants of convolutions with groups share.
#pragma once

#include "kernels/pointwise.h"
#include "kernels/variant.h"
#include "kernels/window.h"
#include "mote/nn/conv2d/conv2d.h"

namespace mote::kernels {

/// Each output channel of a pixel reads channels of the whole window.
template <class Params>
Overlap grouped_overlap(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const int out = static_cast<int>(call.args.size()) - 1;
  const auto bytes = static_cast<std::int64_t>(bytes_of(call.args[0].dtype));
  return {0, out, window_distance(p, p.in_c, p.out_c, PixelOrder::WholePixel, bytes),
          Overlap::Direction::Forward};
}

template <class Params>
RowSpan grouped_rows(const KernelCall& call, RowSpan out) {
  const auto p = from_block<Params>(call.params);
  return window_rows(p, p.dilation_h, out);
}

template <class Params, const Mix& product, const Mix& output, int flash>
Cost grouped_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const Mix tap{.alu = 7, .branch = 2};  // addresses and bounds tests
  return cost_of(taps * (p.in_c / p.groups) * product + taps * tap + outputs * output, flash, target);
}

/// `product`: instructions for each weight of a tap; `output`: bias to store; `flash`: bytes of code.
template <auto function, const Mix& product, const Mix& output, int flash>
KernelVariant grouped_conv2d(std::string_view kernel, std::string_view header) {
  using Params = typename ParamsOf<decltype(function)>::type;
  return {.kernel = KernelId(kernel),
          .name = "reference",
          .header = header,
          .function = kernel,
          .overlap = grouped_overlap<Params>,
          .rows = grouped_rows<Params>,
          .cost = grouped_cost<Params, product, output, flash>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
