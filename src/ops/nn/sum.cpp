// sum: the sum along some axes.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Reduction kReduction{.op = "sum",
                               .foreign = "SUM",
                               .doc = "Sum along some axes.",
                               .x = "any shape, f32, s8 or s16",
                               .y = "of x's element type",
                               .infer = infer_sum,
                               .verify = verify_sum,
                               .lower = [](const NodeRef& ref) { return lower_sum(ref, false); },
                               .quant = &kReduceQuant};
}  // namespace

MOTE_OP(nn_sum) {
  static const OpDef op = reduction_op<kReduction>();
  return op;
}
