// prelu_s8, reference: what the host knows of device/mote/nn/prelu/prelu.h.
#include "mote/nn/prelu/prelu.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 16, .mul = 2, .load = 2, .store = 1, .branch = 3};
}

MOTE_KERNEL_VARIANT(prelu_prelu_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<prelu_s8, kElement, 160>("prelu_s8", "mote/nn/prelu/prelu.h");
  return variant;
}
