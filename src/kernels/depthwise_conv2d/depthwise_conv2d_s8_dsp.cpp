// depthwise_conv2d_s8, dsp: narrow weights of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp.h.
#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::depthwise_dsp<false, depthwise_conv2d_s8_dsp>("dsp", "depthwise_conv2d_s8_dsp");
  return variant;
}
