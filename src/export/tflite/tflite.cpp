// Module → .tflite, as Netron and LiteRT want it.  What a node is called there and what options it has says
// the FormatRule of its op (src/ops); here are the container's rules: buffer 0 is empty, operator codes are
// shared, versions say which element types an operator has.
#include <algorithm>
#include <map>
#include <tuple>

#include "export/export.h"
#include "export/tflite/parts.h"

namespace mote {

namespace tflite {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

/// Readers refuse an operator whose version is too low for what it does.  Least versions of int8 operators;
/// others have 1 unless the op's rule says more.
struct VersionRule {
  std::string_view op;
  int s8;
};
constexpr VersionRule kVersions[] = {
    {"CONV_2D", 3},     {"DEPTHWISE_CONV_2D", 3}, {"FULLY_CONNECTED", 4},
    {"ADD", 2},         {"CONCATENATION", 2},     {"AVERAGE_POOL_2D", 2},
    {"MAX_POOL_2D", 2}, {"SOFTMAX", 2},           {"RELU", 2},
    {"RELU6", 2},
};

int version_of(const ForeignNode& node, const Graph& graph) {
  const bool is_s8 = !node.inputs.empty() && node.inputs.front() != kNoTensor &&
                     graph.tensor(node.inputs.front()).type.dtype == DType::S8;
  int version = node.version;
  for (const VersionRule& rule : kVersions) {
    if (is_s8 && rule.op == node.op) version = std::max(version, rule.s8);
  }
  return version;
}

TensorType type_of(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return TensorType::FLOAT32;
    case DType::S8:
      return TensorType::INT8;
    case DType::S16:
      return TensorType::INT16;
    case DType::S32:
      return TensorType::INT32;
    case DType::S64:
      return TensorType::INT64;
    case DType::U8:
      return TensorType::UINT8;
    case DType::U32:
      return TensorType::UINT32;
    case DType::U64:
      return TensorType::UINT64;
    case DType::Bool:
      return TensorType::BOOL;
  }
  return TensorType::FLOAT32;
}

std::optional<BuiltinOperator> builtin_of(std::string_view op) {
  for (const BuiltinOperator known : EnumValuesBuiltinOperator()) {
    if (op == EnumNameBuiltinOperator(known)) return known;
  }
  return std::nullopt;
}

/// The node in the format's words, by the first rule of its op that can write it.
Result<ForeignNode> to_foreign(const Node& node, Graph& graph) {
  std::optional<Error> refused;
  for (const FormatRule& rule : op_of(node).formats) {
    if (rule.format != "tflite" || rule.write == nullptr) continue;
    auto foreign = rule.write(NodeRef{graph, node}, graph);
    if (foreign) {
      foreign->name = node.name;
      return std::move(*foreign);
    }
    if (!refused) refused = foreign.error();
  }
  if (refused) return *refused;
  return error(text::cat("the op '", node.op, "' has no form in .tflite"),
               "`mote ops` lists which formats an op has; export before this op is put in");
}

/// Puts the parts of the file together, in the order in which they are given.
class Writer {
 public:
  Writer() { buffers_.push_back(CreateBuffer(builder_)); }

  Offset<Tensor> tensor(const mote::Tensor& tensor) {
    const std::uint32_t buffer = tensor.is_constant() ? add_buffer(*tensor.constant) : 0;
    const auto name = builder_.CreateString(tensor.name);
    const auto shape = builder_.CreateVector(tensor.type.shape);
    const Offset<QuantizationParameters> quant = tensor.quant ? quantization(tensor.quant) : 0;
    return CreateTensor(builder_, shape, type_of(tensor.type.dtype), buffer, name, quant, false, 0, 0, true);
  }

  Result<Offset<Operator>> operation(const ForeignNode& node, int version,
                                     const std::vector<std::int32_t>& inputs,
                                     const std::vector<std::int32_t>& outputs) {
    const auto code = builtin_of(node.op);
    if (!code) return error(text::cat(".tflite has no operator ", node.op));
    MOTE_TRY(const Options options, write_options(builder_, node));
    const auto in = builder_.CreateVector(inputs);
    const auto out = builder_.CreateVector(outputs);
    return CreateOperator(builder_, add_code(*code, version), in, out, options.kind, options.table);
  }

  void metadata(const std::string& name, const Bytes& bytes) {
    const std::uint32_t buffer = add_buffer(bytes);
    metadata_.push_back(CreateMetadata(builder_, builder_.CreateString(name), buffer));
  }

