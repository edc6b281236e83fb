// prelu_f32, reference: what the host knows of device/mote/nn/prelu/prelu.h.
#include "mote/nn/prelu/prelu.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 2, .load = 2, .store = 1, .branch = 3, .floats = 6};
}

MOTE_KERNEL_VARIANT(prelu_prelu_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<prelu_f32, kElement, 90>("prelu_f32", "mote/nn/prelu/prelu.h");
  return variant;
}
