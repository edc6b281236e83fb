// softmax: probabilities along the last axis.  The usual last layer of a classifier.
#include "mote/nn/softmax/softmax.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

// Probabilities in int8: 0 is −128, and 1 would be 128, which saturates at 127.
constexpr float kOutputScale = 1.0f / 256.0f;
constexpr std::int32_t kOutputZeroPoint = -128;

constexpr std::int32_t kMostDepthS8 = 4095;  // the sum of exponentials, each up to 1, is Q12.19

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_type("x", ref.in(0)));
  if (ref.in(0).type.shape.empty())
    return error("'x' is a single number; softmax needs a last axis to sum along");
  const double beta = ref.real("beta");
  if (!std::isfinite(beta) || !(beta > 0)) {
    return error(text::cat("beta is ", text::shortest(beta), "; it must be a finite number above 0"),
                 "leave it at 1 for the ordinary softmax");
  }
  return std::vector<TensorType>{ref.in(0).type};
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  const Quant& out = ref.out(0).quant;
  const bool scale_is_right = std::abs(out.scale[0] - kOutputScale) <= 0.001f * kOutputScale;
  if (scale_is_right && out.zero_point[0] == kOutputZeroPoint) return {};
  return error(text::cat("the output has scale ", text::shortest(out.scale[0]), " and zero point ",
                         out.zero_point[0], "; a softmax in s8 has 1/256 and -128"),
               "quantize the model again with mote, or with a converter that follows TFLite's specification");
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  const TensorType& type = ref.in(0).type;
  Params p{};
  p.depth = type.shape.back();
  p.rows = static_cast<std::int32_t>(type.count() / p.depth);
  return p;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const auto beta = static_cast<float>(ref.real("beta"));  // a float32 in .tflite, and in TFLM's arithmetic
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = geometry<SoftmaxF32Params>(ref);
    p.beta = beta;
    return one_call(call_of("softmax_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_quant(ref));
  if (ref.in(0).type.shape.back() > kMostDepthS8) {
    return error(text::cat("softmax over ", ref.in(0).type.shape.back(), " elements in s8; at most ",
                           kMostDepthS8, " fit the kernel's sum"),
                 "leave the layer out and take the largest logit, or keep it in float");
  }
  MOTE_TRY(const SoftmaxRequant requant,
           softmax_requant(static_cast<double>(beta), ref.in(0).quant.scale[0]));
  auto p = geometry<SoftmaxS8Params>(ref);
  p.multiplier = requant.multiplier;
  p.left_shift = requant.left_shift;
  p.diff_min = requant.diff_min;
  return one_call(call_of("softmax_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  Attributes attributes;
  MOTE_TRY(attributes["beta"], option<double>(foreign, "beta", 1.0));
  return append_read(foreign, "softmax", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "SOFTMAX", 2);
  foreign.attributes["beta"] = ref.real("beta");
  return foreign;
}

/// The sum runs along the last axis.  In two dimensions that is dimension 1: every row is needed.
bool sums_along_rows(const NodeRef& ref) { return ref.in(0).type.shape.size() == 2; }
RowSpan rows(const NodeRef& ref, int, RowSpan out) {
  return sums_along_rows(ref) ? RowSpan{0, ref.in(0).type.shape[1]} : out;
}

constexpr FormatRule kFormats[] = {{"tflite", "SOFTMAX", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.fixed_output_scale = kOutputScale, .fixed_output_zero_point = kOutputZeroPoint};
constexpr RowRule kRows{rows};

int training_rows(const TrainCall& call) {
  const TensorType& type = call.node.in(0).type;
  return static_cast<int>(type.count() / type.shape.back()) * call.batch;
}
void train_forward(const TrainCall& call) {
  learn::softmax(training_rows(call), call.node.in(0).type.shape.back(),
                 static_cast<float>(call.node.real("beta")), call.in[0], call.out[0]);
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  learn::softmax_gradient(training_rows(call), call.node.in(0).type.shape.back(),
                          static_cast<float>(call.node.real("beta")), call.out[0], call.grad_out[0],
                          call.grad_in[0]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward, GradRule::Role::Softmax};
}  // namespace

MOTE_OP(nn_softmax) {
  static const OpDef op = {
      .name = "softmax",
      .schema = {.doc = "Probabilities along the last axis: y = exp(beta · x) / Σ exp(beta · x).",
                 .inputs = {{"x", "logits, at least one dimension, f32 or s8"}},
                 .outputs = {{"y", "of x's shape, 0…1; in s8 with scale 1/256 and zero point −128"}},
                 .attributes = {{"beta", "factor of x, above 0; larger is more decided", 1.0}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .rows = &kRows,
  };
  return op;
}
