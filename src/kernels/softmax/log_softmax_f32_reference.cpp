// log_softmax_f32, reference: what the host knows of device/mote/nn/softmax/log_softmax_f32.h.
#include "mote/nn/softmax/log_softmax_f32.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 20, .load = 8, .store = 2, .branch = 8, .floats = 40};
}

MOTE_KERNEL_VARIANT(softmax_log_softmax_f32_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::pointwise<log_softmax_f32, kElement, 520>(
      "log_softmax_f32", "mote/nn/softmax/log_softmax_f32.h");
  return variant;
}
