// l2_normalization_f32, reference: what the host knows of device/mote/nn/l2_normalization/l2_normalization.h.
#include "mote/nn/l2_normalization/l2_normalization.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 4, .load = 2, .store = 1, .branch = 3, .floats = 20};
}

MOTE_KERNEL_VARIANT(l2_normalization_l2_normalization_f32_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::pointwise<l2_normalization_f32, kElement, 280>(
      "l2_normalization_f32", "mote/nn/l2_normalization/l2_normalization.h");
  return variant;
}
