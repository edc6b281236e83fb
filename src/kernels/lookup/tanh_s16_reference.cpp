// tanh_s16, reference: what the host knows of device/mote/nn/lookup/lookup.h.
#include "mote/nn/lookup/lookup.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 20, .mul = 2, .load = 3, .store = 1, .branch = 4};
}

MOTE_KERNEL_VARIANT(lookup_tanh_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<tanh_s16, kElement, 140>("tanh_s16", "mote/nn/lookup/lookup.h");
  return variant;
}
