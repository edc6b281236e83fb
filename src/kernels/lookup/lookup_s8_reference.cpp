// lookup_s8, reference: what the host knows of device/mote/nn/lookup/lookup.h.
#include "mote/nn/lookup/lookup.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 2, .load = 2, .store = 1, .branch = 1};
}

MOTE_KERNEL_VARIANT(lookup_lookup_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pointwise<lookup_s8, kElement, 40>("lookup_s8", "mote/nn/lookup/lookup.h");
  return variant;
}
