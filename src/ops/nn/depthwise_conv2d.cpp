// depthwise_conv2d: each input channel is convolved with its own depth_multiplier filters; channels do not
// mix. With a 1x1 conv2d behind it, the cheap replacement of a full convolution (MobileNet, DS-CNN).
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"

#include "ops/nn/training.h"
#include "ops/nn/weighted.h"
#include "ops/nn/window.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr int kChannelAxis = 3;  // of weights [1, kh, kw, out_c]

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_dtype("x", in, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_rank("x", in, 4, "[batch, height, width, channels]"));
  MOTE_TRY_VOID(check_weights_type("weights", weights, in.type.dtype));
  MOTE_TRY_VOID(check_rank("weights", weights, 4, "[1, kernel height, kernel width, out channels]"));
  const std::int64_t multiplier = ref.integer("depth_multiplier");
  const std::int32_t in_c = in.type.shape[3], out_c = weights.type.shape[kChannelAxis];
  if (weights.type.shape[0] != 1) {
    return error(
        text::cat("'weights' has the shape ", to_text(weights.type.shape), "; its first extent must be 1"),
        "a convolution that mixes channels is conv2d");
  }
  if (multiplier < 1 || multiplier > kMostElements || in_c * multiplier != out_c) {
    return error(text::cat("'weights' has ", out_c, " output channels; ", in_c,
                           " input channels times depth_multiplier ", multiplier, " is not that"));
  }
  if (ref.has_in(2)) MOTE_TRY_VOID(check_bias_type(ref.in(2), in.type.dtype, out_c));
  if (in.type.dtype == DType::S16 && ref.has_in(2) && ref.in(2).type.dtype != DType::S64)
    return error("'bias' is s32 beside s16 activations; depthwise_conv2d takes s64 there");
  MOTE_TRY(const Window window, conv_window(ref));
  return one_type(made_type(in.type.dtype, {in.type.shape[0], window.h.out, window.w.out, out_c}));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_convolution_quant(ref, kChannelAxis) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref, const Window& window) {
  Params p{};
  put_conv_geometry(p, ref, window);
  p.depth_multiplier = static_cast<std::int32_t>(ref.integer("depth_multiplier"));
  return p;
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref, const Window& window) {
  auto p = geometry<DepthwiseConv2dS8Params>(ref, window);
  put_s8(p, ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, convolution_requant(ref, p.out_c, false));
  return one_call(call_of("depthwise_conv2d_s8", p, weighted_args(ref, table)));
}

Result<std::vector<KernelCall>> lower_s16(const NodeRef& ref, const Window& window) {
  auto p = geometry<DepthwiseConv2dS16Params>(ref, window);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, convolution_requant(ref, p.out_c, true));
  Arg bias = ref.has_in(2) ? bias_arg(ref) : absent_bias_arg(DType::S64);
  return one_call(call_of("depthwise_conv2d_s16", p, weighted_args(ref, table, std::move(bias))));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const Window window, conv_window(ref));
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = geometry<DepthwiseConv2dF32Params>(ref, window);
    put_range(p, float_range(activation_of(ref)));
    return one_call(call_of("depthwise_conv2d_f32", p, weighted_args(ref)));
  }
  MOTE_TRY_VOID(check_convolution_quant(ref, kChannelAxis));
  return ref.in(0).type.dtype == DType::S8 ? lower_s8(ref, window) : lower_s16(ref, window);
}

Work work(const NodeRef& ref) {
  const Shape& weights = ref.in(1).type.shape;
  return {ref.out(0).type.count() * weights[1] * weights[2], constant_bytes(ref, 1)};
}

