// hard_swish_f32, reference: what the host knows of device/mote/nn/unary/unary_f32.h.
#include "mote/nn/unary/unary_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 2, .load = 1, .store = 1, .branch = 4, .floats = 24};
}

MOTE_KERNEL_VARIANT(unary_hard_swish_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<hard_swish_f32, kElement, 120>("hard_swish_f32", "mote/nn/unary/unary_f32.h");
  return variant;
}
