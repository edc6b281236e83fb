// relu6: min(max(0, x), 6).  As a layer of its own only where it cannot be fused into the layer before it.
#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

// One scale for input and output: TFLM clamps here without requantizing, so only then do all runtimes agree.
// Where an imported model has two, the input is requantized, as LiteRT does.
constexpr QuantRule kQuant{.same_scale = true};

constexpr Relu kRelu{.op = "relu6",
                     .foreign = "RELU6",
                     .doc = "Element-wise min(max(0, x), 6).",
                     .range = {0.0f, 6.0f},
                     .s8_version = 2,
                     .trains = true,
                     .quant = &kQuant};
}  // namespace

MOTE_OP(nn_relu6) {
  static const OpDef op = relu_op<kRelu>();
  return op;
}
