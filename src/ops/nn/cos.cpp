// cos: the cosine of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{
    .op = "cos",
    .foreign = "COS",
    .kernel = "cos_f32",
    .doc = "Element-wise cosine of radians.  In s8 by a table, in s16 by lines between 513 points.",
    .quantized = lower_tabulated<in_double<std::cos>>};
}  // namespace

MOTE_OP(nn_cos) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
