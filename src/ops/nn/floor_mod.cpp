// floor_mod: the remainder of each two elements that has the sign of the divisor, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Pair kPair{
    .op = "floor_mod",
    .foreign = "FLOOR_MOD",
    .doc =
        "Element-wise remainder x1 - floor(x1 / x2) * x2, which has the sign of x2; for x2 = "
        "0 it is NaN.",
    .x1 = "any shape; f32",
    .infer = infer_pair_of<DType::F32>,
    .lower = [](const NodeRef& ref) {
      return pair_call("floor_mod_f32", ref, pair_params<PlainPairParams>(ref));
    }};
}  // namespace

MOTE_OP(nn_floor_mod) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
