// logistic: 1 / (1 + e^−x) of each element.
#include "math/random.h"
#include "ops/nn/training.h"
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

void train_forward(const TrainCall& call) {
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  for (std::size_t i = 0; i < count; ++i)
    call.out[0][i] = static_cast<float>(1 / (1 + exact::exp(-static_cast<double>(call.in[0][i]))));
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  const float* y = call.out[0];
  for (std::size_t i = 0; i < count; ++i) call.grad_in[0][i] = call.grad_out[0][i] * y[i] * (1 - y[i]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward, GradRule::Role::Sigmoid};

constexpr Unary kUnary{.op = "logistic",
                       .foreign = "LOGISTIC",
                       .kernel = "logistic_f32",
                       .doc =
                           "Element-wise 1 / (1 + e^−x), 0…1.  In s8 the output has scale 1/256 and zero "
                           "point −128, in s16 1/32768 and 0.",
                       .quantized = lower,
                       .s16 = true,
                       .s8_version = 2,
                       .quant = &kQuant,
                       .grad = &kGrad};
}  // namespace

MOTE_OP(nn_logistic) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
