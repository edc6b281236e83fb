// rsqrt: 1 / √x of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Calls lower(const NodeRef& ref) {
  MOTE_TRY(const ByteTable table, rsqrt_table(ref));
  return one_call(byte_lookup(ref, table));
}

constexpr Unary kUnary{.op = "rsqrt",
                       .foreign = "RSQRT",
                       .kernel = "rsqrt_f32",
                       .doc = "Element-wise 1 / √x.  In s8 zero and less give the highest value.",
                       .quantized = lower,
                       .s16 = false,
                       .s8_version = 2};
}  // namespace

MOTE_OP(nn_rsqrt) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
