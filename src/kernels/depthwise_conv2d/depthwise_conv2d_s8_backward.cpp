// depthwise_conv2d_s8, backward: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/variant.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts&) {
  return from_block<DepthwiseConv2dS8Params>(call.params).depth_multiplier == 1;
}

Overlap overlap(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const std::int64_t distance = kernels::window_distance_backward(p, p.dilation_h, p.dilation_w, p.in_c);
  return {0, 5, distance, Overlap::Direction::Backward};
}

/// As direct, and a little more, so that direct is taken where memory does not decide.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double rows = outputs * p.kernel_h;
  const kernels::Mix product{.alu = 1.75, .mul = 1, .load = 2, .branch = 0.25};
  const kernels::Mix row{.alu = 4};
  const kernels::Mix output{.alu = 0.25};
  return kernels::cost_of(
      rows * p.kernel_w * product + rows * row + outputs * (kernels::kRequantizedOutput + output), 960,
      target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_backward) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "backward",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h",
                                     .function = "depthwise_conv2d_s8_backward",
                                     .fits = fits,
                                     .overlap = overlap,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_backward>};
  return variant;
}
