// hard_swish: x · relu6(x + 3) / 6 of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Calls lower(const NodeRef& ref) {
  MOTE_TRY(const ByteTable table, hard_swish_table(ref));
  return one_call(byte_lookup(ref, table));
}

constexpr Unary kUnary{.op = "hard_swish",
                       .foreign = "HARD_SWISH",
                       .kernel = "hard_swish_f32",
                       .doc = "Element-wise x · relu6(x + 3) / 6.",
                       .quantized = lower,
                       .s16 = false};
}  // namespace

MOTE_OP(nn_hard_swish) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
