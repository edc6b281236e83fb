// ceil_f32, reference: what the host knows of device/mote/nn/unary/unary_f32.h.
#include "mote/nn/unary/unary_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 4, .load = 1, .store = 1, .branch = 5, .floats = 9};
}

MOTE_KERNEL_VARIANT(unary_ceil_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<ceil_f32, kElement, 90>("ceil_f32", "mote/nn/unary/unary_f32.h");
  return variant;
}
