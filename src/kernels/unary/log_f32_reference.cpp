// log_f32, reference: what the host knows of device/mote/nn/unary/unary_f32.h.
#include "mote/nn/unary/unary_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 14, .load = 1, .store = 1, .branch = 6, .floats = 36};
}

MOTE_KERNEL_VARIANT(unary_log_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<log_f32, kElement, 280>("log_f32", "mote/nn/unary/unary_f32.h");
  return variant;
}
