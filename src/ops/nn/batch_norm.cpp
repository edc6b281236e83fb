// batch_norm: normalises each channel by its mean and variance; helps training converge.
// Lives only in training: the canonical pipeline folds it into the layer before it, so no device ever runs it.
#include "ops/nn/training.h"
#include "ops/nn/types.h"

#include <cmath>

#include "graph/kernel.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  if (in.type.dtype != DType::F32) {
    return error(text::cat("'x' is ", name_of(in.type.dtype), "; batch_norm computes in f32"),
                 "fold it into the layer before it, then quantize");
  }
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count("x", in.type.shape));
  if (in.type.shape.empty()) return error("'x' is a single number; batch_norm needs a last axis of channels");
  const TensorType each_channel{DType::F32, {in.type.shape.back()}};
  constexpr std::string_view kNames[] = {"x", "gamma", "beta", "mean", "variance"};
  for (int i = 1; i < 5; ++i) {
    if (ref.in(i).type == each_channel) continue;
    return error(text::cat("'", kNames[i], "' is ", type_text(ref.in(i).type), "; it must be ",
                           type_text(each_channel), ", one number a channel of 'x'"));
  }
  const double epsilon = ref.real("epsilon");
  if (!std::isfinite(epsilon) || !(epsilon > 0))
    return error(text::cat("epsilon is ", text::shortest(epsilon), "; it must be a finite number above 0"));
  return std::vector<TensorType>{in.type};
}

Result<std::vector<KernelCall>> lower(const NodeRef&) {
  return error(
      "batch_norm has no kernel; the canonical pipeline folds it into the convolution or dense layer before "
      "it",
      "put it directly behind a conv2d, depthwise_conv2d or fully_connected without activation");
}

/// A multiply-add an element, if it ran.
Work work(const NodeRef& ref) { return {ref.in(0).type.count(), constant_bytes(ref, 1)}; }

/// A running figure keeps this share of itself at a training step.
constexpr float kMomentum = 0.9f;

learn::BatchNorm training_norm(const TrainCall& call) {
  const TensorType& type = call.node.in(0).type;
  const std::int32_t channels = type.shape.back();
  return {static_cast<int>(type.count() / channels) * call.batch, channels,
          static_cast<float>(call.node.real("epsilon")), kMomentum};
}
/// Mean and 1/√(variance + epsilon) of the batch.
std::size_t saved(const NodeRef& ref, int) {
  return 2 * static_cast<std::size_t>(ref.in(0).type.shape.back());
}
void train_forward(const TrainCall& call) {
  const learn::BatchNorm norm = training_norm(call);
  if (call.training) {
    learn::batch_norm_train(norm, call.in[0], call.in[1], call.in[2], call.in[3], call.in[4], call.saved,
                            call.out[0]);
  } else {
    learn::batch_norm_evaluate(norm, call.in[0], call.in[1], call.in[2], call.in[3], call.in[4], call.out[0]);
  }
}
void train_backward(const TrainCall& call) {
  learn::batch_norm_gradient(training_norm(call), call.in[0], call.in[1], call.saved, call.grad_out[0],
                             call.grad_in[0], call.grad_in[1], call.grad_in[2]);
}
learn::Part part(const NodeRef& ref) {
  return {.kind = learn::Part::Kind::Normalize,
          .epsilon = static_cast<float>(ref.real("epsilon")),
          .momentum = kMomentum};
}
constexpr GradRule kGrad{saved, train_forward, train_backward, GradRule::Role::Other, part};
}  // namespace

MOTE_OP(nn_batch_norm) {
  static const OpDef op = {
      .name = "batch_norm",
      .schema =
          {.doc = "Batch normalisation, channel by channel: y = gamma · (x − mean) / √(variance + epsilon) + "
                  "beta.  "
                  "Only for training in float; folded into the layer before it afterwards.",
           .inputs =
               {{"x", "[…, channels], f32"},
                {.name = "gamma", .doc = "[channels], f32: learned factor, starts at 1", .constant = true},
                {.name = "beta", .doc = "[channels], f32: learned offset, starts at 0", .constant = true},
                {.name = "mean", .doc = "[channels], f32: running mean of x", .constant = true},
                {.name = "variance",
                 .doc = "[channels], f32: running variance of x, 0 or more",
                 .constant = true}},
           .outputs = {{"y", "of x's shape, f32"}},
           .attributes = {{"epsilon", "added to the variance, above 0, so that no division is by 0", 1e-3}}},
      .infer = infer,
      .lower = lower,
      .work = work,
      .grad = &kGrad,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
