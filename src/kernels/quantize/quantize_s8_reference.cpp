// quantize_s8, reference: what the host knows of device/mote/nn/quantize/quantize_s8.h.
#include "mote/nn/quantize/quantize_s8.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 8, .load = 1, .store = 1, .branch = 4, .floats = 26};
}

MOTE_KERNEL_VARIANT(quantize_quantize_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<quantize_s8, kElement, 180>("quantize_s8", "mote/nn/quantize/quantize_s8.h");
  return variant;
}
