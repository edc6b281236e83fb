// exp_f32, reference: what the host knows of device/mote/nn/unary/unary_f32.h.
#include "mote/nn/unary/unary_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 12, .load = 1, .store = 1, .branch = 6, .floats = 32};
}

MOTE_KERNEL_VARIANT(unary_exp_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<exp_f32, kElement, 260>("exp_f32", "mote/nn/unary/unary_f32.h");
  return variant;
}
