// tanh: the hyperbolic tangent of each element.
#include "ops/nn/unary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr QuantRule kQuant{.fixed_output_scale = 1.0f / 128.0f, .fixed_output_zero_point = 0};

Calls lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S8)
    return one_call(byte_lookup(ref, sigmoid_byte_table(ref, 7, 0, tanh_of_q4)));
  MOTE_TRY(const SigmoidS16Params p, sigmoid_s16_params(ref, 1));
  return one_call(call_of("tanh_s16", p,
                          {in_arg(ref, 0), interpolated_arg(ref, "table", sigmoid_table()), out_arg(ref)}));
}

constexpr Unary kUnary{.op = "tanh",
                       .foreign = "TANH",
                       .kernel = "tanh_f32",
                       .doc =
                           "Element-wise hyperbolic tangent, −1…1.  In s8 the output has scale 1/128 and "
                           "zero point 0, in s16 1/32768 and 0.",
                       .quantized = lower,
                       .s16 = true,
                       .s8_version = 2,
                       .quant = &kQuant};
}  // namespace

MOTE_OP(nn_tanh) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
