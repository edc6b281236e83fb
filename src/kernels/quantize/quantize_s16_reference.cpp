// quantize_s16, reference: what the host knows of device/mote/nn/quantize/quantize.h.
#include "mote/nn/quantize/quantize.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 8, .load = 1, .store = 1, .branch = 4, .floats = 26};
}

MOTE_KERNEL_VARIANT(quantize_quantize_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<quantize_s16, kElement, 180>("quantize_s16", "mote/nn/quantize/quantize.h");
  return variant;
}
