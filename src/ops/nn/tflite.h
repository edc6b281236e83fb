// Reading and writing options of .tflite ops in neutral form (ForeignNode), by the schema's field names.
// What an absent field means is the schema's default; values are checked against the op's own Schema by `verify`.
#pragma once

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>

#include "graph/op.h"

namespace mote::nn {

template <class T>
Result<T> option(const ForeignNode& foreign, const std::string& name, T absent) {
  const auto found = foreign.attributes.find(name);
  if (found == foreign.attributes.end()) return absent;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  return error(text::cat(foreign.op, ": the option '", name, "' has another type than the schema says"));
}
inline Result<std::int64_t> integer_option(const ForeignNode& foreign, const std::string& name,
                                           std::int64_t absent) {
  return option<std::int64_t>(foreign, name, absent);
}
inline Result<std::string> word_option(const ForeignNode& foreign, const std::string& name,
                                       const char* absent) {
  return option<std::string>(foreign, name, absent);
}

inline Result<double> real_option(const ForeignNode& foreign, const std::string& name, double absent) {
  return option<double>(foreign, name, absent);
}

inline Result<void> check_number(const ForeignNode& foreign, std::size_t least, std::size_t most,
                                 std::size_t outputs) {
  const std::size_t inputs = foreign.inputs.size();
  if (inputs >= least && inputs <= most && foreign.outputs.size() == outputs) return {};
  return error(
      text::cat(foreign.op, " has ", inputs, " inputs and ", foreign.outputs.size(), " outputs; it takes ",
                least == most ? text::cat(least) : text::cat(least, " to ", most), " and ", outputs));
}

/// The first `count` inputs are there, except those that the format lets be absent (−1 in the file).
inline Result<void> check_present(const ForeignNode& foreign, std::size_t count,
                                  std::initializer_list<std::size_t> optional = {}) {
  for (std::size_t i = 0; i < count; ++i) {
    const bool may_lack = std::find(optional.begin(), optional.end(), i) != optional.end();
    if (foreign.inputs[i] == kNoTensor && !may_lack)
      return error(text::cat(foreign.op, ": inputs[", i, "] is missing"));
  }
  return {};
}

/// So many inputs, of which the first `least` are there, except `optional` ones.
inline Result<void> check_counts(const ForeignNode& foreign, std::size_t least, std::size_t most,
                                 std::size_t outputs = 1, std::initializer_list<std::size_t> optional = {}) {
  MOTE_TRY_VOID(check_number(foreign, least, most, outputs));
  return check_present(foreign, least, optional);
}

/// The values of a constant s32 or s64 tensor (axes, paddings, a shape): they become attributes.
inline Result<std::vector<std::int64_t>> constant_integers(const Graph& graph, TensorId id,
                                                           std::string_view what) {
  if (id == kNoTensor) return error(text::cat("'", what, "' is missing"));
  const Tensor& tensor = graph.tensor(id);
  if (!tensor.is_constant()) {
    return error(
        text::cat("'", what, "' (tensor '", tensor.name, "') is computed at run time; it must be a constant"),
        "fix the shapes of the model when converting it: memory is planned before the device runs");
  }
  constexpr std::int64_t most = 4096;
  if (tensor.type.count() > most)
    return error(text::cat("'", what, "' has ", tensor.type.count(), " values"));
  std::vector<std::int64_t> values;
  if (tensor.type.dtype == DType::S32) {
    const auto* first = elements<std::int32_t>(tensor);
    values.assign(first, first + tensor.type.count());
  } else if (tensor.type.dtype == DType::S64) {
    for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
      std::int64_t value;  // the bytes are not promised to be aligned
      std::memcpy(&value, tensor.constant->data() + static_cast<std::size_t>(i) * sizeof value, sizeof value);
      values.push_back(value);
    }
  } else {
    return error(text::cat("'", what, "' is ", name_of(tensor.type.dtype), "; it must be s32 or s64"));
  }
  return values;
}

