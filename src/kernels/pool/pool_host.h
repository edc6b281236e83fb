// Internal to the room: memory, rows and costs that the variants of device/mote/nn/pool share.
#pragma once

#include "kernels/pointwise.h"
#include "kernels/variant.h"
#include "kernels/window.h"
#include "mote/nn/pool/pool.h"

namespace mote::kernels {

/// Channel c follows from input channels c alone, which are read before it is written.
template <class Params>
Overlap pool_overlap(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const auto bytes = static_cast<std::int64_t>(bytes_of(call.args[0].dtype));
  const std::int64_t distance =
      window_distance(p, p.channels, p.channels, PixelOrder::ChannelByChannel, bytes);
  return {0, 1, distance, Overlap::Direction::Forward};
}

template <class Params>
RowSpan pool_rows(const KernelCall& call, RowSpan out) {
  return window_rows(from_block<Params>(call.params), 1, out);
}

template <class Params>
KernelCall pool_band(const KernelCall& call, RowSpan out, std::int32_t) {
  return window_band<Params>(call, 1, out);
}

template <class Params, const Mix& tap, const Mix& output, int flash>
Cost pool_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.channels;
  return cost_of(outputs * p.kernel_h * p.kernel_w * tap + outputs * output, flash, target);
}

/// `tap`: instructions for each element of a window; `output`: for each window; `flash`: bytes of code.
template <auto function, const Mix& tap, const Mix& output, int flash>
KernelVariant pool(std::string_view kernel, std::string_view header) {
  using Params = typename ParamsOf<decltype(function)>::type;
  return {.kernel = KernelId(kernel),
          .name = "reference",
          .header = header,
          .function = kernel,
          .overlap = pool_overlap<Params>,
          .rows = pool_rows<Params>,
          .band = pool_band<Params>,
          .cost = pool_cost<Params, tap, output, flash>,
          .run = run_of<function>};
}

}  // namespace mote::kernels
