// logical_or: on truth values, with broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Pair kPair = logical<14>("logical_or", "LOGICAL_OR", "Element-wise: is one of them true, or both?");
}  // namespace

MOTE_OP(nn_logical_or) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
