// Builds .tflite files for the importer's tests: a line a tensor, a line an operator.
#pragma once

#include <gtest/gtest.h>

#include "import/import.h"
#include "tflite_generated.h"

namespace mote::testing {

class TestFile {
 public:
  using Type = tflite::TensorType;
  using Op = tflite::BuiltinOperator;
  using Ids = std::vector<std::int32_t>;

  tflite::ModelT model;

  TestFile() {
    model.version = 3;
    model.buffers.push_back(std::make_unique<tflite::BufferT>());
    graph("main");
  }

  /// A new subgraph, to which what follows belongs; gives its index.
  int graph(const std::string& name) {
    model.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
    model.subgraphs.back()->name = name;
    current_ = model.subgraphs.size() - 1;
    return static_cast<int>(current_);
  }
  void go_on_with(int graph) { current_ = static_cast<std::size_t>(graph); }
  tflite::SubGraphT& here() { return *model.subgraphs[current_]; }
  tflite::TensorT& at(std::int32_t id) { return *here().tensors[static_cast<std::size_t>(id)]; }

  std::int32_t tensor(const std::string& name, Type type, Shape shape, std::vector<float> scale = {},
                      std::vector<std::int64_t> zero_point = {}, int axis = 0) {
    auto out = std::make_unique<tflite::TensorT>();
    out->name = name;
    out->type = type;
    out->shape = std::move(shape);
    out->quantization = std::make_unique<tflite::QuantizationParametersT>();
    out->quantization->scale = std::move(scale);
    out->quantization->zero_point = std::move(zero_point);
    out->quantization->quantized_dimension = axis;
    here().tensors.push_back(std::move(out));
    return static_cast<std::int32_t>(here().tensors.size() - 1);
  }
  std::int32_t input(const std::string& name, Type type, Shape shape) {
    here().inputs.push_back(tensor(name, type, std::move(shape)));
    return here().inputs.back();
  }
  std::uint32_t buffer(Bytes bytes) {
    model.buffers.push_back(std::make_unique<tflite::BufferT>());
    model.buffers.back()->data = std::move(bytes);
    return static_cast<std::uint32_t>(model.buffers.size() - 1);
  }
  /// The tensor gets these bytes as its value.
  std::int32_t fill(std::int32_t id, Bytes bytes) {
    at(id).buffer = buffer(std::move(bytes));
    return id;
  }
  template <class T>
  std::int32_t fill(std::int32_t id, const std::vector<T>& values) {
    return fill(id, Bytes(*to_constant(values)));
  }
  std::int32_t integers(const std::string& name, const std::vector<std::int32_t>& values) {
    return fill(tensor(name, Type::INT32, {static_cast<std::int32_t>(values.size())}), values);
  }

  tflite::OperatorT& op(Op code, Ids inputs, Ids outputs) { return add(code, "", inputs, outputs); }
  template <class Options>
  tflite::OperatorT& op(Op code, Ids inputs, Ids outputs, Options options) {
    tflite::OperatorT& made = add(code, "", inputs, outputs);
    made.builtin_options.Set(std::move(options));
    return made;
  }
  tflite::OperatorT& custom(const std::string& name, Ids inputs, Ids outputs, Bytes options) {
    tflite::OperatorT& made = add(Op::CUSTOM, name, inputs, outputs);
    made.custom_options = std::move(options);
    return made;
  }

  Bytes bytes() const {
    flatbuffers::FlatBufferBuilder builder;
    FinishModelBuffer(builder, CreateModel(builder, &model));
    return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  }
  Result<Module> import() const { return import_tflite(bytes(), "model.tflite"); }
  Module sound() const {
    auto module = import();
    EXPECT_TRUE(module) << module.error().message;
    return module ? std::move(*module) : Module{};
  }
  /// The error's words and hint; "" when the file is accepted.
  std::string refusal() const {
    const auto module = import();
    return module ? "" : module.error().message + "\n" + module.error().hint;
  }
  void expect_refused(const std::vector<std::string>& words) const {
    const std::string said = refusal();
    EXPECT_TRUE(text::starts_with(said, "model.tflite")) << said;
    for (const std::string& word : words)
      EXPECT_NE(said.find(word), std::string::npos) << "'" << said << "' does not say '" << word << "'";
    EXPECT_GT(said.size(), said.find('\n') + 1) << "no hint: " << said;
  }

 private:
  tflite::OperatorT& add(Op code, const std::string& custom, const Ids& inputs, const Ids& outputs) {
    auto entry = std::make_unique<tflite::OperatorCodeT>();
    entry->deprecated_builtin_code = static_cast<std::int8_t>(std::min(static_cast<int>(code), 127));
    entry->builtin_code = code;
    entry->custom_code = custom;
    model.operator_codes.push_back(std::move(entry));
    auto made = std::make_unique<tflite::OperatorT>();
    made->opcode_index = static_cast<std::uint32_t>(model.operator_codes.size() - 1);
    made->inputs = inputs;
    made->outputs = outputs;
    here().operators.push_back(std::move(made));
    return *here().operators.back();
  }

  std::size_t current_ = 0;
};

template <class T>
std::vector<T> values_of(const Tensor& tensor) {
  std::vector<T> values(static_cast<std::size_t>(tensor.type.count()));
  EXPECT_TRUE(tensor.is_constant()) << tensor.name;
  if (tensor.is_constant()) std::memcpy(values.data(), tensor.constant->data(), values.size() * sizeof(T));
  return values;
}

inline std::string ops_of(const Graph& graph) {
  std::vector<std::string> ops;
  for (const Node& node : graph.nodes) ops.push_back(node.op);
  return text::join(ops, " ");
}

}  // namespace mote::testing
