// conv2d: 2-D convolution (cross-correlation) over NHWC, with bias and fused activation.
// A time series [1,T,1,C] with kernel [k,1] makes it the 1-D convolution of sensor models.
#include "mote/nn/conv2d/conv2d.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"
#include "ops/nn/window.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_activation_type("x", in));
  MOTE_TRY_VOID(check_rank("x", in, 4, "[batch, height, width, channels]"));
  MOTE_TRY_VOID(check_weights_type("weights", weights, in.type.dtype));
  MOTE_TRY_VOID(
      check_rank("weights", weights, 4, "[out channels, kernel height, kernel width, in channels]"));
  const std::int32_t in_c = in.type.shape[3], out_c = weights.type.shape[0];
  if (weights.type.shape[3] != in_c) {
    return error(
        text::cat("'weights' is made for ", weights.type.shape[3], " input channels and 'x' has ", in_c),
        "grouped convolutions are not supported; one group a channel is depthwise_conv2d");
  }
  if (ref.has_in(2)) MOTE_TRY_VOID(check_bias_type(ref.in(2), in.type.dtype, out_c));
  MOTE_TRY(const Window window, conv_window(ref));
  return one_type(made_type(in.type.dtype, {in.type.shape[0], window.h.out, window.w.out, out_c}));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_weighted_quant(ref, 0) : Result<void>{};
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref, const Window& window) {
  MOTE_TRY_VOID(check_weighted_quant(ref, 0));
  Conv2dS8Params p{};
  put_conv_geometry(p, ref, window);
  put_s8(p, ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, per_channel_requant(ref.in(0), ref.in(1), ref.out(0), p.out_c));
  return one_call(call_of("conv2d_s8", p, weighted_args(ref, table)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const Window window, conv_window(ref));
  if (ref.in(0).type.dtype == DType::S8) return lower_s8(ref, window);
  Conv2dF32Params p{};
  put_conv_geometry(p, ref, window);
  put_range(p, float_range(activation_of(ref)));
  return one_call(call_of("conv2d_f32", p, weighted_args(ref)));
}

Work work(const NodeRef& ref) {
  const Shape& weights = ref.in(1).type.shape;
  const std::int64_t taps = std::int64_t{weights[1]} * weights[2] * weights[3];
  return {ref.out(0).type.count() * taps, constant_bytes(ref, 1)};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 3));
  Attributes attributes;
  MOTE_TRY(attributes["stride"], read_pair(foreign, "stride_h", "stride_w"));
  MOTE_TRY(attributes["dilation"], read_pair(foreign, "dilation_h_factor", "dilation_w_factor"));
  MOTE_TRY(attributes["padding"], read_padding(foreign));
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  return append_read(foreign, "conv2d", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "CONV_2D", 3);
  write_pair(ref, "stride", "stride_h", "stride_w", foreign.attributes);
  write_pair(ref, "dilation", "dilation_h_factor", "dilation_w_factor", foreign.attributes);
  foreign.attributes["padding"] = padding_word(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  return foreign;
}

StreamRule::Window time(const NodeRef& ref) { return time_of(accepted(conv_window(ref)).h); }
RowSpan rows(const NodeRef& ref, int, RowSpan out) { return accepted(conv_window(ref)).h.reads(out); }

constexpr FormatRule kFormats[] = {{"tflite", "CONV_2D", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.weight = 1, .channel_axis = 0, .bias = 2};
constexpr StreamRule kStream{time};
constexpr RowRule kRows{rows};
constexpr ChannelRule kChannels{.weight_in_axis = 3, .weight_out_axis = 0};

void train_forward(const TrainCall& call) {
  learn::conv2d(training_window(call, accepted(conv_window(call.node))), call.in[0], call.in[1],
                given(call, 2), call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  learn::conv2d_gradient(training_window(call, accepted(conv_window(call.node))), call.in[0], call.in[1],
                         before_activation(call), call.grad_in[0], call.grad_in[1], wanted(call, 2));
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_conv2d) {
  static const OpDef op = {
      .name = "conv2d",
      .schema =
          {.doc = "2-D convolution: y[n,i,j,o] = activation(bias[o] + Σ x[n, i·stride + a·dilation − pad, …, "
                  "c] · "
                  "weights[o,a,b,c]).  Padding reads as 0.",
           .inputs =
               {{"x", "[batch, height, width, channels], f32 or s8"},
                {.name = "weights",
                 .doc =
                     "[out channels, kernel height, kernel width, channels]; in s8 symmetric, one scale an "
                     "output channel, −127…127",
                 .constant = true},
                {.name = "bias",
                 .doc = "[out channels]; f32, or s32 in units of x's scale times the weights'",
                 .optional = true,
                 .constant = true}},
           .outputs = {{"y", "[batch, out height, out width, out channels], of x's element type"}},
           .attributes = {stride_attribute(1), dilation_attribute(), padding_attribute(),
                          activation_attribute()}},
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
