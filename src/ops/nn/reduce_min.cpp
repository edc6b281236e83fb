// reduce_min: the smallest element along some axes.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Reduction kReduction{.op = "reduce_min",
                               .foreign = "REDUCE_MIN",
                               .doc = "Smallest element along some axes.",
                               .x = "any shape, f32, s8, s16 or u8",
                               .y = "of x's element type and scale",
                               .infer = infer_extreme,
                               .verify = verify_extreme,
                               .lower = [](const NodeRef& ref) { return lower_extreme(ref, false); },
                               .quant = &kReduceSameScale};
}  // namespace

MOTE_OP(nn_reduce_min) {
  static const OpDef op = reduction_op<kReduction>();
  return op;
}
