// Real values to int8: the device function is the only implementation, the host converts inputs and outputs with it too.
#include "graph/kernel.h"
#include "mote/nn/quantize/quantize_s8.h"

namespace {

void run(const mote::Packed& packed, mote::Buffers buffers) {
  const auto params = mote::from_block<mote::QuantizeS8Params>(packed.params);
  mote::quantize_s8(params, static_cast<const float*>(buffers[0]), static_cast<int8_t*>(buffers[1]));
}

}  // namespace

MOTE_KERNEL_VARIANT(quantize_quantize_s8_reference) {
  static const mote::KernelVariant variant = [] {
    mote::KernelVariant v;
    v.kernel = "quantize_s8";
    v.name = "reference";
    v.header = "mote/nn/quantize/quantize_s8.h";
    v.function = "quantize_s8";
    v.run = run;
    return v;
  }();
  return variant;
}
