// transpose_conv: the convolution that enlarges an image: each input pixel spreads over the kernel's footprint, stride apart.
#include "mote/nn/transpose_conv/transpose_conv.h"

#include "ops/nn/weighted.h"
#include "ops/nn/window.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// What is cut off before the first output: the padding of the convolution that leads from the output to the input.
std::int64_t cut_before(std::int64_t size, std::int64_t kernel, std::int64_t stride, bool same) {
  const std::int64_t back = same ? (size + stride - 1) / stride : (size - kernel + stride) / stride;
  return std::max<std::int64_t>((back - 1) * stride + kernel - size, 0) / 2;
}

Result<void> check_extent(std::string_view what, std::int64_t in, std::int64_t out, std::int64_t kernel,
                          std::int64_t stride) {
  for (const std::int64_t v : {kernel, stride, out}) {
    if (v < 1 || v > kMostWindow) {
      return error(text::cat("kernel, stride and size must lie in 1…", kMostWindow, ", along the ", what,
                             " they are ", kernel, ", ", stride, " and ", out));
    }
  }
  if (in * stride + kernel + out <= kMostReach) return {};
  return error(text::cat("along the ", what, " of ", in, " the layer reaches over ", in * stride + kernel,
                         " elements; at most ", kMostReach, " are supported"),
               "use a smaller input, kernel or stride");
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& in = ref.in(0);
  const Tensor& weights = ref.in(1);
  MOTE_TRY_VOID(check_dtype("x", in, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_rank("x", in, 4, "[batch, height, width, channels]"));
  MOTE_TRY_VOID(check_weights_type("weights", weights, in.type.dtype));
  MOTE_TRY_VOID(
      check_rank("weights", weights, 4, "[out channels, kernel height, kernel width, in channels]"));
  const Shape &shape = in.type.shape, &kernel = weights.type.shape;
  if (kernel[3] != shape[3])
    return error(text::cat("'weights' is made for ", kernel[3], " input channels and 'x' has ", shape[3]));
  const bool short_bias = in.type.dtype == DType::S16 && ref.has_in(2) &&
                          ref.in(2).type.dtype == DType::S16 && ref.in(2).type.count() == kernel[0];
  if (ref.has_in(2) && !short_bias) MOTE_TRY_VOID(check_bias_type(ref.in(2), in.type.dtype, kernel[0]));
  MOTE_TRY_VOID(check_pair(ref, "size"));
  MOTE_TRY_VOID(check_pair(ref, "stride"));
  const auto &size = ref.integers("size"), &stride = ref.integers("stride");
  MOTE_TRY_VOID(check_extent("height", shape[1], size[0], kernel[1], stride[0]));
  MOTE_TRY_VOID(check_extent("width", shape[2], size[1], kernel[2], stride[1]));
  return one_type(made_type(in.type.dtype, {shape[0], static_cast<std::int32_t>(size[0]),
                                            static_cast<std::int32_t>(size[1]), kernel[0]}));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_convolution_quant(ref, 0) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  const Shape &in = ref.in(0).type.shape, &out = ref.out(0).type.shape, &kernel = ref.in(1).type.shape;
  const auto& stride = ref.integers("stride");
  const bool same = ref.word("padding") == "same";
  Params p{};
  p.batches = in[0];
  p.in_h = in[1];
  p.in_w = in[2];
  p.in_c = in[3];
  p.out_h = out[1];
  p.out_w = out[2];
  p.out_c = out[3];
  p.kernel_h = kernel[1];
  p.kernel_w = kernel[2];
  p.stride_h = static_cast<std::int32_t>(stride[0]);
  p.stride_w = static_cast<std::int32_t>(stride[1]);
  p.pad_top = static_cast<std::int32_t>(cut_before(p.out_h, p.kernel_h, p.stride_h, same));
  p.pad_left = static_cast<std::int32_t>(cut_before(p.out_w, p.kernel_w, p.stride_w, same));
  return p;
}

Result<std::vector<KernelCall>> lower_s8(const NodeRef& ref) {
  auto p = geometry<TransposeConvS8Params>(ref);
  put_s8(p, ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, convolution_requant(ref, p.out_c, false));
  return one_call(call_of("transpose_conv_s8", p, weighted_args(ref, table)));
}

/// Some converters write the bias of this layer in s16; it counts as if it were s64.
Arg wide_bias_arg(const NodeRef& ref) {
  if (!ref.has_in(2)) return absent_bias_arg(DType::S64);
  const Tensor& bias = ref.in(2);
  if (bias.type.dtype != DType::S16) return bias_arg(ref);
  const auto* first = elements<std::int16_t>(bias);
  const std::vector<std::int64_t> values(first, first + bias.type.count());
  return rom_arg(constant_name(ref, "bias"), DType::S64, bias.type.shape, values, Constant::Role::Weights);
}

Result<std::vector<KernelCall>> lower_s16(const NodeRef& ref) {
  const bool narrow = ref.has_in(2) && ref.in(2).type.dtype == DType::S32;
  auto p = geometry<TransposeConvS16Params>(ref);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  MOTE_TRY(const RequantTable table, convolution_requant(ref, p.out_c, !narrow));
  if (narrow) return one_call(call_of("transpose_conv_s16_sum32", p, weighted_args(ref, table)));
  return one_call(call_of("transpose_conv_s16", p, weighted_args(ref, table, wide_bias_arg(ref))));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = geometry<TransposeConvF32Params>(ref);
    put_range(p, float_range(activation_of(ref)));
    return one_call(call_of("transpose_conv_f32", p, weighted_args(ref)));
  }
  MOTE_TRY_VOID(check_convolution_quant(ref, 0));
  return ref.in(0).type.dtype == DType::S8 ? lower_s8(ref) : lower_s16(ref);
}

