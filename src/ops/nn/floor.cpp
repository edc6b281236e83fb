// floor: each element down to a whole number.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Unary kUnary{.op = "floor",
                       .foreign = "FLOOR",
                       .kernel = "floor_f32",
                       .doc =
                           "Element-wise largest whole number that is not above x.  In s8 by a table, in s16 "
                           "by lines between 513 points.",
                       .quantized = lower_tabulated<in_double<std::floor>>};
}  // namespace

MOTE_OP(nn_floor) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
