// leaky_relu: x where it is positive, alpha · x elsewhere.
#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  if (!std::isfinite(ref.real("alpha"))) return error("alpha is not a finite number");
  return infer_relu(ref);
}

Calls lower(const NodeRef& ref) {
  const auto alpha = static_cast<float>(ref.real("alpha"));
  if (ref.in(0).type.dtype == DType::F32) {
    LeakyReluF32Params p{};
    p.count = static_cast<std::int32_t>(ref.out(0).type.count());
    p.alpha = alpha;
    return one_call(call_of("leaky_relu_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_unary_quant(ref));
  const float in = ref.in(0).quant.scale[0], out = ref.out(0).quant.scale[0];
  // Products and quotients in float32, as in TFLM.
  MOTE_TRY(const Requant positive, slope_of(static_cast<double>(in / out)));
  MOTE_TRY(const Requant negative, slope_of(static_cast<double>(in * alpha / out)));
  return lower_slopes(ref, {positive, negative}, zero_points_of(ref.out(0).type.dtype));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  Attributes attributes;
  MOTE_TRY(attributes["alpha"], real_option(foreign, "alpha", 0.0));
  return append_read(foreign, "leaky_relu", std::move(attributes), graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "LEAKY_RELU", 2);
  foreign.attributes["alpha"] = ref.real("alpha");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "LEAKY_RELU", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_leaky_relu) {
  static const OpDef op = {
      .name = "leaky_relu",
      .schema = {.doc = "Element-wise x where it is positive, alpha · x elsewhere.",
                 .inputs = {{"x", "any shape, f32, s8 or s16"}},
                 .outputs = {{"y", "of x's shape and element type"}},
                 .attributes = {{"alpha", "slope of the negative side, of either sign", 0.0}}},
      .infer = infer,
      .verify = verify_relu,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
