// conv2d_s8, dsp_wide: wide rows of device/mote/nn/conv2d/conv2d_s8_dsp.h; twice the flash for a twelfth fewer instructions.
#include "kernels/conv2d/conv2d_s8_dsp.h"

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_dsp_wide) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::conv2d_dsp<true, 4, conv2d_s8_dsp_wide>("dsp_wide", "conv2d_s8_dsp_wide");
  return variant;
}
