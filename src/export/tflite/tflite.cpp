// Module → .tflite, as Netron and LiteRT want it.  What a node is called there and what options it has says
// the FormatRule of its op (src/ops); here are the container's rules: buffer 0 is empty, operator codes are
// shared, versions say which element types an operator has.
#include <algorithm>
#include <map>
#include <set>
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

  /// `handle`: a resource, whose type is its variable's own matter.
  Offset<Tensor> tensor(const mote::Tensor& tensor, bool handle) {
    if (handle) {
      const auto name = builder_.CreateString(tensor.name);
      return CreateTensor(builder_, builder_.CreateVector(Shape()), TensorType::RESOURCE, 0, name, 0, false,
                          0, 0, true);
    }
    const std::uint32_t buffer = tensor.is_constant() ? add_buffer(*tensor.constant) : 0;
    const auto name = builder_.CreateString(tensor.name);
    const auto shape = builder_.CreateVector(tensor.type.shape);
    const Offset<QuantizationParameters> quant = tensor.quant ? quantization(tensor.quant) : 0;
    return CreateTensor(builder_, shape, type_of(tensor.type.dtype), buffer, name, quant, tensor.state >= 0,
                        0, 0, true);
  }

  Result<Offset<Operator>> operation(const ForeignNode& node, int version,
                                     const std::vector<std::int32_t>& inputs,
                                     const std::vector<std::int32_t>& outputs,
                                     const std::vector<std::int32_t>& intermediates) {
    const auto in = builder_.CreateVector(inputs);
    const auto out = builder_.CreateVector(outputs);
    const auto between = intermediates.empty() ? 0 : builder_.CreateVector(intermediates);
    if (const auto code = builtin_of(node.op)) {
      MOTE_TRY(const Options options, write_options(builder_, node));
      return CreateOperator(builder_, add_code(*code, "", version), in, out, options.kind, options.table, 0,
                            CustomOptionsFormat::FLEXBUFFERS, 0, between);
    }
    const auto custom = builder_.CreateVector(write_custom_options(node));
    return CreateOperator(builder_, add_code(BuiltinOperator::CUSTOM, node.op, version), in, out,
                          BuiltinOptions::NONE, 0, custom, CustomOptionsFormat::FLEXBUFFERS, 0, between);
  }

  void metadata(const std::string& name, const Bytes& bytes) {
    const std::uint32_t buffer = add_buffer(bytes);
    metadata_.push_back(CreateMetadata(builder_, builder_.CreateString(name), buffer));
  }

  void graph(const std::string& name, const std::vector<Offset<Tensor>>& tensors,
             const std::vector<Offset<Operator>>& operators, const std::vector<std::int32_t>& inputs,
             const std::vector<std::int32_t>& outputs) {
    graphs_.push_back(CreateSubGraphDirect(builder_, &tensors, &inputs, &outputs, &operators, name.c_str()));
  }

  Bytes finish() {
    FinishModelBuffer(builder_, CreateModelDirect(builder_, 3, &codes_, &graphs_, "mote", &buffers_, nullptr,
                                                  metadata_.empty() ? nullptr : &metadata_));
    return Bytes(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  }

 private:
  std::uint32_t add_buffer(const Bytes& bytes) {
    buffers_.push_back(CreateBufferDirect(builder_, &bytes));
    return static_cast<std::uint32_t>(buffers_.size() - 1);
  }

  std::uint32_t add_code(BuiltinOperator code, const std::string& custom, int version) {
    const auto [found, is_new] =
        code_index_.try_emplace({code, custom, version}, static_cast<std::uint32_t>(codes_.size()));
    if (is_new) {
      const auto small = static_cast<std::int8_t>(std::min(static_cast<int>(code), 127));
      const auto name = custom.empty() ? 0 : builder_.CreateString(custom);
      codes_.push_back(CreateOperatorCode(builder_, small, name, version, code));
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
  std::vector<Offset<SubGraph>> graphs_;
  std::map<std::tuple<BuiltinOperator, std::string, int>, std::uint32_t> code_index_;
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
    std::for_each(node.intermediates.begin(), node.intermediates.end(), use);
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

// ---- variables: VAR_HANDLE names one, CALL_ONCE runs a subgraph that gives them their first values

bool uses_variable(const ForeignNode& node) {
  return node.op == "READ_VARIABLE" || node.op == "ASSIGN_VARIABLE";
}

ForeignNode handle_of(const StateVar& state, TensorId handle) {
  ForeignNode node;
  node.op = "VAR_HANDLE";
  node.name = state.name + "_handle";
  node.attributes = {{"container", std::string()}, {"shared_name", state.name}};
  node.outputs = {handle};
  return node;
}

/// A graph in the format's words: tensors (rules add constants), operators, which tensors are handles of variables.
struct ForeignGraph {
  Graph graph;
  std::vector<ForeignNode> nodes;
  std::set<TensorId> handles;
};

Result<ForeignGraph> to_foreign(const Module& module, const Graph& from) {
  ForeignGraph foreign{from, {}, {}};
  for (const Node& node : from.nodes) {
    auto written = to_foreign(node, foreign.graph);
    if (!written) return written.error().in(text::cat("layer '", node.name, "'"));
    if (uses_variable(*written)) foreign.handles.insert(written->inputs[0]);
    foreign.nodes.push_back(std::move(*written));
  }
  std::vector<ForeignNode> handles;
  for (const TensorId id : foreign.handles)
    handles.push_back(handle_of(module.states[static_cast<std::size_t>(foreign.graph.tensor(id).state)], id));
  foreign.nodes.insert(foreign.nodes.begin(), handles.begin(), handles.end());
  return foreign;
}

/// Assigns the initial values of `variables`.
ForeignGraph initializer(const Module& module, const std::set<StateId>& variables) {
  ForeignGraph init;
  init.graph.name = "initializer";
  for (const StateId id : variables) {
    const StateVar& state = module.states[static_cast<std::size_t>(id)];
    mote::Tensor handle, value;
    handle.name = state.name;
    handle.state = id;
    value.name = state.name + "_init";
    value.type = state.type;
    value.constant = std::make_shared<const Bytes>(state.init);
    const TensorId to = init.graph.add(std::move(handle)), from = init.graph.add(std::move(value));
    init.handles.insert(to);
    init.nodes.push_back(handle_of(state, to));
    ForeignNode assign;
    assign.op = "ASSIGN_VARIABLE";
    assign.name = state.name + "_assign";
    assign.inputs = {to, from};
    init.nodes.push_back(std::move(assign));
  }
  return init;
}

Result<void> write_graph(const ForeignGraph& foreign, Writer& writer) {
  const Graph& graph = foreign.graph;
  const std::vector<std::int32_t> index = number_tensors(graph, foreign.nodes);
  std::vector<Offset<Tensor>> tensors;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] >= 0)
      tensors.push_back(writer.tensor(graph.tensors[i], foreign.handles.count(static_cast<TensorId>(i)) > 0));
  }
  std::vector<Offset<Operator>> operators;
  for (const ForeignNode& node : foreign.nodes) {
    auto operation = writer.operation(node, version_of(node, graph), renumbered(node.inputs, index),
                                      renumbered(node.outputs, index), renumbered(node.intermediates, index));
    if (!operation) return operation.error().in(text::cat("layer '", node.name, "'"));
    operators.push_back(*operation);
  }
  std::vector<TensorId> inputs;
  for (const GraphInput& input : graph.inputs) inputs.push_back(input.tensor);
  writer.graph(graph.name, tensors, operators, renumbered(inputs, index), renumbered(graph.outputs, index));
  return {};
}

