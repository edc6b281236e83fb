// reduce_any: whether any element along some axes is true.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Reduction kReduction{.op = "reduce_any",
                               .foreign = "REDUCE_ANY",
                               .doc = "Whether any element along some axes is true.",
                               .x = "any shape, bool",
                               .y = "bool",
                               .infer = infer_logical,
                               .lower = [](const NodeRef& ref) { return lower_extreme(ref, true); }};
}  // namespace

MOTE_OP(nn_reduce_any) {
  static const OpDef op = reduction_op<kReduction>();
  return op;
}
