// abs: each element without its sign.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Calls lower(const NodeRef& ref) {
  MOTE_TRY(const Requant up, slope_of(scale_ratio(ref)));
  MOTE_TRY(const Requant down, slope_of(-scale_ratio(ref)));
  return lower_slopes(ref, {up, down}, zero_points_of(ref.out(0).type.dtype));
}

constexpr Unary kUnary{
    .op = "abs",
    .foreign = "ABS",
    .kernel = "abs_f32",
    .doc = "Element-wise |x|.  Quantized, the output may have another scale than the input.",
    .quantized = lower,
    .s8_version = 2};
}  // namespace

MOTE_OP(nn_abs) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
