// svdf: a layer that remembers: projections of the last inputs are kept and weighted over time (keyword spotting).
#include "mote/nn/svdf/svdf.h"

#include "ops/nn/weighted.h"

namespace {
using namespace mote;
using namespace mote::nn;

enum Port { kX, kFeature, kTime, kBias, kState };

struct Sizes {
  std::int32_t batches, in_count, filters, units, rank, memory;
};
Sizes sizes_of(const NodeRef& ref) {
  const Shape &x = ref.in(kX).type.shape, &feature = ref.in(kFeature).type.shape;
  const auto rank = static_cast<std::int32_t>(ref.integer("rank"));
  return {x[0], x[1], feature[0], feature[0] / rank, rank, ref.in(kTime).type.shape[1]};
}

Result<void> check_shape(std::string_view port, const Tensor& tensor, const Shape& wanted) {
  if (tensor.type.shape == wanted) return {};
  return error(
      text::cat("'", port, "' has the shape ", to_text(tensor.type.shape), "; it must be ", to_text(wanted)));
}

/// In s8 the weights over time and the state are both s16 or both s8.
Result<void> check_types(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(kX), {DType::F32, DType::S8}));
  const DType dtype = ref.in(kX).type.dtype;
  MOTE_TRY_VOID(check_dtype("weights_feature", ref.in(kFeature), {dtype}));
  if (dtype == DType::F32)
    MOTE_TRY_VOID(check_dtype("weights_time", ref.in(kTime), {DType::F32}));
  else
    MOTE_TRY_VOID(check_dtype("weights_time", ref.in(kTime), {DType::S16, DType::S8}));
  return check_dtype("state", ref.in(kState), {ref.in(kTime).type.dtype});
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_types(ref));
  MOTE_TRY_VOID(check_rank("x", ref.in(kX), 2, "[batch, inputs]"));
  MOTE_TRY_VOID(check_rank("weights_feature", ref.in(kFeature), 2, "[filters, inputs]"));
  MOTE_TRY_VOID(check_rank("weights_time", ref.in(kTime), 2, "[filters, memory]"));
  const std::int64_t rank = ref.integer("rank");
  const std::int32_t filters = ref.in(kFeature).type.shape[0];
  if (rank < 1 || filters % rank != 0)
    return error(text::cat("'weights_feature' has ", filters, " filters, no multiple of the rank ", rank));
  const Sizes s = sizes_of(ref);
  MOTE_TRY_VOID(check_shape("weights_feature", ref.in(kFeature), {s.filters, s.in_count}));
  MOTE_TRY_VOID(check_shape("weights_time", ref.in(kTime), {s.filters, s.memory}));
  const std::int64_t kept = std::int64_t{s.batches} * s.filters * s.memory;
  if (ref.in(kState).type.count() != kept) {
    return error(text::cat("'state' has the shape ", to_text(ref.in(kState).type.shape), "; ", s.batches,
                           " batches of ", s.filters, " filters that remember ", s.memory, " steps need ",
                           kept, " elements"));
  }
  if (ref.has_in(kBias)) MOTE_TRY_VOID(check_bias_type(ref.in(kBias), ref.in(kX).type.dtype, s.units));
  return one_type(made_type(ref.in(kX).type.dtype, {s.batches, s.units}));
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(kX)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  MOTE_TRY_VOID(check_counted_quant("state", ref.in(kState)));
  MOTE_TRY_VOID(check_counted_quant("weights_time", ref.in(kTime)));
  MOTE_TRY_VOID(check_activation_quant("weights_feature", ref.in(kFeature)));
  for (const Port port : {kFeature, kTime}) {
    if (ref.in(port).quant.zero_point[0] == 0) continue;
    return error(text::cat("'", port == kTime ? "weights_time" : "weights_feature", "' has the zero point ",
                           ref.in(port).quant.zero_point[0], "; it must be 0"));
  }
  return {};
}
Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  const Sizes s = sizes_of(ref);
  Params p{};
  p.batches = s.batches;
  p.in_count = s.in_count;
  p.units = s.units;
  p.rank = s.rank;
  p.memory = s.memory;
  return p;
}

