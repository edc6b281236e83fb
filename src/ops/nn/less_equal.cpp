// less_equal: is x1 at most x2, element by element?  With broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Outcomes kYes = {1, 1, 0, 0};
constexpr Pair kPair =
    comparison<kYes>("less_equal", "LESS_EQUAL",
                     "Element-wise: is it true that x1 <= x2?  In s8 and s16 both are brought to units of "
                     "1/256 before.");
}  // namespace

MOTE_OP(nn_less_equal) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
