// softmax_s8_s16, reference: what the host knows of device/mote/nn/softmax/softmax_s8.h.
#include "mote/nn/softmax/softmax_s8.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 90, .mul = 26, .load = 4, .store = 1, .branch = 14};
}

MOTE_KERNEL_VARIANT(softmax_softmax_s8_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<softmax_s8_s16, kElement, 1170>("softmax_s8_s16", "mote/nn/softmax/softmax_s8.h");
  return variant;
}
