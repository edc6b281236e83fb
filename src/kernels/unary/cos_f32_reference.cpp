// cos_f32, reference: what the host knows of device/mote/nn/unary/unary_f32.h.
#include "mote/nn/unary/unary_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 60, .mul = 8, .load = 1, .store = 1, .branch = 20, .floats = 14};
}

MOTE_KERNEL_VARIANT(unary_cos_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<cos_f32, kElement, 700>("cos_f32", "mote/nn/unary/unary_f32.h");
  return variant;
}
