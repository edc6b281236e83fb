// mean: the average along some axes.  The global average pool of many image networks.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Reduction kReduction{
    .op = "mean",
    .foreign = "MEAN",
    .doc = "Mean along some axes.  In s8 and s16 the nearest value, between equal scales too.",
    .x = "any shape, f32, s8 or s16",
    .y = "of x's element type",
    .infer = infer_sum,
    .verify = verify_sum,
    .lower = [](const NodeRef& ref) { return lower_sum(ref, true); },
    .quant = &kReduceQuant};
}  // namespace

MOTE_OP(nn_mean) {
  static const OpDef op = reduction_op<kReduction>();
  return op;
}
