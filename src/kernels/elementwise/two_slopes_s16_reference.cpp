// two_slopes_s16, reference: what the host knows of device/mote/nn/elementwise/two_slopes_s16.h.
#include "mote/nn/elementwise/two_slopes_s16.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 14, .mul = 1, .load = 1, .store = 1, .branch = 3};
}

MOTE_KERNEL_VARIANT(elementwise_two_slopes_s16_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::pointwise<two_slopes_s16, kElement, 140>(
      "two_slopes_s16", "mote/nn/elementwise/two_slopes_s16.h");
  return variant;
}
