// dequantize_u8, reference: what the host knows of device/mote/nn/quantize/quantize.h.
#include "mote/nn/quantize/quantize.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 2, .load = 1, .store = 1, .branch = 1, .floats = 2};
}

MOTE_KERNEL_VARIANT(quantize_dequantize_u8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<dequantize_u8, kElement, 60>("dequantize_u8", "mote/nn/quantize/quantize.h");
  return variant;
}
