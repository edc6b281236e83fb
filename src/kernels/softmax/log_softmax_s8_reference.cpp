// log_softmax_s8, reference: what the host knows of device/mote/nn/softmax/log_softmax_s8.h.
#include "mote/nn/softmax/log_softmax_s8.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 90, .mul = 26, .load = 4, .store = 1, .branch = 14};
}

MOTE_KERNEL_VARIANT(softmax_log_softmax_s8_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::pointwise<log_softmax_s8, kElement, 1500>(
      "log_softmax_s8", "mote/nn/softmax/log_softmax_s8.h");
  return variant;
}
