// What layers with weights share in s8 and s16: conv2d, depthwise_conv2d, transpose_conv, fully_connected, batch_matmul.
// In s16 the activations have zero point 0, the weights are s8, and sums are as wide as the bias: 64 bits or 32.
#pragma once

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

inline bool is_quantized(const Tensor& tensor) {
  return tensor.type.dtype == DType::S8 || tensor.type.dtype == DType::S16;
}
/// Only the stages from Quantized on, and only nodes in s8 and s16, have scales to check.
inline bool has_scales_to_check(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && is_quantized(ref.in(0));
}

/// An activation in s8 or s16; in s16 its zero point is 0.
inline Result<void> check_counted_quant(std::string_view port, const Tensor& tensor) {
  MOTE_TRY_VOID(check_activation_quant(port, tensor));
  if (tensor.type.dtype != DType::S16 || tensor.quant.zero_point[0] == 0) return {};
  return error(text::cat("'", port, "' (tensor '", tensor.name, "') is s16 and has the zero point ",
                         tensor.quant.zero_point[0], "; it must be 0"),
               "convert the model again with 16x8 quantization, which is symmetric");
}

/// Input 0, weights 1, output of a convolution.  The bias' scale is read by no kernel.
inline Result<void> check_convolution_quant(const NodeRef& ref, int axis) {
  MOTE_TRY_VOID(check_counted_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_counted_quant("output", ref.out(0)));
  return check_weights_quant(ref.in(1), axis, ref.in(1).type.shape[static_cast<std::size_t>(axis)]);
}

/// Sums of 64 bits can be scaled up by 2^7 at most.
inline Result<void> check_wide_shift(std::int32_t shift) {
  if (shift <= 7) return {};
  return error(text::cat("the ratio of scales is about 2^", shift, ", beyond 2^7, the most in s16"),
               "quantize again: the output's scale is far too small for its inputs");
}
inline Result<void> check_wide_shifts(const RequantTable& table) {
  for (const std::int8_t shift : table.shift) MOTE_TRY_VOID(check_wide_shift(shift));
  return {};
}

/// The absent bias in the kernel's type.
inline Arg absent_bias_arg(DType dtype) { return Arg{dtype, Arg::Rom{nullptr}}; }

/// A table of one Requant for each output channel; for sums of 64 bits its shifts are checked.
inline Result<RequantTable> convolution_requant(const NodeRef& ref, std::int32_t channels, bool wide) {
  MOTE_TRY(RequantTable table, per_channel_requant(ref.in(0), ref.in(1), ref.out(0), channels));
  if (wide) MOTE_TRY_VOID(check_wide_shifts(table));
  return table;
}

/// (in, weights, bias, multiplier, shift, out) with the bias as `bias` says.
inline std::vector<Arg> weighted_args(const NodeRef& ref, const RequantTable& table, Arg bias) {
  return {in_arg(ref, 0),        weights_arg(ref), std::move(bias), multiplier_arg(ref, table),
          shift_arg(ref, table), out_arg(ref)};
}

/// The schema's name of the bias' type, where a format wants one: only s16 activations leave a choice.
inline std::string bias_type_word(const NodeRef& ref) {
  if (!ref.has_in(2) || ref.in(0).type.dtype != DType::S16) return "FLOAT32";
  return ref.in(2).type.dtype == DType::S32 ? "INT32" : "INT64";
}

}  // namespace mote::nn
