// elu: x where it is positive, e^x − 1 elsewhere.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// In floats, as TFLM's table of int8 has it.
float elu_of(float x) { return x < 0.0f ? in_double<std::exp>(x) - 1.0f : x; }

constexpr Unary kUnary{.op = "elu",
                       .foreign = "ELU",
                       .kernel = "elu_f32",
                       .doc =
                           "Element-wise x where it is positive, e^x − 1 elsewhere.  In s8 by a table, in "
                           "s16 by lines between 513 points.",
                       .quantized = lower_tabulated<elu_of>};
}  // namespace

MOTE_OP(nn_elu) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
