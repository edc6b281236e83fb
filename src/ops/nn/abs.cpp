// abs: each element without its sign.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// TFLM computes the ratio of scales in float32.
Calls lower(const NodeRef& ref) {
  const float ratio = ref.in(0).quant.scale[0] / ref.out(0).quant.scale[0];
  MOTE_TRY(const Requant up, slope_of(static_cast<double>(ratio)));
  MOTE_TRY(const Requant down, slope_of(-static_cast<double>(ratio)));
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
