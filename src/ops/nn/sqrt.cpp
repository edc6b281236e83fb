// sqrt: the square root of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{.op = "sqrt",
                       .foreign = "SQRT",
                       .kernel = "sqrt_f32",
                       .doc =
                           "Element-wise square root; of negative numbers NaN (quantized: the zero point).  "
                           "In s8 by a table, in s16 by lines between 513 points.",
                       .quantized = lower_tabulated<in_double<std::sqrt>>,
                       .s8_version = 2};
}  // namespace

MOTE_OP(nn_sqrt) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
