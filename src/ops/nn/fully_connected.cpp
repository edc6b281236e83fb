// fully_connected: each output is a weighted sum of all inputs, plus bias, with fused activation (a dense layer).
#include "mote/nn/fully_connected/fully_connected.h"

#include "mote/nn/batch_matmul/batch_matmul.h"
#include "ops/nn/training.h"
#include "ops/nn/weighted.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_dtype("x", in, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_weights_type("weights", weights, in.type.dtype));
  MOTE_TRY_VOID(check_rank("weights", weights, 2, "[outputs, inputs]"));
  const std::int32_t out_count = weights.type.shape[0], in_count = weights.type.shape[1];
  const Shape& shape = in.type.shape;
  if (in.type.count() % in_count != 0) {
    return error(text::cat("'weights' is made for ", in_count, " inputs; 'x' ", to_text(shape), " has ",
                           in.type.count(), " elements, not a multiple of that"));
  }
  if (ref.has_in(2)) MOTE_TRY_VOID(check_bias_type(ref.in(2), in.type.dtype, out_count));
  const auto batches = static_cast<std::int32_t>(in.type.count() / in_count);
  if (ref.integer("keep_num_dims") == 0) return one_type(made_type(in.type.dtype, {batches, out_count}));
  if (shape.empty() || shape.back() != in_count) {
    return error(
        text::cat("with keep_num_dims the last extent of 'x' ", to_text(shape), " must be ", in_count),
        "leave keep_num_dims at 0 to flatten the input");
  }
  Shape kept = shape;
  kept.back() = out_count;
  return one_type(made_type(in.type.dtype, std::move(kept)));
}

/// Weights in flash are symmetric; others go the way of computed ones.
bool is_offset(const Tensor& weights) {
  return !weights.quant.zero_point.empty() && weights.quant.zero_point[0] != 0;
}

Result<void> check_weights(const Tensor& weights) {
  if (!weights.quant.per_channel() && is_offset(weights)) return check_activation_quant("weights", weights);
  return check_weights_quant(weights, 0, weights.type.shape[0]);
}

/// With one scale TFLM compares the bias' scale, with several it does not.
Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_counted_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_counted_quant("output", ref.out(0)));
  MOTE_TRY_VOID(check_weights(ref.in(1)));
  if (!ref.has_in(2) || ref.in(1).quant.per_channel()) return {};
  return check_bias_quant(ref.in(2), ref.in(0), ref.in(1), ref.out(0));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  Params p{};
  p.out_count = ref.in(1).type.shape[0];
  p.in_count = ref.in(1).type.shape[1];
  p.batches = static_cast<std::int32_t>(ref.in(0).type.count() / p.in_count);
  return p;
}

Result<Requant> one_requant(const NodeRef& ref) {
  return quantize_multiplier(effective_scale_fully_connected(
      ref.in(0).quant.scale[0], ref.in(1).quant.scale[0], ref.out(0).quant.scale[0]));
}

/// One multiplier for the layer, or one for each output when the weights have a scale each.
Result<RequantTable> requant_table(const NodeRef& ref) {
  const Tensor& weights = ref.in(1);
  if (weights.quant.per_channel())
    return per_channel_requant(ref.in(0), weights, ref.out(0), weights.type.shape[0]);
  MOTE_TRY(const Requant requant, one_requant(ref));
  RequantTable table;
  table.push_back(requant);
  return table;
}

