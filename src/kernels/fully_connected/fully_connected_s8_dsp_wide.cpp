// fully_connected_s8, dsp_wide: wide rows of device/mote/nn/fully_connected/fully_connected_s8_dsp.h.
#include "kernels/fully_connected/fully_connected_s8_dsp.h"

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_dsp_wide) {
  using namespace mote;
  static const KernelVariant variant = kernels::fully_connected_dsp<true, fully_connected_s8_dsp_wide>(
      "dsp_wide", "fully_connected_s8_dsp_wide");
  return variant;
}
