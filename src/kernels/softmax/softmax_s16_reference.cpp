// softmax_s16, reference: what the host knows of device/mote/nn/softmax/softmax_s16.h.
#include "mote/nn/softmax/softmax_s16.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 40, .mul = 4, .load = 8, .store = 2, .branch = 8};
}

MOTE_KERNEL_VARIANT(softmax_softmax_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<softmax_s16, kElement, 420>("softmax_s16", "mote/nn/softmax/softmax_s16.h");
  return variant;
}