// ---- weights in flash

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref) {
  auto p = geometry<FullyConnectedS8Params>(ref);
  put_s8(p, ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  p.requant_step = ref.in(1).quant.per_channel() ? 1 : 0;
  MOTE_TRY(const RequantTable table, requant_table(ref));
  return one_call(call_of("fully_connected_s8", p, weighted_args(ref, table)));
}

/// Without a bias the sum is of 64 bits, as in TFLM.
Result<std::vector<KernelCall>> lower_s16(const NodeRef& ref) {
  const bool narrow = ref.has_in(2) && ref.in(2).type.dtype == DType::S32;
  auto p = geometry<FullyConnectedS16Params>(ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  p.requant_step = ref.in(1).quant.per_channel() ? 1 : 0;
  MOTE_TRY(const RequantTable table, requant_table(ref));
  if (narrow) return one_call(call_of("fully_connected_s16_sum32", p, weighted_args(ref, table)));
  MOTE_TRY_VOID(check_wide_shifts(table));
  Arg bias = ref.has_in(2) ? bias_arg(ref) : absent_bias_arg(DType::S64);
  return one_call(call_of("fully_connected_s16", p, weighted_args(ref, table, std::move(bias))));
}

Result<std::vector<KernelCall>> lower_f32(const NodeRef& ref) {
  auto p = geometry<FullyConnectedF32Params>(ref);
  put_range(p, float_range(activation_of(ref)));
  return one_call(call_of("fully_connected_f32", p, weighted_args(ref)));
}

// ---- weights or bias computed at run time: a product of two matrices, the second one transposed

template <class Params>
Params product_geometry(const NodeRef& ref) {
  Params p{};
  p.batch0 = p.batch1 = p.batch2 = 1;
  p.columns = ref.in(1).type.shape[0];
  p.depth = ref.in(1).type.shape[1];
  p.rows = static_cast<std::int32_t>(ref.in(0).type.count() / p.depth);
  p.x_row_step = p.y_column_step = p.depth;
  p.x_depth_step = p.y_depth_step = 1;
  return p;
}

std::vector<Arg> product_args(const NodeRef& ref, DType bias) {
  return {in_arg(ref, 0), in_arg(ref, 1), ref.has_in(2) ? in_arg(ref, 2) : absent_bias_arg(bias),
          out_arg(ref)};
}

Result<std::vector<KernelCall>> lower_computed(const NodeRef& ref) {
  const DType dtype = ref.in(0).type.dtype;
  if (dtype == DType::F32) {
    auto p = product_geometry<BatchMatmulF32Params>(ref);
    put_range(p, float_range(activation_of(ref)));
    return one_call(call_of("batch_matmul_f32", p, product_args(ref, DType::F32)));
  }
  if (ref.in(1).quant.per_channel()) {
    return error("'weights' that are computed at run time have a scale for each output; they must have one",
                 "make weights and bias constants of the model");
  }
  const bool s16 = dtype == DType::S16;
  if (s16 && ref.has_in(2) && ref.in(2).type.dtype == DType::S32)
    return error("'bias' is s32 beside s16 activations and computed weights; it must be s64 there");
  auto p = product_geometry<BatchMatmulIntParams>(ref);
  p.x_zero_point = ref.in(0).quant.zero_point[0];
  p.y_zero_point = ref.in(1).quant.zero_point[0];
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const Requant requant, one_requant(ref));
  if (s16) MOTE_TRY_VOID(check_wide_shift(requant.shift));
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  return one_call(call_of(s16 ? "batch_matmul_s16_s8" : "batch_matmul_s8", p,
                          product_args(ref, s16 ? DType::S64 : DType::S32)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const bool f32 = ref.in(0).type.dtype == DType::F32;
  if (!f32) MOTE_TRY_VOID(check_quant(ref));
  const bool computed = !ref.in(1).is_constant() || (ref.has_in(2) && !ref.in(2).is_constant());
  if (computed || (!f32 && is_offset(ref.in(1)))) return lower_computed(ref);
  if (f32) return lower_f32(ref);
  return ref.in(0).type.dtype == DType::S8 ? lower_s8(ref) : lower_s16(ref);
}

Work work(const NodeRef& ref) {
  return {ref.out(0).type.count() * ref.in(1).type.shape[1], constant_bytes(ref, 1)};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 3));
  MOTE_TRY(const std::string layout, word_option(foreign, "weights_format", "DEFAULT"));
  if (layout != "DEFAULT") {
    return error(text::cat("FULLY_CONNECTED with weights_format ", layout, " is not supported"),
                 "convert the model without shuffled weights");
  }
  Attributes attributes;
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  MOTE_TRY(std::int64_t keep, integer_option(foreign, "keep_num_dims", 0));
  if (graph.tensor(foreign.outputs[0]).type.shape.size() > 2)
    keep = 1;  // TFLM goes by the output, not by the option
  attributes["keep_num_dims"] = keep;
  return append_read(foreign, "fully_connected", std::move(attributes), graph);
}

/// The schema's versions: 4 int8, 5 keep_num_dims, 6 no bias, 11 int16 and the bias' type, 12 int8 with a scale for each
/// output.
int version_of(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S16) return 11;
  const bool s8 = ref.in(0).type.dtype == DType::S8;
  if (s8 && ref.in(1).quant.per_channel()) return 12;
  if (!ref.has_in(2)) return 6;
  if (ref.integer("keep_num_dims") != 0) return 5;
  return s8 ? 4 : 1;
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "FULLY_CONNECTED", 4);
  foreign.version = version_of(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  foreign.attributes["weights_format"] = std::string("DEFAULT");
  foreign.attributes["keep_num_dims"] = ref.integer("keep_num_dims");
  foreign.attributes["asymmetric_quantize_inputs"] = std::int64_t{0};
  if (ref.in(0).type.dtype == DType::S16) foreign.attributes["quantized_bias_type"] = bias_type_word(ref);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "FULLY_CONNECTED", read_tflite, write_tflite}};
// channel_axis −1: one scale for all weights, as converters make it.
constexpr QuantRule kQuant{.weight = 1, .channel_axis = -1, .bias = 2};
constexpr ChannelRule kChannels{.weight_in_axis = 1, .weight_out_axis = 0};

void train_forward(const TrainCall& call) {
  const Shape& weights = call.node.in(1).type.shape;
  const auto rows = static_cast<int>(call.node.in(0).type.count() / weights[1]) * call.batch;
  learn::fully_connected(rows, weights[1], weights[0], call.in[0], call.in[1], given(call, 2), call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  const Shape& weights = call.node.in(1).type.shape;
  const auto rows = static_cast<int>(call.node.in(0).type.count() / weights[1]) * call.batch;
  learn::fully_connected_gradient(rows, weights[1], weights[0], call.in[0], call.in[1],
                                  before_activation(call), call.grad_in[0], call.grad_in[1], wanted(call, 2));
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_fully_connected) {
  static const OpDef op = {
      .name = "fully_connected",
      .schema =
          {.doc = "Dense layer: y[n,o] = activation(bias[o] + Σ x[n,i] · weights[o,i]).  x is flattened to "
                  "rows of as "
                  "many elements as weights has inputs.",
           .inputs = {{"x", "any shape whose elements are a multiple of the inputs; f32, s8 or s16"},
                      {.name = "weights",
                       .doc = "[outputs, inputs]; f32 or s8, one scale in all or, symmetric, one an output; "
                              "may be computed "
                              "at run time"},
                      {.name = "bias",
                       .doc = "[outputs]; f32, or in units of x's scale times the weights': s32, beside s16 "
                              "s64 or s32",
                       .optional = true}},
           .outputs = {{"y", "[rows, outputs], of x's element type"}},
           .attributes = {activation_attribute(),
                          {"keep_num_dims",
                           "1: y has x's shape with the last extent replaced by the outputs; 0: y has two "
                           "dimensions",
                           std::int64_t{0},
                           {},
                           0,
                           1}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .channels = &kChannels,
  };
  return op;
}
