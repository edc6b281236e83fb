// Host-side arithmetic of int8 ops: from scales to the integers that kernels take.
// Reproduces what TensorFlow Lite Micro computes when it prepares its reference kernels, bit for bit: which
// products are made in double and which in float matters.  Source: TFLite 8-bit quantization specification;
// behaviour of TFLM.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "ops/nn/activation.h"
#include "ops/nn/types.h"

namespace mote::nn {

// ---- multipliers

/// real ≈ multiplier · 2^(shift − 31).  multiplier in [2^30, 2^31) or 0; −31 ≤ shift ≤ 30.
struct Requant {
  std::int32_t multiplier = 0;
  std::int32_t shift = 0;
  bool operator==(const Requant&) const = default;
};

/// The nearest Requant to a finite real ≥ 0, halves away from zero.  Below about 2^−32 it is 0; shift has no upper bound.
inline Requant nearest_requant(double real) {
  if (real == 0) return Requant{};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);  // in [1/2, 1)
  auto multiplier = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
  if (multiplier == std::int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return Requant{};
  return Requant{static_cast<std::int32_t>(multiplier), shift};
}

/// The same for numbers of untrusted scales: what `requantize` on the device cannot do is refused.
inline Result<Requant> quantize_multiplier(double real) {
  if (!std::isfinite(real) || real < 0) {
    return error(text::cat("the ratio of scales ", text::shortest(real), " is not a finite number above 0"),
                 "quantize again with other calibration data");
  }
  const Requant requant = nearest_requant(real);
  if (requant.shift > 30) {
    return error(text::cat("the ratio of scales ", text::shortest(real), " is beyond 2^30"),
                 "quantize again: the output's scale is far too small for its inputs");
  }
  return requant;
}

/// For ratios that must lie strictly between 0 and 1, after rounding too.
inline Result<Requant> quantize_multiplier_below_one(double real) {
  if (!(real > 0 && real < 1)) {
    return error(text::cat("the ratio of scales ", text::shortest(real), " must lie between 0 and 1"),
                 "quantize again: the output's scale does not suit its inputs");
  }
  MOTE_TRY(const Requant requant, quantize_multiplier(real));
  if (requant.shift > 0)
    return error(text::cat("the ratio of scales ", text::shortest(real), " rounds to 1"));
  return requant;
}

/// in · weight / out, each a float32 scale, computed in double: convolutions, and fully connected with a scale a channel.
inline double effective_scale(float in, float weight, float out) {
  return static_cast<double>(in) * static_cast<double>(weight) / static_cast<double>(out);
}

/// Fully connected with one scale: the product of the two scales is rounded to float32 before the division.
inline double effective_scale_fully_connected(float in, float weight, float out) {
  const float product = in * weight;
  return static_cast<double>(product) / static_cast<double>(out);
}

/// One Requant for each output channel, as the tables that kernels read.
struct RequantTable {
  std::vector<std::int32_t> multiplier;
  std::vector<std::int8_t> shift;

