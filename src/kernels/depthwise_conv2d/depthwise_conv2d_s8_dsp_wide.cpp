// depthwise_conv2d_s8, dsp_wide: wide weights of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h.
#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp_wide) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::depthwise_dsp<true, depthwise_conv2d_s8_dsp_wide>("dsp_wide", "depthwise_conv2d_s8_dsp_wide");
  return variant;
}
