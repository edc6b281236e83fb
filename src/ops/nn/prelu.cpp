// prelu: x where it is positive, alpha · x elsewhere; alpha is a constant of its own for each channel, or any
// that broadcasts.
#include "mote/nn/prelu/prelu.h"

#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// How alpha lies over x's shape: aligned at the innermost axis, extents equal or 1.
Result<void> check_alpha_shape(const Shape& x, const Shape& alpha) {
  bool fits = alpha.size() <= x.size();
  for (std::size_t i = 1; fits && i <= alpha.size(); ++i) {
    const std::int32_t extent = alpha[alpha.size() - i];
    fits = extent == 1 || extent == x[x.size() - i];
  }
  if (fits) return {};
  return error(
      text::cat("'alpha' has the shape ", to_text(alpha), ", which does not broadcast to x's ", to_text(x)));
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8, DType::S16}));
  const DType wanted = ref.in(0).type.dtype == DType::F32 ? DType::F32 : DType::S8;
  MOTE_TRY_VOID(check_dtype("alpha", ref.in(1), {wanted}));
  MOTE_TRY_VOID(check_alpha_shape(ref.in(0).type.shape, ref.in(1).type.shape));
  return std::vector<TensorType>{ref.in(0).type};
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_unary_quant(ref));
  return check_activation_quant("alpha", ref.in(1));
}
Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && is_quantized(ref.in(0)) ? check_quant(ref) : Result<void>{};
}

/// Elements after which alpha repeats over x: up to its outermost axis that is not 1, with all axes within.
std::int32_t period_of(const NodeRef& ref) {
  const Shape &x = ref.in(0).type.shape, &alpha = ref.in(1).type.shape;
  std::int64_t period = 1, best = 1;
  for (std::size_t i = 1; i <= alpha.size(); ++i) {
    period *= x[x.size() - i];
    if (alpha[alpha.size() - i] != 1) best = period;
  }
  return static_cast<std::int32_t>(best);
}

/// One period of alpha, its inner axes of 1 repeated.
Arg alpha_arg(const NodeRef& ref, std::int32_t period) {
  const Tensor& alpha = ref.in(1);
  const Shape &x = ref.in(0).type.shape, &shape = alpha.type.shape;
  const std::size_t width = bytes_of(alpha.type.dtype);
  Constant constant{constant_name(ref, "alpha"), alpha.type.dtype, {period}, {}, Constant::Role::Weights};
  for (std::int32_t i = 0; i < period; ++i) {
    std::int64_t rest = i, source = 0, stride = 1;
    for (std::size_t a = 1; a <= shape.size(); ++a) {
      const std::int32_t extent = x[x.size() - a], own = shape[shape.size() - a];
      if (own != 1) source += rest % extent * stride;
      rest /= extent;
      stride *= own;
    }
    const auto* first = alpha.constant->data() + static_cast<std::size_t>(source) * width;
    constant.bytes.insert(constant.bytes.end(), first, first + width);
  }
  return Arg{alpha.type.dtype, Arg::Rom{std::make_shared<const Constant>(std::move(constant))}};
}

Calls lower(const NodeRef& ref) {
  const DType dtype = ref.in(0).type.dtype;
  const std::int32_t period = period_of(ref);
  const auto repeats = static_cast<std::int32_t>(ref.out(0).type.count() / period);
  const std::vector<Arg> args = {in_arg(ref, 0), alpha_arg(ref, period), out_arg(ref)};
  if (dtype == DType::F32) return one_call(call_of("prelu_f32", PreluF32Params{repeats, period}, args));

  MOTE_TRY_VOID(check_quant(ref));
  const double alpha = static_cast<double>(ref.in(1).quant.scale[0]);
  const double in = static_cast<double>(ref.in(0).quant.scale[0]);
  MOTE_TRY(const Requant positive, quantize_multiplier(scale_ratio(ref)));
  MOTE_TRY(const Requant negative,
           quantize_multiplier(in * alpha / static_cast<double>(ref.out(0).quant.scale[0])));
  PreluParams p{};
  p.repeats = repeats;
  p.period = period;
  put_s8(p, ref);
  p.alpha_zero_point = ref.in(1).quant.zero_point[0];
  p.positive_multiplier = positive.multiplier;
  p.positive_shift = positive.shift;
  p.negative_multiplier = negative.multiplier;
  p.negative_shift = negative.shift;
  return one_call(call_of(dtype == DType::S8 ? "prelu_s8" : "prelu_s16", p, args));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  return append_read(foreign, "prelu", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "PRELU", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "PRELU", read_tflite, write_tflite}};

/// Only an alpha that is the same for every step and row can be cut or streamed.
bool is_per_channel(const NodeRef& ref) {
  const Shape& x = ref.in(0).type.shape;
  return !x.empty() && x.back() % period_of(ref) == 0;
}
RowSpan rows(const NodeRef& ref, int, RowSpan out) {
  return is_per_channel(ref) ? out : RowSpan{0, ref.in(0).type.shape[1]};
}
constexpr RowRule kRows{rows};
}  // namespace

MOTE_OP(nn_prelu) {
  static const OpDef op = {
      .name = "prelu",
      .schema = {.doc = "Element-wise x where it is positive, alpha · x elsewhere.",
                 .inputs = {{"x", "any shape, f32, s8 or s16"},
                            {"alpha", "slopes, f32 or s8; of a shape that broadcasts to x's, [1,1,C] say",
                             false, false, true}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .rows = &kRows,
  };
  return op;
}
