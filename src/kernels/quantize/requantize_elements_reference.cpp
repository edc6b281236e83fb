// requantize_elements, reference: what the host knows of device/mote/nn/quantize/requantize.h.
#include "mote/nn/quantize/requantize.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 12, .mul = 1, .load = 1, .store = 1, .branch = 2};
}

MOTE_KERNEL_VARIANT(quantize_requantize_elements_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::converting<requantize_elements, kElement, 130>(
      "requantize_elements", "mote/nn/quantize/requantize.h");
  return variant;
}
