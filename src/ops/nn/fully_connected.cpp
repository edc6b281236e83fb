// fully_connected: each output is a weighted sum of all inputs, plus bias, with fused activation (a dense layer).
#include "mote/nn/fully_connected/fully_connected.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_activation_type("x", in));
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

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_weighted_quant(ref, 0) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  Params p{};
  p.out_count = ref.in(1).type.shape[0];
  p.in_count = ref.in(1).type.shape[1];
  p.batches = static_cast<std::int32_t>(ref.in(0).type.count() / p.in_count);
  return p;
}

/// One multiplier for the layer, or one for each output when the weights have a scale each.
Result<RequantTable> requant_table(const NodeRef& ref) {
  const Tensor& weights = ref.in(1);
  if (weights.quant.per_channel())
    return per_channel_requant(ref.in(0), weights, ref.out(0), weights.type.shape[0]);
  const double scale = effective_scale_fully_connected(ref.in(0).quant.scale[0], weights.quant.scale[0],
                                                       ref.out(0).quant.scale[0]);
  MOTE_TRY(const Requant requant, quantize_multiplier(scale));
  RequantTable table;
  table.push_back(requant);
  return table;
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref) {
  MOTE_TRY_VOID(check_weighted_quant(ref, 0));
  auto p = geometry<FullyConnectedS8Params>(ref);
  put_s8(p, ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  p.requant_step = ref.in(1).quant.per_channel() ? 1 : 0;
  MOTE_TRY(const RequantTable table, requant_table(ref));
  return one_call(call_of("fully_connected_s8", p, weighted_args(ref, table)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S8) return lower_s8(ref);
  auto p = geometry<FullyConnectedF32Params>(ref);
  put_range(p, float_range(activation_of(ref)));
  return one_call(call_of("fully_connected_f32", p, weighted_args(ref)));
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
  MOTE_TRY(attributes["keep_num_dims"], integer_option(foreign, "keep_num_dims", 0));
  return append_read(foreign, "fully_connected", std::move(attributes), graph);
}

/// The schema's versions: 4 int8, 5 keep_num_dims, 6 no bias, 12 int8 with a scale for each output.
int version_of(const NodeRef& ref) {
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
           .inputs = {{"x", "any shape whose elements are a multiple of the inputs; f32 or s8"},
                      {.name = "weights",
                       .doc =
                           "[outputs, inputs]; in s8 symmetric, one scale in all or one an output, −127…127",
                       .constant = true},
                      {.name = "bias",
                       .doc = "[outputs]; f32, or s32 in units of x's scale times the weights'",
                       .optional = true,
                       .constant = true}},
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
