// conv2d_s8, mve_mixed: shifts of 0 among them.
#include "kernels/conv2d/conv2d_s8_mve.h"

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_mve_mixed) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::conv2d_mve<conv2d_s8_mve_mixed, true>("mve_mixed", "conv2d_s8_mve_mixed");
  return variant;
}
