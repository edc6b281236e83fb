// .tflite → Module.  The container is read here: bytes verified, indices checked, tensors copied.  What an
// operator's options mean is the FormatRule of the op that answers to its name (src/ops), which gets it as a neutral ForeignNode.
#include <cstdint>

#include "import/import.h"
#include "import/tflite/parts.h"

namespace mote {

namespace tflite {

std::string name_of(const OperatorCode& code) {
  const int number =
      std::max(static_cast<int>(code.deprecated_builtin_code()), static_cast<int>(code.builtin_code()));
  const auto op = static_cast<BuiltinOperator>(number);
  if (op == BuiltinOperator::CUSTOM && code.custom_code() != nullptr && code.custom_code()->size() > 0)
    return clean_name(code.custom_code());
  const std::string known = EnumNameBuiltinOperator(op);
  return known.empty() ? text::cat("builtin operator ", number) : known;
}

namespace {

/// Where we are, for messages: "model.tflite, op 7 'CONV_2D' (output 'x')".
struct Place {
  std::string file;
  std::string here;
  Error operator()(const Error& problem) const {
    return problem.in(here.empty() ? file : file + ", " + here);
  }
};

Result<const Model*> open(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kMaxFileBytes)
    return error(text::cat("has ", text::thousands(static_cast<std::int64_t>(bytes.size())),
                           " bytes; at most 256 MB are read"));
  if (bytes.size() < 8 || !ModelBufferHasIdentifier(bytes.data()))
    return error("is not a TFLite model: the identifier 'TFL3' is missing",
                 "give a .tflite file of schema version 3");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), kMaxTableDepth, kMaxTables);
  if (!VerifyModelBuffer(verifier))
    return error("is damaged or incomplete: its tables point outside the file", "fetch or convert it again");
  const Model* model = GetModel(bytes.data());
  if (model->version() != 3)
    return error(text::cat("has schema version ", model->version(), ", mote reads version 3"),
                 "convert it again with a current converter");
  return model;
}

/// Several subgraphs are the bodies of control flow, or entry points of their own: the error names who needs them.
Result<const SubGraph*> only_subgraph(const Model& model) {
  const auto* graphs = model.subgraphs();
  if (graphs == nullptr || graphs->size() == 0) return error("holds no graph");
  const SubGraph* first = graphs->Get(0);
  if (graphs->size() == 1) return first;
  const std::string extra = clean_name(graphs->Get(1)->name());
  std::string user = "nothing that mote knows";
  if (model.signature_defs() != nullptr) {
    for (const SignatureDef* signature : *model.signature_defs()) {
      if (signature->subgraph_index() > 0)
        user = text::cat("the signature '", clean_name(signature->signature_key()), "'");
    }
  }
  if (first->operators() != nullptr && model.operator_codes() != nullptr) {
    for (std::uint32_t i = 0; i < first->operators()->size(); ++i) {
      const std::uint32_t code = first->operators()->Get(i)->opcode_index();
      if (code >= model.operator_codes()->size()) continue;
      const std::string op = name_of(*model.operator_codes()->Get(code));
      if (op == "IF" || op == "WHILE" || op == "CALL" || op == "CALL_ONCE") {
        user = text::cat("op ", i, " '", op, "'");
        break;
      }
    }
  }
  return error(text::cat("has ", graphs->size(), " subgraphs; subgraph 1 '", extra, "' is used by ", user,
                         ", which mote does not read"),
               "convert the model without control flow and with one signature");
}

Result<std::vector<TensorId>> read_ids(const flatbuffers::Vector<std::int32_t>* from, std::string_view what,
                                       bool optional, std::size_t tensors, Budget& budget) {
  MOTE_TRY(std::vector<TensorId> ids, copy_of(from, budget));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (optional && ids[i] == kNoTensor) continue;
    if (ids[i] < 0 || static_cast<std::size_t>(ids[i]) >= tensors)
      return error(text::cat(what, " ", i, " is tensor ", ids[i], ", and there are ", tensors),
                   "the file is damaged");
  }
  return ids;
}

const FormatRule* find_rule(const std::string& op) {
  for (const OpDef* def : op_registry()) {
    for (const FormatRule& rule : def->formats) {
      if (rule.format == "tflite" && rule.op == op && rule.read != nullptr) return &rule;
    }
  }
  return nullptr;
}

Result<void> read_operator(const Operator& from, const ForeignNode& start, Graph& graph,
                           std::set<std::string>& names, Budget& budget) {
  ForeignNode node = start;
  MOTE_TRY(node.inputs, read_ids(from.inputs(), "input", true, graph.tensors.size(), budget));
  if (from.large_custom_options_offset() > 1) return error("has its options outside the FlatBuffer");
  const FormatRule* rule = find_rule(node.op);
  if (rule == nullptr)
    return error("this operator is not supported",
                 "`mote ops` lists what works; replace the layer or fold it away before converting");
  if (node.outputs.empty()) return error("has no outputs", "the file is damaged");
  MOTE_TRY(node.attributes, read_options(node.op, from, budget));
  // Converters join the names of fused layers with ';': the first one says which layer it was.
  const std::string& output = graph.tensor(node.outputs.front()).name;
  node.name = unique_name(text::identifier(output.substr(0, output.find(';'))), graph.nodes.size(), names);
  return rule->read(node, graph);
}

