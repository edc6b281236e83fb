// tanh: the hyperbolic tangent of each element.
#include "math/random.h"
#include "ops/nn/training.h"
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

float tanh_of(float x) {
  const double e = exact::exp(-2 * std::abs(static_cast<double>(x))), y = (1 - e) / (1 + e);
  return static_cast<float>(x < 0 ? -y : y);
}
void train_forward(const TrainCall& call) {
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  for (std::size_t i = 0; i < count; ++i) call.out[0][i] = tanh_of(call.in[0][i]);
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  const float* y = call.out[0];
  for (std::size_t i = 0; i < count; ++i) call.grad_in[0][i] = call.grad_out[0][i] * (1 - y[i] * y[i]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};

constexpr Unary kUnary{.op = "tanh",
                       .foreign = "TANH",
                       .kernel = "tanh_f32",
                       .doc =
                           "Element-wise hyperbolic tangent, −1…1.  In s8 the output has scale 1/128 and "
                           "zero point 0, in s16 1/32768 and 0.",
                       .quantized = lower,
                       .s16 = true,
                       .s8_version = 2,
                       .quant = &kQuant,
                       .grad = &kGrad};
}  // namespace

MOTE_OP(nn_tanh) {
  static const OpDef op = unary_op<kUnary>();
  return op;
}
