// depthwise_conv2d_s8, dsp_backward: as dsp, from the last pixel to the first, for plans whose output lies above its input.
#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

namespace mote {
namespace {

Overlap overlap(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const std::int64_t distance = kernels::window_distance_backward(p, p.dilation_h, p.dilation_w, p.in_c);
  return {0, 5, distance, Overlap::Direction::Backward};
}

KernelVariant make() {
  KernelVariant variant = kernels::depthwise_dsp<false, depthwise_conv2d_s8_dsp_backward>(
      "dsp_backward", "depthwise_conv2d_s8_dsp_backward");
  variant.overlap = overlap;
  return variant;
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp_backward) {
  static const mote::KernelVariant variant = mote::make();
  return variant;
}
