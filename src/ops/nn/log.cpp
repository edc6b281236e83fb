// log: the natural logarithm of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// What has no logarithm is as low as the output can be.  A finite number: the table's lines are drawn from it.
Calls lower(const NodeRef& ref) {
  const Tensor& out = ref.out(0);
  const std::int32_t least = zero_points_of(out.type.dtype).min - out.quant.zero_point[0];
  const float lowest = static_cast<float>(least) * out.quant.scale[0];
  return lower_table_of(ref, [lowest](float x) { return x > 0.0f ? in_double<std::log>(x) : lowest; });
}

constexpr Unary kUnary{
    .op = "log",
    .foreign = "LOG",
    .kernel = "log_f32",
    .doc =
        "Element-wise natural logarithm; of 0 minus infinity, of negative numbers NaN (quantized: the lowest "
        "value).  In s8 by a table, in s16 by lines between 513 points.",
    .quantized = lower,
    .s8_version = 2};
}  // namespace

MOTE_OP(nn_log) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