Result<void> read_operators(const Model& model, const SubGraph& from, Graph& graph, Place& place,
                            Budget& budget) {
  if (from.operators() == nullptr || model.operator_codes() == nullptr)
    return error("the graph has no operators");
  const std::uint32_t count = from.operators()->size();
  if (count > kMaxOperators)
    return error(text::cat("has ", count, " operators; at most ", kMaxOperators, " are read"));
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Operator& op = *from.operators()->Get(i);
    place.here = text::cat("op ", i);
    const std::uint32_t codes = model.operator_codes()->size();
    if (op.opcode_index() >= codes)
      return error(text::cat("has the operator code ", op.opcode_index(), ", and there are ", codes),
                   "the file is damaged");
    const OperatorCode& code = *model.operator_codes()->Get(op.opcode_index());
    ForeignNode node;
    node.op = name_of(code);
    node.version = code.version();
    place.here += text::cat(" '", node.op, "'");
    MOTE_TRY(node.outputs, read_ids(op.outputs(), "output", false, graph.tensors.size(), budget));
    if (!node.outputs.empty())
      place.here += text::cat(" (output '", graph.tensor(node.outputs.front()).name, "')");
    MOTE_TRY_VOID(read_operator(op, node, graph, names, budget));
  }
  place.here.clear();
  return {};
}

/// Removes tensors that nothing reads or writes any more: constants that became attributes (the shape of a reshape).
void drop_unused(Graph& graph) {
  std::vector<TensorId> index(graph.tensors.size(), kNoTensor);
  const auto each_id = [&](const auto& visit) {
    for (GraphInput& input : graph.inputs) visit(input.tensor);
    for (TensorId& id : graph.outputs) visit(id);
    for (Node& node : graph.nodes) {
      for (TensorId& id : node.inputs) visit(id);
      for (TensorId& id : node.outputs) visit(id);
    }
  };
  each_id([&](TensorId id) {
    if (id != kNoTensor) index[static_cast<std::size_t>(id)] = 0;
  });
  std::vector<mote::Tensor> kept;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] == kNoTensor) continue;
    index[i] = static_cast<TensorId>(kept.size());
    kept.push_back(std::move(graph.tensors[i]));
  }
  graph.tensors = std::move(kept);
  each_id([&](TensorId& id) {
    if (id != kNoTensor) id = index[static_cast<std::size_t>(id)];
  });
}

/// Metadata that mote wrote: "mote.labels" → "labels".  What others left there means nothing to us.
Result<void> read_metadata(const Model& model, Buffers& buffers, Module& module) {
  if (model.metadata() == nullptr) return {};
  constexpr std::string_view ours = "mote.";
  for (const Metadata* entry : *model.metadata()) {
    const std::string name = clean_name(entry->name());
    if (!text::starts_with(name, ours)) continue;
    auto bytes = buffers.at(entry->buffer());
    if (!bytes) return bytes.error().in(text::cat("metadata '", name, "'"));
    module.metadata[name.substr(ours.size())] = *bytes == nullptr ? Bytes() : **bytes;
  }
  return {};
}

Result<Module> read_model(std::span<const std::uint8_t> bytes, Place& place) {
  MOTE_TRY(const Model* model, open(bytes));
  MOTE_TRY(const SubGraph* from, only_subgraph(*model));
  Budget budget(2 * bytes.size());
  Buffers buffers(*model, budget);
  Module module;
  Graph& graph = module.graphs.emplace_back();
  graph.name = clean_name(from->name());
  if (graph.name.empty()) graph.name = "main";
  MOTE_TRY(graph.tensors, read_tensors(*from, buffers, budget));
  MOTE_TRY(const std::vector<TensorId> inputs,
           read_ids(from->inputs(), "the graph's input", false, graph.tensors.size(), budget));
  for (const TensorId id : inputs) graph.inputs.push_back(GraphInput{id, 0, ""});
  MOTE_TRY(graph.outputs,
           read_ids(from->outputs(), "the graph's output", false, graph.tensors.size(), budget));
  MOTE_TRY_VOID(read_operators(*model, *from, graph, place, budget));
  drop_unused(graph);
  MOTE_TRY_VOID(read_metadata(*model, buffers, module));
  MOTE_TRY_VOID(verify(module, Stage::Imported));
  return module;
}

}  // namespace
}  // namespace tflite

Result<Module> import_tflite(std::span<const std::uint8_t> bytes, const std::string& name) {
  tflite::Place place{name, ""};
  // FlatBuffers reads in place, so the first byte must lie where 8-byte numbers may.
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % 16 == 0;
  const Bytes copy = aligned ? Bytes() : Bytes(bytes.begin(), bytes.end());
  auto module = tflite::read_model(aligned ? bytes : std::span<const std::uint8_t>(copy), place);
  if (!module) return place(module.error());
  return module;
}

}  // namespace mote
