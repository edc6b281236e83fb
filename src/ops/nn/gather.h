// What gather and gather_nd share: their indices.
#pragma once

#include "ops/nn/moves.h"

namespace mote::nn {

/// Indices are s32, which the kernels read.
inline Result<void> check_indices(const Tensor& indices) {
  if (indices.type.dtype != DType::S32) {
    return error(text::cat("'indices' is ", type_text(indices.type), "; it must be s32"),
                 "cast the indices to int32 before the layer");
  }
  return check_movable("indices", indices.type);
}

/// A constant index must exist; computed ones are moved into range on the device.
inline Result<void> check_index(const Tensor& indices, std::size_t i, std::int32_t extent) {
  const std::int32_t index = elements<std::int32_t>(indices)[i];
  if (index >= 0 && index < extent) return {};
  return error(text::cat("index ", index, " is outside 0...", extent - 1));
}

/// Reading: constant s64 indices as s32.
inline Result<TensorId> read_indices(Graph& graph, TensorId id, const std::string& layer) {
  if (id == kNoTensor) return error("'indices' is missing");
  const Tensor& tensor = graph.tensor(id);
  if (!tensor.is_constant() || tensor.type.dtype != DType::S64) return id;
  Shape shape = tensor.type.shape;
  MOTE_TRY(const std::vector<std::int64_t> values, constant_integers(graph, id, "indices"));
  MOTE_TRY([[maybe_unused]] const Shape fits, narrow("indices", values));
  return add_integers(graph, text::cat(layer, "_indices"), values, std::move(shape));
}

}  // namespace mote::nn
