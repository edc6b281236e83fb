// lookup_s16, reference: what the host knows of device/mote/nn/lookup/lookup.h.
#include "mote/nn/lookup/lookup.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 10, .mul = 1, .load = 3, .store = 1, .branch = 1};
}

MOTE_KERNEL_VARIANT(lookup_lookup_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<lookup_s16, kElement, 80>("lookup_s16", "mote/nn/lookup/lookup.h");
  return variant;
}
