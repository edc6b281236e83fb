// Internal to the room: costs that the reference variants of device/mote/nn/transpose_conv share.
#pragma once

#include "kernels/pointwise.h"
#include "kernels/variant.h"

namespace mote::kernels {

template <class Params, const Mix& product, const Mix& output, int flash>
Cost transpose_conv_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  // An input pixel spreads over the kernel's footprint, part of which may be cut off.
  const double taps = 1.0 * p.batches * p.in_h * p.in_w * p.out_c * p.kernel_h * p.kernel_w;
  const Mix tap{.alu = 8, .branch = 2};
  const Mix window{.alu = 12, .branch = 4, .divide = 4};  // which input pixels cover the output
  return cost_of(taps * p.in_c * product + taps * tap + outputs * (window + output), flash, target);
}

/// `product`: instructions for each weight of a tap; `output`: bias to store; `flash`: bytes of code.
template <auto function, const Mix& product, const Mix& output, int flash>
KernelVariant transpose_conv(std::string_view kernel, std::string_view header) {
  using Params = typename ParamsOf<decltype(function)>::type;
  return {.kernel = KernelId(kernel),
          .name = "reference",
          .header = header,
          .function = kernel,
          .cost = transpose_conv_cost<Params, product, output, flash>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
