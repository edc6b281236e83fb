// fully_connected_s8, dsp: narrow rows of device/mote/nn/fully_connected/fully_connected_s8_dsp.h.
#include "kernels/fully_connected/fully_connected_s8_dsp.h"

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::fully_connected_dsp<false, fully_connected_s8_dsp>("dsp", "fully_connected_s8_dsp");
  return variant;
}
