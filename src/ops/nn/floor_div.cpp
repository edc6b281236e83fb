// floor_div: the quotient of each two elements, rounded down, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Pair kPair{.op = "floor_div",
                     .foreign = "FLOOR_DIV",
                     .doc = "Element-wise quotient rounded down to a whole number; x1 / 0 is infinite.",
                     .x1 = "any shape; f32",
                     .infer = infer_pair_of<DType::F32>,
                     .lower = [](const NodeRef& ref) {
                       return pair_call("floor_div_f32", ref, pair_params<PlainPairParams>(ref));
                     }};
}  // namespace

MOTE_OP(nn_floor_div) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