  Bytes finish(const std::string& name, const std::vector<Offset<Tensor>>& tensors,
               const std::vector<Offset<Operator>>& operators, const std::vector<std::int32_t>& inputs,
               const std::vector<std::int32_t>& outputs) {
    const Offset<SubGraph> graph =
        CreateSubGraphDirect(builder_, &tensors, &inputs, &outputs, &operators, name.c_str());
    const std::vector<Offset<SubGraph>> graphs = {graph};
    FinishModelBuffer(builder_, CreateModelDirect(builder_, 3, &codes_, &graphs, "mote", &buffers_, nullptr,
                                                  metadata_.empty() ? nullptr : &metadata_));
    return Bytes(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  }

 private:
  std::uint32_t add_buffer(const Bytes& bytes) {
    buffers_.push_back(CreateBufferDirect(builder_, &bytes));
    return static_cast<std::uint32_t>(buffers_.size() - 1);
  }

  std::uint32_t add_code(BuiltinOperator code, int version) {
    const auto [found, is_new] =
        code_index_.try_emplace({code, version}, static_cast<std::uint32_t>(codes_.size()));
    if (is_new) {
      const auto small = static_cast<std::int8_t>(std::min(static_cast<int>(code), 127));
      codes_.push_back(CreateOperatorCode(builder_, small, 0, version, code));
    }
    return found->second;
  }

  Offset<QuantizationParameters> quantization(const Quant& quant) {
    const auto scale = builder_.CreateVector(quant.scale);
    const auto zero_point =
        builder_.CreateVector(std::vector<std::int64_t>(quant.zero_point.begin(), quant.zero_point.end()));
    return CreateQuantizationParameters(builder_, 0, 0, scale, zero_point, QuantizationDetails::NONE, 0,
                                        quant.axis);
  }

  FlatBufferBuilder builder_{1 << 16};
  std::vector<Offset<Buffer>> buffers_;
  std::vector<Offset<OperatorCode>> codes_;
  std::map<std::pair<BuiltinOperator, int>, std::uint32_t> code_index_;
  std::vector<Offset<Metadata>> metadata_;
};

/// Indices in the file of the tensors that are used there; the others (a rule's leftovers) are not written.
std::vector<std::int32_t> number_tensors(const Graph& graph, const std::vector<ForeignNode>& nodes) {
  std::vector<std::int32_t> index(graph.tensors.size(), -1);
  const auto use = [&](TensorId id) {
    if (id != kNoTensor) index[static_cast<std::size_t>(id)] = 0;
  };
  for (const GraphInput& input : graph.inputs) use(input.tensor);
  for (const TensorId id : graph.outputs) use(id);
  for (const ForeignNode& node : nodes) {
    std::for_each(node.inputs.begin(), node.inputs.end(), use);
    std::for_each(node.outputs.begin(), node.outputs.end(), use);
  }
  std::int32_t next = 0;
  for (std::int32_t& i : index) {
    if (i == 0) i = next++;
  }
  return index;
}

std::vector<std::int32_t> renumbered(const std::vector<TensorId>& ids,
                                     const std::vector<std::int32_t>& index) {
  std::vector<std::int32_t> out;
  for (const TensorId id : ids)
    out.push_back(id == kNoTensor ? kNoTensor : index[static_cast<std::size_t>(id)]);
  return out;
}

Result<Bytes> write_model(const Module& module) {
  Graph graph = module.main();  // a copy: rules may add constants
  std::vector<ForeignNode> nodes;
  for (const Node& node : module.main().nodes) {
    auto foreign = to_foreign(node, graph);
    if (!foreign) return foreign.error().in(text::cat("layer '", node.name, "'"));
    nodes.push_back(std::move(*foreign));
  }
  const std::vector<std::int32_t> index = number_tensors(graph, nodes);
  Writer writer;
  std::vector<Offset<Tensor>> tensors;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] >= 0) tensors.push_back(writer.tensor(graph.tensors[i]));
  }
  std::vector<Offset<Operator>> operators;
  for (const ForeignNode& node : nodes) {
    auto operation = writer.operation(node, version_of(node, graph), renumbered(node.inputs, index),
                                      renumbered(node.outputs, index));
    if (!operation) return operation.error().in(text::cat("layer '", node.name, "'"));
    operators.push_back(*operation);
  }
  for (const auto& [name, bytes] : module.metadata) writer.metadata("mote." + name, bytes);
  std::vector<TensorId> inputs;
  for (const GraphInput& input : graph.inputs) inputs.push_back(input.tensor);
  return writer.finish(graph.name, tensors, operators, renumbered(inputs, index),
                       renumbered(graph.outputs, index));
}

}  // namespace
}  // namespace tflite

Result<Bytes> export_tflite(const Module& module) {
  MOTE_TRY_VOID(verify(module, Stage::Imported));
  if (module.graphs.size() > 1) {
    return error(
        text::cat("graph '", module.graphs[1].name, "': only the network itself can be written to .tflite"),
        "write the network without its front end and control flow");
  }
  if (!module.states.empty()) {
    return error(text::cat("state '", module.states.front().name,
                           "': state between inferences cannot be written to .tflite"));
  }
  return tflite::write_model(module);
}

}  // namespace mote
