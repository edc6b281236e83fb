// square: x² of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

float squared(float x) { return x * x; }

constexpr Unary kUnary{.op = "square",
                       .foreign = "SQUARE",
                       .kernel = "square_f32",
                       .doc = "Element-wise x².  In s8 by a table, in s16 by lines between 513 points.",
                       .quantized = lower_tabulated<squared>};
}  // namespace

MOTE_OP(nn_square) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
