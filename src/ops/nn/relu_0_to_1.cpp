// relu_0_to_1: min(max(0, x), 1).  As a layer of its own only where it cannot be fused into the layer before it.
#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Relu kRelu{.op = "relu_0_to_1",
                     .foreign = "RELU_0_TO_1",
                     .doc = "Element-wise min(max(0, x), 1).",
                     .range = {0.0f, 1.0f},
                     .s8_version = 1};
}  // namespace

MOTE_OP(nn_relu_0_to_1) {
  static const OpDef op = relu_op<kRelu>();
  return op;
}
