// l2_normalization_s8, reference: what the host knows of device/mote/nn/l2_normalization/l2_normalization.h.
#include "mote/nn/l2_normalization/l2_normalization.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 14, .mul = 2, .load = 2, .store = 1, .branch = 3};
}

MOTE_KERNEL_VARIANT(l2_normalization_l2_normalization_s8_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::pointwise<l2_normalization_s8, kElement, 420>(
      "l2_normalization_s8", "mote/nn/l2_normalization/l2_normalization.h");
  return variant;
}
