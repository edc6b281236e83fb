// conv2d_s8, mve: shifts below 0.
#include "kernels/conv2d/conv2d_s8_mve.h"

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_mve) {
  using namespace mote;
  static const KernelVariant variant = kernels::conv2d_mve<conv2d_s8_mve, false>("mve", "conv2d_s8_mve");
  return variant;
}
