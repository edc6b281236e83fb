// dequantize_s8, reference: what the host knows of device/mote/nn/quantize/quantize_s8.h.
#include "mote/nn/quantize/quantize_s8.h"

#include "kernels/pointwise.h"

namespace {
constexpr mote::kernels::Mix kElement{.alu = 2, .load = 1, .store = 1, .branch = 1, .floats = 2};
}

MOTE_KERNEL_VARIANT(quantize_dequantize_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::converting<dequantize_s8, kElement, 60>("dequantize_s8", "mote/nn/quantize/quantize_s8.h");
  return variant;
}