Result<Bytes> write_model(const Module& module) {
  std::vector<ForeignGraph> graphs;
  std::set<StateId> variables;
  for (const Graph& from : module.graphs) {
    MOTE_TRY(ForeignGraph foreign, to_foreign(module, from));
    for (const TensorId id : foreign.handles) variables.insert(foreign.graph.tensor(id).state);
    graphs.push_back(std::move(foreign));
  }
  if (!variables.empty()) {
    ForeignNode once;
    once.op = "CALL_ONCE";
    once.name = "initialize";
    once.attributes["init_subgraph_index"] = static_cast<std::int64_t>(graphs.size());
    graphs.front().nodes.insert(graphs.front().nodes.begin(), once);
    graphs.push_back(initializer(module, variables));
  }
  Writer writer;
  for (const ForeignGraph& graph : graphs) MOTE_TRY_VOID(write_graph(graph, writer));
  for (const auto& [name, bytes] : module.metadata) writer.metadata("mote." + name, bytes);
  return writer.finish();
}

/// A graph that no node calls has no place in a file whose readers run the first one.
Result<void> check_all_called(const Module& module) {
  std::vector<bool> called(module.graphs.size(), false);
  called[0] = true;
  for (const Graph& graph : module.graphs) {
    for (const Node& node : graph.nodes) {
      for (const GraphId body : node.bodies) called[static_cast<std::size_t>(body)] = true;
    }
  }
  for (std::size_t g = 0; g < called.size(); ++g) {
    if (!called[g])
      return error(text::cat("graph '", module.graphs[g].name,
                             "' is not part of the network and cannot be written to .tflite"),
                   "write the network without its front end");
  }
  return {};
}

}  // namespace
}  // namespace tflite

Result<Bytes> export_tflite(const Module& module) {
  MOTE_TRY_VOID(verify(module, Stage::Imported));
  MOTE_TRY_VOID(tflite::check_all_called(module));
  return tflite::write_model(module);
}

}  // namespace mote
