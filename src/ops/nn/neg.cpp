// neg: each element with the other sign.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Calls lower(const NodeRef& ref) {
  MOTE_TRY(const Requant down, slope_of(-scale_ratio(ref)));
  return lower_slopes(ref, {down, down}, zero_points_of(ref.out(0).type.dtype));
}

constexpr Unary kUnary{
    .op = "neg",
    .foreign = "NEG",
    .kernel = "neg_f32",
    .doc = "Element-wise −x.  Quantized, the output may have another scale than the input.",
    .quantized = lower};
}  // namespace

MOTE_OP(nn_neg) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
