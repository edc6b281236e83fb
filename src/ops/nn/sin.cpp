// sin: the sine of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{
    .op = "sin",
    .foreign = "SIN",
    .kernel = "sin_f32",
    .doc = "Element-wise sine of radians.  In s8 by a table, in s16 by lines between 513 points.",
    .quantized = lower_tabulated<in_double<std::sin>>};
}  // namespace

MOTE_OP(nn_sin) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
