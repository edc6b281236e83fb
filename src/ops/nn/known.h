// Operators of .tflite whose result is known when the model is read: it becomes a constant, and no node is left.
// They compute shapes; one that depends on what the device reads cannot be planned, and is refused.
#pragma once

#include "ops/nn/moves.h"

namespace mote::nn {

/// The result, as the constant it is.
template <class T>
Result<void> set_known(const ForeignNode& foreign, Graph& graph, DType dtype, Shape shape,
                       const std::vector<T>& values) {
  Tensor& tensor = graph.tensor(foreign.outputs[0]);
  tensor.type = {dtype, std::move(shape)};
  MOTE_TRY_VOID(check_movable("output", tensor.type));
  tensor.constant = to_constant(values);
  return {};
}

/// Integers of the type that the file states for the output: s64, else s32.
inline Result<void> set_known_integers(const ForeignNode& foreign, Graph& graph, Shape shape,
                                       const std::vector<std::int64_t>& values) {
  if (graph.tensor(foreign.outputs[0]).type.dtype == DType::S64)
    return set_known(foreign, graph, DType::S64, std::move(shape), values);
  MOTE_TRY(const Shape narrowed, narrow("output", values));
  return set_known(foreign, graph, DType::S32, std::move(shape), narrowed);
}

inline Error never_a_node(const NodeRef& ref) {
  return error(text::cat("'", ref.node.op, "' is computed when a model is read; it cannot be a layer"));
}
inline Result<std::vector<TensorType>> infer_known(const NodeRef& ref) { return never_a_node(ref); }
inline Result<std::vector<KernelCall>> lower_known(const NodeRef& ref) { return never_a_node(ref); }
inline Result<ForeignNode> write_known(const NodeRef& ref, Graph&) { return never_a_node(ref); }

}  // namespace mote::nn
