// reduce_all: whether all elements along some axes are true.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Reduction kReduction{.op = "reduce_all",
                               .foreign = "REDUCE_ALL",
                               .doc = "Whether all elements along some axes are true.",
                               .x = "any shape, bool",
                               .y = "bool",
                               .infer = infer_logical,
                               .lower = [](const NodeRef& ref) { return lower_extreme(ref, false); }};
}  // namespace

MOTE_OP(nn_reduce_all) {
  static const OpDef op = reduction_op<kReduction>();
  return op;
}
