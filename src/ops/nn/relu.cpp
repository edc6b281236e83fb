// relu: max(0, x).  As a layer of its own only where it cannot be fused into the layer before it.
#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Relu kRelu{
    .op = "relu",
    .foreign = "RELU",
    .doc = "Element-wise max(0, x).  Quantized, the output may have another scale than the input.",
    .range = {0.0f, FLT_MAX},
    .s8_version = 2,
    .trains = true};
}  // namespace

MOTE_OP(nn_relu) {
  static const OpDef op = relu_op<kRelu>();
  return op;
}
