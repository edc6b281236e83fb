// conv2d: 2-D convolution (cross-correlation) over NHWC, with bias and fused activation.
// A time series [1,T,1,C] with kernel [k,1] makes it the 1-D convolution of sensor models.
#include "mote/nn/conv2d/conv2d.h"

#include "ops/nn/training.h"
#include "ops/nn/weighted.h"
#include "ops/nn/window.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// Input channels fall into groups as large as the weights' last extent; 1: an ordinary convolution.
std::int32_t groups_of(const NodeRef& ref) { return ref.in(0).type.shape[3] / ref.in(1).type.shape[3]; }

Result<void> check_groups(std::int32_t in_c, const Shape& weights) {
  const std::int32_t depth = weights[3], out_c = weights[0];
  if (in_c % depth != 0) {
    return error(
        text::cat("'weights' is made for ", depth, " input channels and 'x' has ", in_c),
        "the input's channels must be the weights' or, for a convolution in groups, a multiple of them");
  }
  if (out_c % (in_c / depth) != 0) {
    return error(text::cat("'weights' has ", out_c, " output channels, which do not divide into ",
                           in_c / depth, " groups of ", depth, " input channels"));
  }
  return {};
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_dtype("x", in, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_rank("x", in, 4, "[batch, height, width, channels]"));
  MOTE_TRY_VOID(check_weights_type("weights", weights, in.type.dtype));
  MOTE_TRY_VOID(
      check_rank("weights", weights, 4, "[out channels, kernel height, kernel width, in channels]"));
  MOTE_TRY_VOID(check_groups(in.type.shape[3], weights.type.shape));
  const std::int32_t out_c = weights.type.shape[0];
  if (ref.has_in(2)) MOTE_TRY_VOID(check_bias_type(ref.in(2), in.type.dtype, out_c));
  MOTE_TRY(const Window window, conv_window(ref));
  return one_type(made_type(in.type.dtype, {in.type.shape[0], window.h.out, window.w.out, out_c}));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_convolution_quant(ref, 0) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref, const Window& window) {
  Params p{};
  put_conv_geometry(p, ref, window);
  return p;
}

Result<std::vector<KernelCall>> lower_f32(const NodeRef& ref, const Window& window) {
  const FloatRange range = float_range(activation_of(ref));
  if (groups_of(ref) > 1) {
    auto p = geometry<Conv2dGroupedF32Params>(ref, window);
    p.groups = groups_of(ref);
    put_range(p, range);
    return one_call(call_of("conv2d_grouped_f32", p, weighted_args(ref)));
  }
  auto p = geometry<Conv2dF32Params>(ref, window);
  put_range(p, range);
  return one_call(call_of("conv2d_f32", p, weighted_args(ref)));
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref, const Window& window) {
  MOTE_TRY(const RequantTable table, convolution_requant(ref, ref.out(0).type.shape[3], false));
  const IntRange range = activation_range(activation_of(ref), ref.out(0));
  if (groups_of(ref) > 1) {
    auto p = geometry<Conv2dGroupedS8Params>(ref, window);
    p.groups = groups_of(ref);
    put_s8(p, ref);
    put_range(p, range);
    return one_call(call_of("conv2d_grouped_s8", p, weighted_args(ref, table)));
  }
  auto p = geometry<Conv2dS8Params>(ref, window);
  put_s8(p, ref);
  put_range(p, range);
  return one_call(call_of("conv2d_s8", p, weighted_args(ref, table)));
}