  void push_back(const Requant& requant) {
    multiplier.push_back(requant.multiplier);
    shift.push_back(static_cast<std::int8_t>(requant.shift));
  }
};

inline Result<RequantTable> per_channel_requant(const Tensor& in, const Tensor& weights, const Tensor& out,
                                                std::int32_t channels) {
  RequantTable table;
  for (std::int32_t c = 0; c < channels; ++c) {
    const float weight = weights.quant.scale[weights.quant.per_channel() ? static_cast<std::size_t>(c) : 0];
    MOTE_TRY(const Requant requant,
             quantize_multiplier(effective_scale(in.quant.scale[0], weight, out.quant.scale[0])));
    table.push_back(requant);
  }
  return table;
}

// ---- activations

struct IntRange {
  std::int32_t min = -128, max = 127;
  bool operator==(const IntRange&) const = default;
};

/// Where `real` lies among the int8 values of a tensor, before clamping to them.  Division and rounding are in float32.
inline double quantized_position(float real, float scale, std::int32_t zero_point) {
  return static_cast<double>(zero_point) + static_cast<double>(std::round(real / scale));
}

/// Lowest and highest int8 output of a fused activation.
inline IntRange activation_range(Activation activation, const Tensor& out) {
  const float scale = out.quant.scale[0];
  const std::int32_t zero_point = out.quant.zero_point[0];
  IntRange range;
  if (out.type.dtype == DType::S16) range = {INT16_MIN, INT16_MAX};
  if (out.type.dtype == DType::U8) range = {0, UINT8_MAX};
  if (activation == Activation::None) return range;
  const auto at = [&](float real) { return quantized_position(real, scale, zero_point); };
  const auto least = static_cast<double>(range.min), most = static_cast<double>(range.max);
  range.min =
      static_cast<std::int32_t>(std::max(least, at(activation == Activation::ReluN1To1 ? -1.0f : 0.0f)));
  if (activation != Activation::Relu)
    range.max = static_cast<std::int32_t>(std::min(most, at(activation == Activation::Relu6 ? 6.0f : 1.0f)));
  return range;
}

// ---- add

/// Both inputs are brought to twice the larger of their scales, 20 bits up, added, and brought to the output's scale.
struct AddRequant {
  static constexpr std::int32_t kLeftShift = 20;
  Requant in1, in2, out;
};

inline Result<AddRequant> add_requant(float in1, float in2, float out) {
  const double twice_max = 2 * static_cast<double>(std::max(in1, in2));
  AddRequant add;
  MOTE_TRY(add.in1, quantize_multiplier_below_one(static_cast<double>(in1) / twice_max));
  MOTE_TRY(add.in2, quantize_multiplier_below_one(static_cast<double>(in2) / twice_max));
  MOTE_TRY(add.out, quantize_multiplier_below_one(
                        twice_max / ((1 << AddRequant::kLeftShift) * static_cast<double>(out))));
  return add;
}

// ---- softmax

/// Differences to the row's maximum are brought to Q5.26; those below diff_min contribute nothing.
struct SoftmaxRequant {
  static constexpr int kIntegerBits = 5;
  std::int32_t multiplier = 0, left_shift = 0, diff_min = 0;
};

inline Result<SoftmaxRequant> softmax_requant(double beta, float in) {
  constexpr int kFractionBits = 31 - SoftmaxRequant::kIntegerBits;
  constexpr double kCap = 2147483647.0;
  const double real = std::min(beta * static_cast<double>(in) * (1 << kFractionBits), kCap);
  if (!(real > 1)) {
    return error(text::cat("beta · scale of the input is ", text::shortest(beta * static_cast<double>(in)),
                           ", too small for int8 (2^-26 at least)"),
                 "quantize again with calibration data that reaches the layer's real range");
  }
  const Requant requant = nearest_requant(real);  // shift ≤ 31, by the cap
  const double radius = static_cast<double>((1 << SoftmaxRequant::kIntegerBits) - 1) *
                        static_cast<double>(std::int64_t{1} << kFractionBits) /
                        static_cast<double>(std::int64_t{1} << requant.shift);
  return SoftmaxRequant{requant.multiplier, requant.shift, -static_cast<std::int32_t>(std::floor(radius))};
}

// ---- what a quantized node must fulfil

/// Zero points that an element type can have.
inline IntRange zero_points_of(DType dtype) {
  if (dtype == DType::S16) return {INT16_MIN, INT16_MAX};
  return dtype == DType::U8 ? IntRange{0, UINT8_MAX} : IntRange{};
}

/// A quantized activation: one scale, one zero point.
inline Result<void> check_activation_quant(std::string_view port, const Tensor& tensor) {
  const Quant& quant = tensor.quant;
  if (quant.scale.size() != 1 || quant.zero_point.size() != 1) {
    return error(
        text::cat("'", port, "' (tensor '", tensor.name, "') is ", name_of(tensor.type.dtype), " and has ",
                  quant.scale.size(), " scales; an activation has one scale and one zero point"),
        "quantize the model first");
  }
  if (!std::isfinite(quant.scale[0]) || !(quant.scale[0] > 0)) {
    return error(text::cat("'", port, "' (tensor '", tensor.name, "') has the scale ",
                           text::shortest(quant.scale[0]), "; it must be above 0"));
  }
  const IntRange allowed = zero_points_of(tensor.type.dtype);
  if (quant.zero_point[0] < allowed.min || quant.zero_point[0] > allowed.max) {
    return error(text::cat("'", port, "' (tensor '", tensor.name, "') has the zero point ",
                           quant.zero_point[0], ", outside ", allowed.min, "...", allowed.max));
  }
  return {};
}

/// Weights are symmetric: zero points 0; one scale, or one for each of `channels` along `axis`.
inline Result<void> check_weights_quant(const Tensor& weights, int axis, std::int32_t channels) {
  const Quant& quant = weights.quant;
  const bool one = quant.scale.size() == 1;
  const bool each = quant.scale.size() == static_cast<std::size_t>(channels) && quant.axis == axis;
  if (!one && !each) {
    return error(text::cat("'weights' has ", quant.scale.size(), " scales along axis ", quant.axis,
                           "; it must have one, or ", channels, " along axis ", axis));
  }
  for (const float scale : quant.scale) {
    if (!std::isfinite(scale) || !(scale > 0))
      return error(text::cat("'weights' has the scale ", text::shortest(scale), "; it must be above 0"));
  }
  for (const std::int32_t zero : quant.zero_point) {
    if (zero != 0) {
      return error(
          text::cat("'weights' has the zero point ", zero, "; int8 weights are symmetric, it must be 0"),
          "convert the model again with full int8 quantization");
    }
  }
  return {};
}

/// A bias counts in units of in · weight.  A deviation is tolerated up to 0.02 output steps a unit, as TFLM does.
inline Result<void> check_bias_quant(const Tensor& bias, const Tensor& in, const Tensor& weights,
                                     const Tensor& out) {
  const auto& scales = bias.quant.scale;
  if (scales.empty()) return {};  // some converters leave it out; no kernel reads it
  const auto& weight_scales = weights.quant.scale;
  if (scales.size() != 1 && scales.size() != weight_scales.size()) {
    return error(text::cat("'bias' has ", scales.size(), " scales and 'weights' ", weight_scales.size()));
  }
  for (std::size_t c = 0; c < weight_scales.size(); ++c) {
    const double wanted = static_cast<double>(in.quant.scale[0]) * static_cast<double>(weight_scales[c]);
    const double given = static_cast<double>(scales[scales.size() == 1 ? 0 : c]);
    if (std::abs(given - wanted) / static_cast<double>(out.quant.scale[0]) > 0.02) {
      return error(text::cat("'bias' has the scale ", text::shortest(given), " in channel ", c,
                             "; it must be ", text::shortest(wanted), ", the input's times the weights'"),
                   "convert the model again with full int8 quantization");
    }
  }
  for (const std::int32_t zero : bias.quant.zero_point) {
    if (zero != 0) return error(text::cat("'bias' has the zero point ", zero, "; it must be 0"));
  }
  return {};
}

/// All that a convolution or fully connected layer in int8 needs: input 0, weights 1, bias 2.
inline Result<void> check_weighted_quant(const NodeRef& ref, int axis) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  const std::int32_t channels = ref.in(1).type.shape[static_cast<std::size_t>(axis)];
  MOTE_TRY_VOID(check_weights_quant(ref.in(1), axis, channels));
  if (!ref.has_in(2)) return {};
  return check_bias_quant(ref.in(2), ref.in(0), ref.in(1), ref.out(0));
}

/// Pools and concatenation move int8 values without changing them: input and output must mean the same by them.
inline Result<void> check_same_quant(std::string_view port, const Tensor& in, const Tensor& out) {
  MOTE_TRY_VOID(check_activation_quant(port, in));
  MOTE_TRY_VOID(check_activation_quant("output", out));
  const float a = in.quant.scale[0], b = out.quant.scale[0];
  const bool near = std::abs(a - b) <= 1e-6f * std::max(a, b);
  if (near && in.quant.zero_point[0] == out.quant.zero_point[0]) return {};
  return error(text::cat("'", port, "' has scale ", text::shortest(a), " and zero point ",
                         in.quant.zero_point[0], ", the output ", text::shortest(b), " and ",
                         out.quant.zero_point[0], "; the op needs them equal"),
               "quantize the model again with mote, or with a converter that ties them");
}

/// Only the stages from Quantized on, and only nodes in int8, have scales to check.
inline bool has_quant_to_check(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && ref.in(0).type.dtype == DType::S8;
}

}  // namespace mote::nn
