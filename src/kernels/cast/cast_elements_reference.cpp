// cast_elements, reference: what the host knows of device/mote/nn/cast/cast.h.
#include "mote/nn/cast/cast.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 8, .load = 1, .store = 1, .branch = 3, .floats = 2};
}

MOTE_KERNEL_VARIANT(cast_cast_elements_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<cast_elements, kElement, 120>("cast_elements", "mote/nn/cast/cast.h");
  return variant;
}