/// Adds a constant s32 tensor of one dimension, as the format wants axes, paddings and shapes.
inline TensorId add_integers(Graph& graph, const std::string& name, const std::vector<std::int64_t>& values,
                             Shape shape) {
  Tensor tensor;
  tensor.name = name;
  tensor.type = {DType::S32, std::move(shape)};
  tensor.constant = to_constant(std::vector<std::int32_t>(values.begin(), values.end()));
  return graph.add(std::move(tensor));
}

inline Result<Attribute> read_padding(const ForeignNode& foreign) {
  MOTE_TRY(const std::string word, word_option(foreign, "padding", "SAME"));
  if (word == "SAME") return Attribute(std::string("same"));
  if (word == "VALID") return Attribute(std::string("valid"));
  return error(text::cat(foreign.op, ": the padding ", word, " is not known"));
}
inline std::string padding_word(const NodeRef& ref) {
  return ref.word("padding") == "same" ? "SAME" : "VALID";
}

inline Result<Attribute> read_activation(const ForeignNode& foreign) {
  MOTE_TRY(const std::string word, word_option(foreign, "fused_activation_function", "NONE"));
  if (word == "NONE") return Attribute(std::string("none"));
  if (word == "RELU") return Attribute(std::string("relu"));
  if (word == "RELU6") return Attribute(std::string("relu6"));
  if (word == "RELU_N1_TO_1") return Attribute(std::string("relu_n1_to_1"));
  return error(text::cat(foreign.op, " with the fused activation ", word, " is not supported"),
               "use none, relu, relu6 or relu_n1_to_1 in this layer and convert the model again");
}
inline std::string activation_word(const NodeRef& ref) {
  const std::string& word = ref.word("activation");
  if (word == "relu") return "RELU";
  if (word == "relu_n1_to_1") return "RELU_N1_TO_1";
  return word == "relu6" ? "RELU6" : "NONE";
}
/// For ops whose kernels take no fused activation.
inline Result<void> check_no_activation(const ForeignNode& foreign) {
  MOTE_TRY(const std::string word, word_option(foreign, "fused_activation_function", "NONE"));
  if (word == "NONE") return {};
  return error(text::cat(foreign.op, " with the fused activation ", word, " is not supported"),
               "put the activation into a layer of its own and convert the model again");
}

/// Two options as the pair [h, w].
inline Result<Attribute> read_pair(const ForeignNode& foreign, const std::string& h, const std::string& w) {
  MOTE_TRY(const std::int64_t first, integer_option(foreign, h, 1));
  MOTE_TRY(const std::int64_t second, integer_option(foreign, w, 1));
  return Attribute(std::vector<std::int64_t>{first, second});
}
inline void write_pair(const NodeRef& ref, std::string_view pair, const std::string& h, const std::string& w,
                       Attributes& options) {
  options[h] = ref.integers(pair)[0];
  options[w] = ref.integers(pair)[1];
}

/// The node in mote's terms, appended; inputs and outputs are the same tensors in the same order.
inline Result<void> append_read(const ForeignNode& foreign, const std::string& op, Attributes attributes,
                                Graph& graph) {
  Node node;
  node.op = op;
  node.name = foreign.name;
  node.attributes = std::move(attributes);
  node.inputs = foreign.inputs;
  node.outputs = foreign.outputs;
  graph.nodes.push_back(std::move(node));
  return {};
}

/// Inputs without the absent ones at the end.  In int8 most ops have version `s8`, in float 1.
inline ForeignNode start_write(const NodeRef& ref, std::string_view op, int s8_version) {
  ForeignNode foreign;
  foreign.op = std::string(op);
  foreign.name = ref.node.name;
  foreign.version = ref.in(0).type.dtype == DType::S8 ? s8_version : 1;
  foreign.inputs = ref.node.inputs;
  while (!foreign.inputs.empty() && foreign.inputs.back() == kNoTensor) foreign.inputs.pop_back();
  foreign.outputs = ref.node.outputs;
  return foreign;
}

}  // namespace mote::nn
