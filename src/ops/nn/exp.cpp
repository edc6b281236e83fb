// exp: e^x of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{.op = "exp",
                       .foreign = "EXP",
                       .kernel = "exp_f32",
                       .doc = "Element-wise e^x.  In s8 by a table, in s16 by lines between 513 points.",
                       .quantized = lower_tabulated<in_double<std::exp>>,
                       .s8_version = 2};
}  // namespace

MOTE_OP(nn_exp) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
