// ceil: each element up to a whole number.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{.op = "ceil",
                       .foreign = "CEIL",
                       .kernel = "ceil_f32",
                       .doc =
                           "Element-wise smallest whole number that is not below x.  In s8 by a table, in "
                           "s16 by lines between 513 points.",
                       .quantized = lower_tabulated<in_double<std::ceil>>};
}  // namespace

MOTE_OP(nn_ceil) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