/// Without a bias the sum is of 32 bits, as in TFLM.
Result<std::vector<KernelCall>> lower_s16(const NodeRef& ref, const Window& window) {
  const bool wide = ref.has_in(2) && ref.in(2).type.dtype == DType::S64;
  auto p = geometry<Conv2dS16Params>(ref, window);
  p.groups = groups_of(ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, convolution_requant(ref, p.out_c, wide));
  return one_call(call_of(wide ? "conv2d_s16" : "conv2d_s16_sum32", p, weighted_args(ref, table)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const Window window, conv_window(ref));
  if (ref.in(0).type.dtype == DType::F32) return lower_f32(ref, window);
  MOTE_TRY_VOID(check_convolution_quant(ref, 0));
  return ref.in(0).type.dtype == DType::S8 ? lower_s8(ref, window) : lower_s16(ref, window);
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

/// LiteRT wants a bias in integers.  Beside s16 that of s32 has the sums that a layer without bias has.
void add_zero_bias(const NodeRef& ref, Graph& graph, ForeignNode& foreign) {
  Tensor bias;
  bias.name = text::cat(ref.node.name, "_bias");
  bias.type = {DType::S32, {ref.out(0).type.shape[3]}};
  bias.constant = std::make_shared<const Bytes>(bias.type.bytes(), std::uint8_t{0});
  bias.quant = ref.in(1).quant;
  bias.quant.axis = 0;
  for (float& scale : bias.quant.scale) scale *= ref.in(0).quant.scale[0];
  foreign.inputs.resize(2);
  foreign.inputs.push_back(graph.add(std::move(bias)));
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "CONV_2D", 3);
  write_pair(ref, "stride", "stride_h", "stride_w", foreign.attributes);
  write_pair(ref, "dilation", "dilation_h_factor", "dilation_w_factor", foreign.attributes);
  foreign.attributes["padding"] = padding_word(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  if (ref.in(0).type.dtype == DType::S16) {
    foreign.version = 8;  // the version that knows quantized_bias_type
    foreign.attributes["quantized_bias_type"] = ref.has_in(2) ? bias_type_word(ref) : "INT32";
  }
  if (ref.in(0).type.dtype != DType::F32 && !ref.has_in(2)) add_zero_bias(ref, graph, foreign);
  return foreign;
}

StreamRule::Window time(const NodeRef& ref) { return time_of(accepted(conv_window(ref)).h); }
RowSpan rows(const NodeRef& ref, int, RowSpan out) { return accepted(conv_window(ref)).h.reads(out); }

constexpr FormatRule kFormats[] = {{"tflite", "CONV_2D", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.weight = 1, .channel_axis = 0, .bias = 2};
constexpr StreamRule kStream{time};
constexpr RowRule kRows{rows};
constexpr ChannelRule kChannels{.weight_in_axis = 3, .weight_out_axis = 0};

/// A convolution in groups trains group by group, on copies of the group's channels.
class Groups {
 public:
  explicit Groups(const TrainCall& call) : whole_(training_window(call, accepted(conv_window(call.node)))) {
    const std::int32_t groups = groups_of(call.node);
    window = whole_;
    window.in_c = whole_.in_c / groups;
    window.out_c = whole_.out_c / groups;
    weights = static_cast<std::ptrdiff_t>(window.out_c) * window.kernel_h * window.kernel_w * window.in_c;
    if (groups == 1) return;
    in.resize(static_cast<std::size_t>(in_rows()) * static_cast<std::size_t>(window.in_c));
    out.resize(static_cast<std::size_t>(out_rows()) * static_cast<std::size_t>(window.out_c));
  }
  const float* take_in(int group, const float* from) {
    learn::gather_blocks(in_rows(), window.in_c, whole_.in_c, group * window.in_c, from, in.data());
    return in.data();
  }
  const float* take_out(int group, const float* from) {
    learn::gather_blocks(out_rows(), window.out_c, whole_.out_c, group * window.out_c, from, out.data());
    return out.data();
  }
  void put_in(int group, float* to) const {
    learn::copy_blocks(in_rows(), window.in_c, whole_.in_c, group * window.in_c, in.data(), to);
  }
  void put_out(int group, float* to) const {
    learn::copy_blocks(out_rows(), window.out_c, whole_.out_c, group * window.out_c, out.data(), to);
  }

  learn::Window window;    ///< of one group
  std::ptrdiff_t weights;  ///< floats of one group
  std::vector<float> in, out;

 private:
  int in_rows() const { return whole_.batch * whole_.in_h * whole_.in_w; }
  int out_rows() const { return whole_.batch * whole_.out_h * whole_.out_w; }
  learn::Window whole_;
};

void train_forward(const TrainCall& call) {
  Groups g(call);
  const int groups = groups_of(call.node);
  const float* bias = given(call, 2);
  if (groups == 1) learn::conv2d(g.window, call.in[0], call.in[1], bias, call.out[0]);
  for (int i = 0; groups > 1 && i < groups; ++i) {
    learn::conv2d(g.window, g.take_in(i, call.in[0]), call.in[1] + i * g.weights,
                  bias ? bias + static_cast<std::ptrdiff_t>(i) * g.window.out_c : nullptr, g.out.data());
    g.put_out(i, call.out[0]);
  }
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  Groups g(call);
  const int groups = groups_of(call.node);
  const float* gradient = before_activation(call);
  float *grad_in = call.grad_in[0], *grad_weights = call.grad_in[1], *grad_bias = wanted(call, 2);
  if (groups == 1)
    return learn::conv2d_gradient(g.window, call.in[0], call.in[1], gradient, grad_in, grad_weights,
                                  grad_bias);
  std::vector<float> made(grad_in ? g.in.size() : 0);
  for (int i = 0; i < groups; ++i) {
    learn::conv2d_gradient(g.window, g.take_in(i, call.in[0]), call.in[1] + i * g.weights,
                           g.take_out(i, gradient), grad_in ? made.data() : nullptr,
                           grad_weights ? grad_weights + i * g.weights : nullptr,
                           grad_bias ? grad_bias + static_cast<std::ptrdiff_t>(i) * g.window.out_c : nullptr);
    if (!grad_in) continue;
    g.in.swap(made);
    g.put_in(i, grad_in);
    g.in.swap(made);
  }
}
learn::Part part(const NodeRef& ref) {
  if (groups_of(ref) > 1) return {};
  return convolution_part(ref, learn::Part::Kind::Convolution, accepted(conv_window(ref)));
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward, GradRule::Role::Other, part};
}  // namespace

MOTE_OP(nn_conv2d) {
  static const OpDef op = {
      .name = "conv2d",
      .schema =
          {.doc = "2-D convolution: y[n,i,j,o] = activation(bias[o] + Σ x[n, i·stride + a·dilation − pad, …, "
                  "c] · "
                  "weights[o,a,b,c]).  Padding reads as 0.  With fewer channels in the weights than in x the "
                  "convolution is in groups: each group of output channels reads its own group of x's.",
           .inputs = {{"x", "[batch, height, width, channels], f32, s8 or s16"},
                      {.name = "weights",
                       .doc = "[out channels, kernel height, kernel width, channels of a group]; f32, or s8 "
                              "symmetric, one "
                              "scale in all or one an output channel",
                       .constant = true},
                      {.name = "bias",
                       .doc = "[out channels]; f32, or in units of x's scale times the weights': s32, beside "
                              "s16 s64 or s32",
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
