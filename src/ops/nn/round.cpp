// round: each element as the nearest whole number.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

double nearest(double x) { return std::nearbyint(x); }

constexpr Unary kUnary{.op = "round",
                       .foreign = "ROUND",
                       .kernel = "round_f32",
                       .doc =
                           "Element-wise nearest whole number, halves to the even one.  In s8 by a table, in "
                           "s16 by lines between 513 points.",
                       .quantized = lower_tabulated<in_double<nearest>>};
}  // namespace

MOTE_OP(nn_round) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
