// conv2d_s8, dsp_two: as dsp, two pixels at a time, for arenas that have no room for the windows of four.
#include "kernels/conv2d/conv2d_s8_dsp.h"

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_dsp_two) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::conv2d_dsp<false, 2, conv2d_s8_dsp_two>("dsp_two", "conv2d_s8_dsp_two");
  return variant;
}
