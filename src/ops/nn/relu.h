// What relu, relu6, relu_n1_to_1 and relu_0_to_1 share: requantize from the input's scale to the output's, then clamp.
// Each is a Relu and one call of relu_op.
#pragma once

#include "mote/nn/elementwise/elementwise.h"
#include "ops/nn/training.h"
#include "ops/nn/unary.h"

namespace mote::nn {

inline Result<std::vector<TensorType>> infer_relu(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8, DType::S16}));
  return std::vector<TensorType>{ref.in(0).type};
}

inline Result<void> verify_relu(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && is_quantized(ref.in(0)) ? check_unary_quant(ref) : Result<void>{};
}

/// Limits in the output's integers, as activation_range derives them.
inline IntRange quantized_range(const FloatRange& range, const Tensor& out) {
  const IntRange all = zero_points_of(out.type.dtype);
  const auto at = [&](float real, std::int32_t none) {
    if (std::abs(real) == FLT_MAX) return none;
    const double q = quantized_position(real, out.quant.scale[0], out.quant.zero_point[0]);
    return static_cast<std::int32_t>(
        std::clamp(q, static_cast<double>(all.min), static_cast<double>(all.max)));
  };
  return {at(range.min, all.min), at(range.max, all.max)};
}

inline Calls lower_clamped(const NodeRef& ref, const FloatRange& range) {
  const auto count = static_cast<std::int32_t>(ref.out(0).type.count());
  if (ref.in(0).type.dtype == DType::F32) {
    ClampF32Params p{};
    p.count = count;
    p.min = range.min;
    p.max = range.max;
    return one_call(call_of("clamp_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_unary_quant(ref));
  MOTE_TRY(const Requant requant, quantize_multiplier(scale_ratio(ref)));
  const IntRange limits = quantized_range(range, ref.out(0));
  if (ref.in(0).type.dtype == DType::S16) return lower_slopes(ref, {requant, requant}, limits);
  ReluS8Params p{};
  p.count = count;
  put_s8(p, ref);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  put_range(p, limits);
  return one_call(call_of("relu_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

// ---- the op

struct Relu {
  std::string_view op;       ///< "relu6"
  std::string_view foreign;  ///< "RELU6"
  std::string_view doc;
  FloatRange range;
  int s8_version;  ///< of `foreign`
  bool trains = false;
  const QuantRule* quant = &kAnyScale;
};

template <const Relu& relu>
Calls lower_relu(const NodeRef& ref) {
  return lower_clamped(ref, relu.range);
}

template <const Relu& relu>
Result<void> read_relu(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, std::string(relu.op), {}, graph);
}
template <const Relu& relu>
Result<ForeignNode> write_relu(const NodeRef& ref, Graph&) {
  return start_write(ref, relu.foreign, relu.s8_version);
}
template <const Relu& relu>
inline constexpr FormatRule kReluFormats[] = {{"tflite", relu.foreign, read_relu<relu>, write_relu<relu>}};

template <const Relu& relu>
void train_relu_forward(const TrainCall& call) {
  learn::clamp(batch_count(call.node.in(0), call.batch), relu.range.min, relu.range.max, call.in[0],
               call.out[0]);
}
template <const Relu& relu>
void train_relu_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  learn::clamp_gradient(batch_count(call.node.in(0), call.batch), relu.range.min, relu.range.max, call.in[0],
                        call.grad_out[0], call.grad_in[0]);
}
template <const Relu& relu>
learn::Part relu_part(const NodeRef&) {
  return {.kind = learn::Part::Kind::Clamp, .low = relu.range.min, .high = relu.range.max};
}
template <const Relu& relu>
inline constexpr GradRule kReluGrad{nullptr, train_relu_forward<relu>, train_relu_backward<relu>,
                                    GradRule::Role::Rectifier, relu_part<relu>};

template <const Relu& relu>
OpDef relu_op() {
  return {
      .name = relu.op,
      .schema = {.doc = relu.doc,
                 .inputs = {{"x", "any shape, f32, s8 or s16"}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer_relu,
      .verify = verify_relu,
      .lower = lower_relu<relu>,
      .work = no_work,
      .formats = kReluFormats<relu>,
      .grad = relu.trains ? &kReluGrad<relu> : nullptr,
      .quant = relu.quant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
}

}  // namespace mote::nn
