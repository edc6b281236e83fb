// int8 to real values: the device function is the only implementation, the host converts inputs and outputs with it too.
#include "graph/kernel.h"
#include "mote/nn/quantize/quantize_s8.h"

namespace {

void run(const mote::Packed& packed, mote::Buffers buffers) {
  const auto params = mote::from_block<mote::QuantizeS8Params>(packed.params);
  mote::dequantize_s8(params, static_cast<const int8_t*>(buffers[0]), static_cast<float*>(buffers[1]));
}

}  // namespace

MOTE_KERNEL_VARIANT(quantize_dequantize_s8_reference) {
  static const mote::KernelVariant variant = [] {
    mote::KernelVariant v;
    v.kernel = "dequantize_s8";
    v.name = "reference";
    v.header = "mote/nn/quantize/quantize_s8.h";
    v.function = "dequantize_s8";
    v.run = run;
    return v;
  }();
  return variant;
}