Work work(const NodeRef& ref) {
  const Shape& weights = ref.in(1).type.shape;
  const std::int64_t taps = std::int64_t{weights[0]} * weights[1] * weights[2];
  return {ref.in(0).type.count() * taps, constant_bytes(ref, 1)};
}

/// The file's inputs are output shape, weights, x, bias.  A shape that is computed is taken from the output tensor, as TFLM
/// does.
Result<Attribute> read_size(const ForeignNode& foreign, const Graph& graph) {
  Shape shape = graph.tensor(foreign.outputs[0]).type.shape;
  if (graph.tensor(foreign.inputs[0]).is_constant()) {
    MOTE_TRY(const std::vector<std::int64_t> given,
             constant_integers(graph, foreign.inputs[0], "output shape"));
    if (given.size() != 4)
      return error(text::cat("TRANSPOSE_CONV has an output shape of ", given.size(), " numbers; it takes 4"));
    return Attribute(std::vector<std::int64_t>{given[1], given[2]});
  }
  if (shape.size() != 4)
    return error(text::cat("TRANSPOSE_CONV has the output ", to_text(shape), "; it must have 4 dimensions"));
  return Attribute(std::vector<std::int64_t>{shape[1], shape[2]});
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 4));
  Attributes attributes;
  MOTE_TRY(attributes["size"], read_size(foreign, graph));
  MOTE_TRY(attributes["stride"], read_pair(foreign, "stride_h", "stride_w"));
  MOTE_TRY(attributes["padding"], read_padding(foreign));
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  ForeignNode ordered = foreign;
  ordered.inputs = {foreign.inputs[2], foreign.inputs[1]};
  if (foreign.inputs.size() == 4) ordered.inputs.push_back(foreign.inputs[3]);
  return append_read(ordered, "transpose_conv", std::move(attributes), graph);
}

/// The schema's versions: 2 int8, 3 bias, 4 activation, 5 the bias' type.
int version_of(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S16 && ref.has_in(2)) return 5;
  if (activation_of(ref) != Activation::None) return 4;
  if (ref.has_in(2)) return 3;
  return ref.in(0).type.dtype == DType::F32 ? 1 : 2;
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "TRANSPOSE_CONV", 2);
  foreign.version = version_of(ref);
  const Shape& out = ref.out(0).type.shape;
  const TensorId shape =
      add_integers(graph, text::cat(ref.node.name, "_output_shape"), {out.begin(), out.end()}, {4});
  std::vector<TensorId> inputs = {shape, foreign.inputs[1], foreign.inputs[0]};
  inputs.insert(inputs.end(), foreign.inputs.begin() + 2, foreign.inputs.end());
  foreign.inputs = std::move(inputs);
  write_pair(ref, "stride", "stride_h", "stride_w", foreign.attributes);
  foreign.attributes["padding"] = padding_word(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  if (foreign.version == 5) foreign.attributes["quantized_bias_type"] = bias_type_word(ref);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "TRANSPOSE_CONV", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.weight = 1, .channel_axis = 0, .bias = 2};
constexpr ChannelRule kChannels{.weight_in_axis = 3, .weight_out_axis = 0};
}  // namespace

MOTE_OP(nn_transpose_conv) {
  static const OpDef op = {
      .name = "transpose_conv",
      .schema =
          {.doc = "Transposed 2-D convolution: x[n,i,j,c] · weights[o,a,b,c] is added to y[n, i·stride + a − "
                  "cut, j·stride "
                  "+ b − cut, o].  It enlarges an image about stride times.",
           .inputs =
               {{"x", "[batch, height, width, channels], f32, s8 or s16"},
                {.name = "weights",
                 .doc =
                     "[out channels, kernel height, kernel width, channels]; f32, or s8 symmetric, one scale "
                     "in all or one an output channel",
                 .constant = true},
                {.name = "bias",
                 .doc =
                     "[out channels]; f32, or in units of x's scale times the weights': s32, beside s16 s64, "
                     "s32 or s16",
                 .optional = true,
                 .constant = true}},
           .outputs = {{"y", "[batch, size h, size w, out channels], of x's element type"}},
           .attributes =
               {{"size", "extents [h, w] of the output", std::vector<std::int64_t>{1, 1}, {}, 1, kMostWindow},
                stride_attribute(1),
                {"padding",
                 "same cuts as much off each end as a convolution with padding=same would add; valid keeps "
                 "all",
                 std::string("valid"),
                 {"same", "valid"}},
                activation_attribute()}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
      .quant = &kQuant,
      .channels = &kChannels,
  };
  return op;
}
