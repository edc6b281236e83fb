// softmax: probabilities along the last axis.  The usual last layer of a classifier.
#include "ops/nn/softmax.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

// Probabilities: in s8 0 is −128, and 1 would be 128, which saturates at 127; in s16 1 would be 32768.
constexpr QuantRule kQuant{.fixed_output_scale = 1.0f / 256.0f, .fixed_output_zero_point = -128};
// From s8 to s16.
constexpr float kFineScale = 1.0f / 65536.0f;
constexpr std::int32_t kFineZeroPoint = -32768;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_has_last_axis(ref));
  const double beta = ref.real("beta");
  if (!std::isfinite(beta) || !(beta > 0)) {
    return error(text::cat("beta is ", text::shortest(beta), "; it must be a finite number above 0"),
                 "leave it at 1 for the ordinary softmax");
  }
  if (ref.word("type") == "same") return std::vector<TensorType>{ref.in(0).type};
  if (ref.in(0).type.dtype != DType::S8) return error("only a softmax of s8 can have an s16 output");
  return std::vector<TensorType>{{DType::S16, ref.in(0).type.shape}};
}

bool is_widening(const NodeRef& ref) { return ref.in(0).type.dtype != ref.out(0).type.dtype; }

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  if (!is_widening(ref)) return check_fixed_output(ref, kQuant);
  const Quant& out = ref.out(0).quant;
  const bool scale_is_right = std::abs(out.scale[0] - kFineScale) <= 0.001f * kFineScale;
  if (scale_is_right && out.zero_point[0] == kFineZeroPoint) return {};
  return error(text::cat("the output has scale ", text::shortest(out.scale[0]), " and zero point ",
                         out.zero_point[0], "; a softmax from s8 to s16 has 1/65536 and -32768"));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && is_quantized(ref.in(0)) ? check_quant(ref) : Result<void>{};
}

/// Differences of up to 10 in real terms, as 0 … 65535; the exponential of less counts as 0.
Calls lower_s16(const NodeRef& ref, float beta) {
  MOTE_TRY_VOID(check_depth(ref, UINT16_MAX));
  MOTE_TRY(const Requant requant, quantize_multiplier(static_cast<double>(ref.in(0).quant.scale[0]) *
                                                      static_cast<double>(beta) / (10.0 / 65535.0)));
  auto p = row_geometry<SoftmaxS16Params>(ref);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  constexpr float kRange = 65535.0f;
  const auto exponential =
      interpolated_table(10.0f / kRange, INT16_MAX, 2.0f / kRange, 0, in_double<std::exp>);
  const auto reciprocal = interpolated_table(1.0f / kRange, INT16_MIN, 2.0f / kRange, 0,
                                             [](float x) { return 1.0f / (1.0f + x); });
  return one_call(call_of("softmax_s16", p,
                          {in_arg(ref, 0), interpolated_arg(ref, "exponential", exponential),
                           interpolated_arg(ref, "reciprocal", reciprocal), out_arg(ref)}));
}

Calls lower(const NodeRef& ref) {
  const auto beta = static_cast<float>(ref.real("beta"));  // a float32 in .tflite, and in TFLM's arithmetic
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = row_geometry<SoftmaxF32Params>(ref);
    p.beta = beta;
    return one_call(call_of("softmax_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_quant(ref));
  if (ref.in(0).type.dtype == DType::S16) return lower_s16(ref, beta);
  MOTE_TRY_VOID(check_depth(ref, kMostDepthS8));
  MOTE_TRY(const SoftmaxRequant requant,
           softmax_requant(static_cast<double>(beta), ref.in(0).quant.scale[0]));
  auto p = row_geometry<SoftmaxS8Params>(ref);
  p.multiplier = requant.multiplier;
  p.left_shift = requant.left_shift;
  p.diff_min = requant.diff_min;
  return one_call(
      call_of(is_widening(ref) ? "softmax_s8_s16" : "softmax_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  Attributes attributes;
  MOTE_TRY(attributes["beta"], real_option(foreign, "beta", 1.0));
  const bool wider = graph.tensor(foreign.inputs[0]).type.dtype == DType::S8 &&
                     graph.tensor(foreign.outputs[0]).type.dtype == DType::S16;
  if (wider) attributes["type"] = std::string("s16");
  return append_read(foreign, "softmax", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "SOFTMAX", 2);
  if (ref.out(0).type.dtype == DType::S16) foreign.version = 3;
  foreign.attributes["beta"] = ref.real("beta");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "SOFTMAX", read_tflite, write_tflite}};

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
                 .inputs = {{"x", "logits, at least one dimension, f32, s8 or s16"}},
                 .outputs = {{"y",
                              "of x's shape, 0…1; in s8 with scale 1/256 and zero point −128, in s16 with "
                              "1/32768 and 0, from s8 to "
                              "s16 with 1/65536 and −32768"}},
                 .attributes = {{"beta", "factor of x, above 0; larger is more decided", 1.0},
                                {"type",
                                 "element type of y: that of x, or s16 where x is s8",
                                 std::string("same"),
                                 {"same", "s16"}}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .rows = &kRowsOfLastAxis,
  };
  return op;
}
