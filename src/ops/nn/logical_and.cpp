// logical_and: on truth values, with broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Pair kPair = logical<8>("logical_and", "LOGICAL_AND", "Element-wise: are both true?");
}  // namespace

MOTE_OP(nn_logical_and) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
