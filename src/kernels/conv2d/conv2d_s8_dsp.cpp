// conv2d_s8, dsp: narrow rows of device/mote/nn/conv2d/conv2d_s8_dsp.h; the weights take no more flash than the file's.
#include "kernels/conv2d/conv2d_s8_dsp.h"

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant = kernels::conv2d_dsp<false, 4, conv2d_s8_dsp>("dsp", "conv2d_s8_dsp");
  return variant;
}