/// The option is redundant, and some converters leave it at 0: the shapes decide where they can.
Result<std::int64_t> read_depth_multiplier(const ForeignNode& foreign, const Graph& graph) {
  const auto last_extent = [&](std::size_t i) -> std::int32_t {
    const TensorId id = foreign.inputs[i];
    if (id < 0 || static_cast<std::size_t>(id) >= graph.tensors.size()) return 0;
    const Shape& shape = graph.tensor(id).type.shape;
    return shape.empty() ? 0 : shape.back();
  };
  const std::int32_t in_c = last_extent(0), out_c = last_extent(1);
  if (in_c > 0 && out_c > 0 && out_c % in_c == 0) return std::int64_t{out_c / in_c};
  return integer_option(foreign, "depth_multiplier", 1);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 3));
  Attributes attributes;
  MOTE_TRY(attributes["stride"], read_pair(foreign, "stride_h", "stride_w"));
  MOTE_TRY(attributes["dilation"], read_pair(foreign, "dilation_h_factor", "dilation_w_factor"));
  MOTE_TRY(attributes["padding"], read_padding(foreign));
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  MOTE_TRY(attributes["depth_multiplier"], read_depth_multiplier(foreign, graph));
  return append_read(foreign, "depthwise_conv2d", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "DEPTHWISE_CONV_2D", 3);
  if (ref.in(0).type.dtype == DType::S16) foreign.version = 5;
  const auto& dilation = ref.integers("dilation");
  if (dilation[0] != 1 || dilation[1] != 1) foreign.version = std::max(foreign.version, 2);
  write_pair(ref, "stride", "stride_h", "stride_w", foreign.attributes);
  write_pair(ref, "dilation", "dilation_h_factor", "dilation_w_factor", foreign.attributes);
  foreign.attributes["padding"] = padding_word(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  foreign.attributes["depth_multiplier"] = ref.integer("depth_multiplier");
  return foreign;
}

StreamRule::Window time(const NodeRef& ref) { return time_of(accepted(conv_window(ref)).h); }
RowSpan rows(const NodeRef& ref, int, RowSpan out) { return accepted(conv_window(ref)).h.reads(out); }

constexpr FormatRule kFormats[] = {{"tflite", "DEPTHWISE_CONV_2D", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.weight = 1, .channel_axis = kChannelAxis, .bias = 2};
constexpr StreamRule kStream{time};
constexpr RowRule kRows{rows};
// Output channel c·depth_multiplier + m belongs to input channel c: they pass through only when depth_multiplier is 1.
constexpr ChannelRule kChannels{.passes_through = true, .weight_in_axis = 3, .weight_out_axis = 3};

void train_forward(const TrainCall& call) {
  learn::depthwise_conv2d(training_window(call, accepted(conv_window(call.node))), call.in[0], call.in[1],
                          given(call, 2), call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  learn::depthwise_conv2d_gradient(training_window(call, accepted(conv_window(call.node))), call.in[0],
                                   call.in[1], before_activation(call), call.grad_in[0], call.grad_in[1],
                                   wanted(call, 2));
}
learn::Part part(const NodeRef& ref) {
  return convolution_part(ref, learn::Part::Kind::Depthwise, accepted(conv_window(ref)));
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward, GradRule::Role::Other, part};
}  // namespace

MOTE_OP(nn_depthwise_conv2d) {
  static const OpDef op = {
      .name = "depthwise_conv2d",
      .schema =
          {.doc = "2-D convolution of each channel by itself: output channel o = c·depth_multiplier + m "
                  "reads input "
                  "channel c only.  Padding reads as 0.",
           .inputs =
               {{"x", "[batch, height, width, channels], f32, s8 or s16"},
                {.name = "weights",
                 .doc = "[1, kernel height, kernel width, channels · depth_multiplier]; f32, or s8 "
                        "symmetric, one "
                        "scale in all or one an output channel",
                 .constant = true},
                {.name = "bias",
                 .doc =
                     "[out channels]; f32, or in units of x's scale times the weights': s32, beside s16 s64",
                 .optional = true,
                 .constant = true}},
           .outputs = {{"y", "[batch, out height, out width, out channels], of x's element type"}},
           .attributes = {stride_attribute(1),
                          dilation_attribute(),
                          padding_attribute(),
                          activation_attribute(),
                          {"depth_multiplier",
                           "output channels for each input channel",
                           std::int64_t{1},
                           {},
                           1,
                           kMostWindow}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .stream = &kStream,
      .rows = &kRows,
      .channels = &kChannels,
  };
  return op;
}
