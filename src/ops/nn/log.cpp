// log: the natural logarithm of each element.
#include <limits>

#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// Quantized, what has no logarithm is as low as can be.
float logarithm(float x) {
  return x > 0.0f ? in_double<std::log>(x) : -std::numeric_limits<float>::infinity();
}

constexpr Unary kUnary{
    .op = "log",
    .foreign = "LOG",
    .kernel = "log_f32",
    .doc =
        "Element-wise natural logarithm; of 0 minus infinity, of negative numbers NaN (quantized: the lowest "
        "value).  In s8 by a table, in s16 by lines between 513 points.",
    .quantized = lower_tabulated<logarithm>,
    .s8_version = 2};
}  // namespace

MOTE_OP(nn_log) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
