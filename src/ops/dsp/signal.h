// What the operators of TFLM's signal library share.  In .tflite they are custom operators whose options are integers by
// name; here the attributes have the same names.
//
// Memory that such an operator keeps is no tensor of the file: it declares it (OpDef::own_state), and the importer appends
// the state tensors to its inputs, behind those of the file.  It asks before it infers: a node that cannot be has no state.
#pragma once

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::dsp {

using namespace nn;

inline constexpr std::int64_t kMostSamples = 65536;  ///< of a frame, a step, a delay, …

// ---- file format

/// Integers by name, as the op's schema has them.
inline Result<void> read_signal(const ForeignNode& foreign, Graph& graph, const char* op, std::size_t inputs,
                                std::size_t outputs = 1) {
  MOTE_TRY_VOID(check_counts(foreign, inputs, inputs, outputs));
  Attributes attributes;
  for (const AttributeSpec& spec : find_op(op)->schema.attributes) {
    const std::string name(spec.name);
    if (!foreign.attributes.contains(name)) {
      return error(text::cat(foreign.op, " has no option '", name, "'"),
                   "the file was made by another version of the signal library");
    }
    MOTE_TRY(attributes[name], integer_option(foreign, name, 0));
  }
  return append_read(foreign, op, std::move(attributes), graph);
}

/// States at the end of the inputs are left out: the file has no tensors for them.
inline Result<ForeignNode> write_signal(const NodeRef& ref, const char* op, std::size_t inputs) {
  ForeignNode foreign = start_write(ref, op, 1);
  foreign.inputs.resize(inputs);
  for (const AttributeSpec& spec : op_of(ref.node).schema.attributes)
    foreign.attributes[std::string(spec.name)] = ref.integer(spec.name);
  return foreign;
}

/// The option "T" of operators that exist in several element types, by TensorFlow Lite's numbers.
inline void put_type_option(const NodeRef& ref, ForeignNode& foreign) {
  const DType dtype = ref.in(0).type.dtype;
  foreign.attributes["T"] = std::int64_t{dtype == DType::F32 ? 0 : dtype == DType::S32 ? 2 : 7};
}

// ---- types

inline Result<void> check_vector(std::string_view port, const Tensor& tensor, DType dtype) {
  MOTE_TRY_VOID(check_dtype(port, tensor, {dtype}));
  return check_rank(port, tensor, 1, "a list [n]");
}

inline Result<void> check_constant_vector(std::string_view port, const Tensor& tensor, DType dtype,
                                          std::int64_t least) {
  MOTE_TRY_VOID(check_vector(port, tensor, dtype));
  if (!tensor.is_constant()) return error(text::cat("'", port, "' must be a constant"));
  if (tensor.type.count() >= least) return {};
  return error(text::cat("'", port, "' has ", tensor.type.count(), " values; it must have at least ", least));
}

/// The last extent of a tensor that has one, and the product of the others.
struct Rows {
  std::int32_t rows = 1, length = 1;
};
inline Rows rows_of(const Shape& shape) {
  Rows result;
  result.length = shape.back();
  for (std::size_t d = 0; d + 1 < shape.size(); ++d) result.rows *= shape[d];
  return result;
}
inline Result<void> check_rows(std::string_view port, const Tensor& tensor, std::size_t least_rank = 1) {
  if (tensor.type.shape.size() >= least_rank) return {};
  return error(text::cat("'", port, "' has the shape ", to_text(tensor.type.shape),
                         "; it must have at least ", least_rank,
                         least_rank == 1 ? " dimension" : " dimensions"));
}

inline PortSpec state_port(std::string_view name, std::string_view doc) {
  return {.name = name, .doc = doc, .optional = true};
}
inline AttributeSpec integer_spec(std::string_view name, std::string_view doc, std::int64_t value,
                                  std::int64_t min, std::int64_t max) {
  return {name, doc, value, {}, min, max};
}
inline std::int32_t int32_of(const NodeRef& ref, std::string_view name) {
  return static_cast<std::int32_t>(ref.integer(name));
}

}  // namespace mote::dsp
