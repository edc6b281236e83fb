// equal: is x1 equal to x2, element by element?  With broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Outcomes kYes = {0, 1, 0, 0};
constexpr Pair kPair =
    equality<kYes, 9>("equal", "EQUAL",
                      "Element-wise: is it true that x1 = x2?  In s8 and s16 both are brought to units of "
                      "1/256 before.");
}  // namespace

MOTE_OP(nn_equal) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
