// dropout: while training, sets a random part of the elements to 0 and scales up the rest; afterwards the
// identity. The canonical pipeline removes it; where it is still there it costs nothing (input and output have one address).
#include <cmath>

#include "ops/nn/quantized_params.h"
#include "ops/nn/training.h"
#include "ops/nn/types.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const double rate = ref.real("rate");
  if (!(rate >= 0 && rate < 1)) {
    return error(text::cat("rate is ", text::shortest(rate), "; it must be at least 0 and below 1"),
                 "0.5 drops every other element on average");
  }
  return infer_same(ref);
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_same_quant("x", ref.in(0), ref.out(0)) : Result<void>{};
}

constexpr QuantRule kQuant{.same_scale = true};

void train_forward(const TrainCall& call) {
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  if (call.training)
    learn::dropout(count, static_cast<float>(call.node.real("rate")), call.seed, call.in[0], call.out[0]);
  else
    std::copy_n(call.in[0], count, call.out[0]);
}
/// The gradient goes where the same seed lets values pass.
void train_backward(const TrainCall& call) {
  const std::size_t count = batch_count(call.node.in(0), call.batch);
  if (call.grad_in[0])
    learn::dropout(count, static_cast<float>(call.node.real("rate")), call.seed, call.grad_out[0],
                   call.grad_in[0]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_dropout) {
  static const OpDef op = {
      .name = "dropout",
      .schema = {.doc = "Regularisation: in training each element is 0 with probability rate, else x / (1 − "
                        "rate).  The "
                        "identity at any other time.",
                 .inputs = {{"x", "any shape, f32 or s8"}},
                 .outputs = {{"y", "of x's type"}},
                 .attributes = {{"rate", "probability that an element is dropped, 0…1, 1 excluded", 0.5}}},
      .infer = infer,
      .verify = verify_node,
      .work = no_work,
      .view = true,
      .grad = &kGrad,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
