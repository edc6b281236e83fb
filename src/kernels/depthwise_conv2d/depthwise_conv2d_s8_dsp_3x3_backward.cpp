// depthwise_conv2d_s8, dsp_3x3_backward: as dsp_3x3, from the last pixel to the first, for plans whose output lies above its input.
#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h"

namespace mote {
namespace {

Overlap overlap(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const std::int64_t distance = kernels::window_distance_backward(p, p.dilation_h, p.dilation_w, p.in_c);
  return {0, 3, distance, Overlap::Direction::Backward};
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp_3x3_backward) {
  using namespace mote;
  static const KernelVariant variant = kernels::depthwise_3x3<depthwise_conv2d_s8_dsp_3x3_backward>(
      "dsp_3x3_backward", "depthwise_conv2d_s8_dsp_3x3_backward", overlap);
  return variant;
}
