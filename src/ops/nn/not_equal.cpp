// not_equal: does x1 differ from x2, element by element?  With broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Outcomes kYes = {1, 0, 1, 1};
constexpr Pair kPair =
    equality<kYes, 6>("not_equal", "NOT_EQUAL",
                      "Element-wise: is it true that x1 and x2 differ?  In s8 and s16 both are brought to "
                      "units of 1/256 before.");
}  // namespace

MOTE_OP(nn_not_equal) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