std::vector<Arg> args(const NodeRef& ref) {
  const DType bias = ref.in(kX).type.dtype == DType::F32 ? DType::F32 : DType::S32;
  return {in_arg(ref, kX),
          constant_arg(ref, kFeature, "weights_feature", ref.in(kFeature).type.dtype),
          constant_arg(ref, kTime, "weights_time", ref.in(kTime).type.dtype),
          constant_arg(ref, kBias, "bias", bias),
          state_arg(ref, kState),
          out_arg(ref)};
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref) {
  MOTE_TRY_VOID(check_quant(ref));
  const auto scale = [&](Port port) { return ref.in(port).quant.scale[0]; };
  // Products and quotients of scales are of float32, as TFLM makes them.
  const float to_state = scale(kX) * scale(kFeature) / scale(kState);
  const float to_out = scale(kState) * scale(kTime) / ref.out(0).quant.scale[0];
  MOTE_TRY(const Requant state, quantize_multiplier(static_cast<double>(to_state)));
  MOTE_TRY(const Requant out, quantize_multiplier(static_cast<double>(to_out)));
  auto p = geometry<SvdfS8Params>(ref);
  put_s8(p, ref);
  p.state_zero_point = ref.in(kState).quant.zero_point[0];
  p.state_multiplier = state.multiplier;
  p.state_shift = state.shift;
  p.out_multiplier = out.multiplier;
  p.out_shift = out.shift;
  const bool wide = ref.in(kState).type.dtype == DType::S16;
  return one_call(call_of(wide ? "svdf_s8" : "svdf_s8_state8", p, args(ref)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(kState).state < 0) {
    return error(text::cat("'state' (tensor '", ref.in(kState).name, "') is not kept between inferences"),
                 "in a .tflite file it is a variable tensor");
  }
  if (ref.in(kX).type.dtype == DType::S8) return lower_s8(ref);
  auto p = geometry<SvdfF32Params>(ref);
  put_range(p, float_range(activation_of(ref)));
  return one_call(call_of("svdf_f32", p, args(ref)));
}

Work work(const NodeRef& ref) {
  const Sizes s = sizes_of(ref);
  return {std::int64_t{s.batches} * s.filters * (std::int64_t{s.in_count} + s.memory),
          constant_bytes(ref, kFeature)};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 5, 5, 1, {kBias}));
  Attributes attributes;
  MOTE_TRY(attributes["rank"], integer_option(foreign, "rank", 1));
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  return append_read(foreign, "svdf", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "SVDF", 3);
  foreign.attributes["rank"] = ref.integer("rank");
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "SVDF", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_svdf) {
  static const OpDef op = {
      .name = "svdf",
      .schema =
          {.doc = "A layer with memory: each filter keeps its last projections of x and weights them over "
                  "time; a unit "
                  "is the sum of `rank` filters, plus bias.  One inference is one step of time.",
           .inputs = {{"x", "[batch, inputs], f32 or s8"},
                      {.name = "weights_feature",
                       .doc = "[filters, inputs], of x's element type",
                       .constant = true},
                      {.name = "weights_time",
                       .doc = "[filters, memory], oldest step first; f32, beside s8 s16 or s8",
                       .constant = true},
                      {.name = "bias",
                       .doc = "[units]; f32, or s32 in units of the state's scale times weights_time's",
                       .optional = true,
                       .constant = true},
                      {"state",
                       "[batch, filters · memory], of weights_time's element type, kept between inferences"}},
           .outputs = {{"y", "[batch, units], of x's element type"}},
           .attributes = {{"rank", "filters of one unit", std::int64_t{1}, {}, 1, kMostElements},
                          {"activation",
                           "in f32, as in other layers; in s8 a ReLU is the lower end of the output's range",
                           std::string("none"), activation_attribute().choices}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
  };
  return op;
}
