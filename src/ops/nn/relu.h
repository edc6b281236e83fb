// What relu, relu6, relu_n1_to_1 and relu_0_to_1 share: requantize from the input's scale to the output's, then clamp.
#pragma once

#include "mote/nn/elementwise/elementwise.h"
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
inline Calls lower_relu(const NodeRef& ref, Activation activation) {
  return lower_clamped(ref, float_range(activation));
}

inline Result<void> read_relu(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, op, {}, graph);
}

}  // namespace mote::nn
