// depthwise_conv2d_s8, dsp_3x3: device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h from the first pixel to the last.
#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp_3x3.h"

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp_3x3) {
  using namespace mote;
  static const KernelVariant variant = kernels::depthwise_3x3<depthwise_conv2d_s8_dsp_3x3>(
      "dsp_3x3", "depthwise_conv2d_s8_dsp_3x3",
      kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 3, 1>);
  return variant;
}
