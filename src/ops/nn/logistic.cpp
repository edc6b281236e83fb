// logistic: 1 / (1 + e^−x) of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr QuantRule kQuant{.fixed_output_scale = 1.0f / 256.0f, .fixed_output_zero_point = -128};

Calls lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S8)
    return one_call(byte_lookup(ref, sigmoid_byte_table(ref, 8, -128, logistic_of_q4)));
  MOTE_TRY(const SigmoidS16Params p, sigmoid_s16_params(ref, 0));
  return one_call(call_of("logistic_s16", p,
                          {in_arg(ref, 0), interpolated_arg(ref, "table", sigmoid_table()), out_arg(ref)}));
}

constexpr Unary kUnary{.op = "logistic",
                       .foreign = "LOGISTIC",
                       .kernel = "logistic_f32",
                       .doc =
                           "Element-wise 1 / (1 + e^−x), 0…1.  In s8 the output has scale 1/256 and zero "
                           "point −128, in s16 1/32768 and 0.",
                       .quantized = lower,
                       .s16 = true,
                       .s8_version = 2,
                       .quant = &kQuant};
}  // namespace

MOTE_OP(nn_logistic) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
