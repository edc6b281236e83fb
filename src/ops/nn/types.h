// What the ops of this folder ask of tensor types: element types that have kernels, ranks, sizes that fit 32
// bits. Errors speak of the port by its name; whoever calls `infer` puts the layer's name before them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "graph/op.h"

namespace mote::nn {

/// Elements a tensor may have: kernels count in int32_t.
inline constexpr std::int64_t kMostElements = std::numeric_limits<std::int32_t>::max();

inline std::string type_text(const TensorType& type) {
  return text::cat(name_of(type.dtype), to_text(type.shape));
}

/// The number of elements; an error for an extent below 1 or more than 2^31 − 1 elements.  Never overflows.
inline Result<std::int64_t> checked_count(std::string_view port, const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int32_t extent : shape) {
    if (extent < 1) {
      return error(
          text::cat("'", port, "' has the shape ", to_text(shape), "; every extent must be 1 or more"));
    }
    count *= extent;  // both factors are below 2^31
    if (count > kMostElements) {
      return error(
          text::cat("'", port, "' has the shape ", to_text(shape), ", more than 2147483647 elements"),
          "use a smaller input or a larger stride");
    }
  }
  return count;
}

/// An activation: f32 or s8, extents in range.
inline Result<void> check_activation_type(std::string_view port, const Tensor& tensor) {
  const DType dtype = tensor.type.dtype;
  if (dtype != DType::F32 && dtype != DType::S8) {
    return error(text::cat("'", port, "' is ", type_text(tensor.type), "; there are kernels for f32 and s8"),
                 "convert the model with float or full int8 quantization");
  }
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count(port, tensor.type.shape));
  return {};
}

/// One of `allowed`, extents in range.
inline Result<void> check_dtype(std::string_view port, const Tensor& tensor,
                                std::initializer_list<DType> allowed) {
  if (std::find(allowed.begin(), allowed.end(), tensor.type.dtype) == allowed.end()) {
    std::vector<std::string> names;
    for (const DType dtype : allowed) names.emplace_back(name_of(dtype));
    return error(text::cat("'", port, "' is ", type_text(tensor.type), "; there are kernels for ",
                           text::join(names, ", ")),
                 "convert the model with float or full int8 quantization");
  }
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count(port, tensor.type.shape));
  return {};
}

inline Result<void> check_rank(std::string_view port, const Tensor& tensor, std::size_t rank,
                               std::string_view layout) {
  if (tensor.type.shape.size() == rank) return {};
  return error(text::cat("'", port, "' has the shape ", to_text(tensor.type.shape), "; it must be ", layout),
               "put a reshape before the layer; a series of T steps with C channels is [1,T,1,C]");
}

/// Weights are f32 beside f32, s8 beside s8 and s16.
inline Result<void> check_weights_type(std::string_view port, const Tensor& weights, DType activations) {
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count(port, weights.type.shape));
  const DType wanted = activations == DType::S16 ? DType::S8 : activations;
  if (weights.type.dtype == wanted) return {};
  return error(
      text::cat("'", port, "' is ", name_of(weights.type.dtype), " and the input is ", name_of(activations),
                "; it must be ", name_of(wanted)),
      "a model with dynamic-range weights cannot run; convert it as float or with full int8 quantization");
}

/// A bias is f32 beside f32, s32 beside s8, s64 or s32 beside s16: one number for each output channel.
inline Result<void> check_bias_type(const Tensor& bias, DType activations, std::int32_t channels) {
  const DType wanted =
      activations == DType::F32 ? DType::F32 : (activations == DType::S16 ? DType::S64 : DType::S32);
  const bool narrow = activations == DType::S16 && bias.type.dtype == DType::S32;
  if ((bias.type.dtype == wanted || narrow) && bias.type.count() == channels) return {};
  return error(
      text::cat("'bias' is ", type_text(bias.type), "; it must be ", name_of(wanted), "[", channels, "]"));
}

/// A type of these extents, or an error when it has too many elements.
inline Result<TensorType> made_type(DType dtype, Shape shape) {
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count("output", shape));
  return TensorType{dtype, std::move(shape)};
}

inline Result<std::vector<TensorType>> one_type(Result<TensorType> type) {
  if (!type) return type.error();
  return std::vector<TensorType>{std::move(*type)};
}

/// Element-wise ops: the output is of the input's type.
inline Result<std::vector<TensorType>> infer_same(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_type("x", ref.in(0)));
  return std::vector<TensorType>{ref.in(0).type};
}

/// Bytes of the constants from input `first` on: weights and bias.
inline std::int64_t constant_bytes(const NodeRef& ref, int first) {
  std::int64_t bytes = 0;
  for (int i = first; i < static_cast<int>(ref.node.inputs.size()); ++i) {
    if (ref.has_in(i) && ref.in(i).is_constant()) bytes += static_cast<std::int64_t>(ref.in(i).type.bytes());
  }
  return bytes;
}

/// Ops that multiply no weights.
inline Work no_work(const NodeRef&) { return {}; }

/// Time axis of element-wise ops.
inline StreamRule::Window pointwise_time(const NodeRef&) { return {1, 1, 1, 0}; }
inline constexpr StreamRule kPointwiseStream{pointwise_time};

/// Row locality of element-wise ops.
inline RowSpan same_rows(const NodeRef&, int, RowSpan out) { return out; }
inline constexpr RowRule kPointwiseRows{same_rows};

/// Pools, activations, additions: channel c of the output is channel c of each input.
inline constexpr ChannelRule kChannelsPass{true, -1, -1};

}  // namespace mote::nn
