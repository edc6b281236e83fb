// .tflite → Module.  The container is read here: bytes verified, indices checked, tensors copied.  What an
// operator's options mean is the FormatRule of the op that answers to its name (src/ops), which gets it as a neutral ForeignNode.
#include <algorithm>
#include <cstdint>
#include <iterator>

#include "graph/check.h"
#include "graph/evaluate.h"
#include "import/import.h"
#include "import/tflite/parts.h"

namespace mote {

namespace tflite {

std::string name_of(const OperatorCode& code) {
  const int number =
      std::max(static_cast<int>(code.deprecated_builtin_code()), static_cast<int>(code.builtin_code()));
  const auto op = static_cast<BuiltinOperator>(number);
  if (op == BuiltinOperator::CUSTOM && code.custom_code() != nullptr && code.custom_code()->size() > 0) {
    const std::string own = clean_name(code.custom_code());
    return is_builtin(own) ? "custom " + own : own;
  }
  const std::string known = EnumNameBuiltinOperator(op);
  return known.empty() ? text::cat("builtin operator ", number) : known;
}

bool is_builtin(const std::string& op) {
  static const std::set<std::string> names = [] {
    std::set<std::string> all;
    for (const BuiltinOperator known : EnumValuesBuiltinOperator())
      all.insert(EnumNameBuiltinOperator(known));
    return all;
  }();
  return names.count(op) > 0;
}

namespace {

Result<const Model*> open(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kMaxFileBytes)
    return error(text::cat("has ", text::thousands(static_cast<std::int64_t>(bytes.size())),
                           " bytes; at most 256 MB are read"),
                 kNoRoom);
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

std::string type_text(const mote::TensorType& type) {
  return text::cat(mote::name_of(type.dtype), to_text(type.shape));
}

/// "s8[1,49,10,1], s8[64,10,4,1] → s8[1,25,5,64]".
std::string types_text(const ForeignNode& node, const Graph& graph) {
  std::string out;
  for (const TensorId id : node.inputs)
    out += text::cat(out.empty() ? "" : ", ", id == kNoTensor ? "none" : type_text(graph.tensor(id).type));
  out += " →";
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    out += text::cat(i > 0 ? ", " : " ", type_text(graph.tensor(node.outputs[i]).type));
  return out;
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

// ---- the whole model

/// Reads one file.  With a survey, operators that mote cannot do are noted there and passed over.
class Reader {
 public:
  Reader(const Model& model, std::size_t bytes, std::string file, ImportSurvey* survey)
      : model_(model),
        budget_(2 * bytes),
        buffers_(model, budget_),
        file_(std::move(file)),
        file_bytes_(bytes),
        survey_(survey) {}

  Result<Module> run() {
    auto uses = find_uses(model_);
    if (!uses) return at_file(uses.error());
    uses_ = std::move(*uses);
    auto variables = find_variables(model_, uses_, budget_);
    if (!variables) return at_file(variables.error());
    variables_ = std::move(*variables);
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (uses_[i].kind == SubgraphUse::Kind::Body) body_of_[i] = static_cast<GraphId>(body_of_.size());
    }
    module_.graphs.resize(body_of_.size());
    for (const Variable& variable : variables_) add_state(variable.name, variable.type, variable.quant);
    for (const auto& [from, to] : body_of_) {
      MOTE_TRY_VOID(read_graph(from, module_.graphs[static_cast<std::size_t>(to)]));
    }
    MOTE_TRY_VOID(read_initial_values());
    if (auto ok = read_metadata(model_, buffers_, module_); !ok) return at_file(ok.error());
    if (survey_ != nullptr && has_problems()) return error("some operators cannot be read");
    for (Graph& graph : module_.graphs) {
      drop_unused(graph);
      keep_constant_outputs(graph);
    }
    if (auto ok = verify(module_, Stage::Imported); !ok) return at_file(ok.error());
    return std::move(module_);
  }

 private:
  // ---- places, for messages: "model.tflite, subgraph 1 'loop', op 7 'CONV_2D' (output 'x')"

  Error at_file(const Error& problem) const { return problem.in(file_); }
  Error at_graph(const Error& problem) const {
    return problem.in(graph_index_ == 0 ? file_ : text::cat(file_, ", subgraph ", graph_index_));
  }
  Error at_op(const Error& problem, const std::string& op) const {
    return problem.in(
        text::cat(graph_index_ == 0 ? file_ : text::cat(file_, ", subgraph ", graph_index_), ", ", op));
  }
  bool has_problems() const {
    return std::any_of(survey_->lines.begin(), survey_->lines.end(),
                       [](const SurveyLine& line) { return !line.problem.empty(); });
  }

  // ---- graphs

  Result<void> read_graph(std::size_t index, Graph& graph) {
    graph_index_ = index;
    const SubGraph& from = *model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
    if (auto ok = read_ends(from, graph); !ok) return at_graph(ok.error());
    return read_operators(from, graph);
  }

  Result<void> read_ends(const SubGraph& from, Graph& graph) {
    graph.name = clean_name(from.name());
    if (graph.name.empty()) graph.name = graph_index_ == 0 ? "main" : text::cat("subgraph_", graph_index_);
    MOTE_TRY(graph.tensors, read_tensors(model_, from, buffers_, budget_));
    MOTE_TRY_VOID(join_states(from, graph));
    MOTE_TRY(const std::vector<TensorId> inputs,
             read_ids(from.inputs(), "the graph's input", false, graph.tensors.size(), budget_));
    for (const TensorId id : inputs) graph.inputs.push_back(GraphInput{id, 0, ""});
    MOTE_TRY(graph.outputs,
             read_ids(from.outputs(), "the graph's output", false, graph.tensors.size(), budget_));
    return {};
  }

  StateId add_state(const std::string& name, const mote::TensorType& type, const Quant& quant) {
    StateVar state;
    state.id = static_cast<StateId>(module_.states.size());
    state.name = unique_name(text::identifier(name), module_.states.size(), state_names_);
    state.type = type;
    state.init = zero_point_bytes(type, quant);
    module_.states.push_back(std::move(state));
    return module_.states.back().id;
  }

  /// Resource handles stand for their variable; variable tensors are states of their own.
  Result<void> join_states(const SubGraph& from, Graph& graph) {
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      for (const auto& [where, handle] : variables_[v].handles) {
        if (where != graph_index_) continue;
        mote::Tensor& tensor = graph.tensor(handle);
        tensor.type = variables_[v].type;
        tensor.quant = variables_[v].quant;
        tensor.state = static_cast<StateId>(v);
      }
    }
    for (std::uint32_t i = 0; i < from.tensors()->size(); ++i) {
      mote::Tensor& tensor = graph.tensors[i];
      if (!from.tensors()->Get(i)->is_variable() || tensor.is_constant() || tensor.state >= 0) continue;
      state_bytes_ += tensor.type.bytes();
      if (state_bytes_ > kMaxStateBytes)
        return error(text::cat("its states have over ", kMaxStateBytes, " bytes"), kNoRoom);
      tensor.state = add_state(tensor.name, tensor.type, tensor.quant);
    }
    return {};
  }

  /// An output that folding made a constant still has to be written on the device.
  static void keep_constant_outputs(Graph& graph) {
    std::set<std::string> names;
    for (const Node& node : graph.nodes) names.insert(node.name);
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const mote::Tensor& constant = graph.tensor(graph.outputs[i]);
      if (!constant.is_constant()) continue;
      Node node;
      node.op = "identity";
      node.name = unique_name(text::cat("output_", i, "_constant"), i, names);
      node.inputs = {graph.outputs[i]};
      const Quant quant = constant.quant;
      const auto out = append_node(graph, std::move(node));
      if (!out) continue;  // verify tells
      graph.tensor(*out).quant = quant;
      graph.outputs[i] = *out;
    }
  }

  // ---- operators

  Result<void> read_operators(const SubGraph& from, Graph& graph) {
    if (from.operators() == nullptr || model_.operator_codes() == nullptr) {
      if (graph_index_ > 0) return {};  // a body may pass its inputs on
      return at_graph(error("the graph has no operators", "the file is damaged"));
    }
    const std::uint32_t count = from.operators()->size();
    if (count > kMaxOperators)
      return at_graph(
          error(text::cat("has ", count, " operators; at most ", kMaxOperators, " are read"), kNoRoom));
    std::set<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i)
      MOTE_TRY_VOID(read_one(*from.operators()->Get(i), i, graph, names));
    return {};
  }

  Result<void> read_one(const Operator& op, std::uint32_t i, Graph& graph, std::set<std::string>& names) {
    const std::uint32_t codes = model_.operator_codes()->size();
    if (op.opcode_index() >= codes) {
      return at_op(error(text::cat("has the operator code ", op.opcode_index(), ", and there are ", codes),
                         "the file is damaged"),
                   text::cat("op ", i));
    }
    const OperatorCode& code = *model_.operator_codes()->Get(op.opcode_index());
    ForeignNode node;
    node.op = name_of(code);
    node.version = code.version();
    std::string here = text::cat("op ", i, " '", node.op, "'");
    if (auto ok = read_ends_of(op, node, graph); !ok) return at_op(ok.error(), here);
    if (!node.outputs.empty()) here += text::cat(" (output '", graph.tensor(node.outputs.front()).name, "')");
    name(node, i, graph, names);

    const std::size_t before = graph.nodes.size();
    dequantized_ = folded_ = false;
    if (survey_ == nullptr) {
      if (auto ok = read_operator(op, node, graph); !ok) return at_op(ok.error(), here);
      return {};
    }
    SurveyLine line{i, node.op, node.name, types_text(node, graph), "", "", ""};  // as the file has it
    const auto ok = read_operator(op, node, graph);
    if (!ok) {
      line.problem = ok.error().message;
      line.hint = ok.error().hint;
      graph.nodes.resize(std::min(before, graph.nodes.size()));
    }
    for (std::size_t n = before; n < graph.nodes.size(); ++n)
      line.becomes += text::cat(line.becomes.empty() ? "" : ", ", graph.nodes[n].op);
    if (folded_) line.becomes = "constant";
    if (dequantized_) line.becomes += " with its weights in float";
    survey_->lines.push_back(std::move(line));
    return {};
  }

  Result<void> read_ends_of(const Operator& op, ForeignNode& node, const Graph& graph) {
    const std::size_t tensors = graph.tensors.size();  // as many as in the file, and ours behind them
    MOTE_TRY(node.outputs, read_ids(op.outputs(), "output", false, tensors, budget_));
    MOTE_TRY(node.inputs, read_ids(op.inputs(), "input", true, tensors, budget_));
    MOTE_TRY(node.intermediates, read_ids(op.intermediates(), "intermediate", true, tensors, budget_));
    for (const TensorId id : node.outputs) {
      if (graph.tensor(id).is_constant() || (graph.tensor(id).state >= 0 && node.op != "VAR_HANDLE"))
        return error(text::cat("writes '", graph.tensor(id).name, "', which has a value already"),
                     "the file is damaged");
    }
    return {};
  }

  /// Converters join the names of fused layers with ';': the first one says which layer it was.
  void name(ForeignNode& node, std::uint32_t i, const Graph& graph, std::set<std::string>& names) {
    const TensorId named = !node.outputs.empty()  ? node.outputs.front()
                           : !node.inputs.empty() ? node.inputs.front()
                                                  : kNoTensor;
    std::string wanted = named == kNoTensor ? text::lower(node.op) : graph.tensor(named).name;
    if (node.outputs.empty()) wanted += "_" + text::lower(node.op);
    node.name = unique_name(text::identifier(wanted.substr(0, wanted.find(';'))), i, names);
  }

  Result<void> read_operator(const Operator& from, ForeignNode& node, Graph& graph) {
    if (from.large_custom_options_offset() > 1)
      return error("has its options outside the FlatBuffer", "write the model as one file under 2 GB");
    if (node.op == "VAR_HANDLE" || node.op == "CALL_ONCE")
      return {};  // read before: find_variables, find_uses
    const FormatRule* rule = find_rule(node.op);
    if (rule == nullptr)
      return error("this operator is not supported",
                   "`mote ops` lists what works; replace the layer or fold it away before converting");
    MOTE_TRY(node.attributes, read_options(node.op, from, budget_));
    MOTE_TRY_VOID(dequantize_constants(node, graph));
    if (node.op == "DEQUANTIZE") {
      MOTE_TRY(const bool done, dequantize_now(node, graph));
      if (done) return {};
    }
    const std::size_t before = graph.nodes.size();
    MOTE_TRY_VOID(rule->read(node, graph));
    for (std::size_t n = before; n < graph.nodes.size(); ++n) MOTE_TRY_VOID(complete(n, graph));
    return fold(before, graph);
  }

  /// Weights in int8 beside activations in float ("hybrid", "dynamic range"): they compute as the floats that they stand for.
  Result<void> dequantize_constants(ForeignNode& node, Graph& graph) {
    if (node.op == "DEQUANTIZE" || node.outputs.empty() ||
        graph.tensor(node.outputs[0]).type.dtype != DType::F32)
      return {};
    const bool floats = std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
      return id != kNoTensor && !graph.tensor(id).is_constant() && graph.tensor(id).type.dtype == DType::F32;
    });
    if (!floats) return {};
    for (TensorId& id : node.inputs) {
      if (id == kNoTensor || !graph.tensor(id).is_constant() || !graph.tensor(id).quant) continue;
      if (graph.tensor(id).type.dtype != DType::S8) continue;
      dequantized_ = true;
      if (const auto found = floats_.find({graph_index_, id}); found != floats_.end()) {
        id = found->second;
        continue;
      }
      MOTE_TRY(mote::Tensor real, dequantize(graph.tensor(id)));
      const TensorId quantized = id;
      id = graph.add(std::move(real));
      floats_[{graph_index_, quantized}] = id;
    }
    return {};
  }

  Result<mote::Tensor> dequantize(const mote::Tensor& quantized) {
    dequantized_bytes_ += 4 * quantized.type.bytes();
    if (dequantized_bytes_ > kMaxDequantizedFiles * file_bytes_)
      return error("its weights in float would take far more memory than the file",
                   "the file is damaged, or convert the model with full int8 quantization");
    return dequantized(quantized);
  }

  /// Half-precision constants are floats since they were read; those with a scale for each channel become so here, because no
  /// kernel does that.  False: the node stays.
  Result<bool> dequantize_now(const ForeignNode& node, Graph& graph) {
    if (node.inputs.size() != 1 || node.outputs.size() != 1 || node.inputs[0] == kNoTensor) return false;
    const mote::Tensor& in = graph.tensor(node.inputs[0]);
    mote::Tensor& out = graph.tensor(node.outputs[0]);
    if (!in.is_constant() || out.type != mote::TensorType{DType::F32, in.type.shape}) return false;
    if (in.type.dtype == DType::F32) {
      out.constant = in.constant;
    } else if (in.type.dtype == DType::S8 && in.quant.per_channel()) {
      MOTE_TRY(const mote::Tensor real, dequantize(in));
      out.constant = real.constant;
    } else {
      return false;
    }
    folded_ = true;
    return true;
  }

  /// States that only mote knows of, bodies; and the node must be what its op says.
  Result<void> complete(std::size_t n, Graph& graph) {
    if (graph.nodes[n].op == "if" || graph.nodes[n].op == "while") MOTE_TRY_VOID(join_bodies(graph.nodes[n]));
    MOTE_TRY_VOID(check_schema(graph, graph.nodes[n]));
    const OpDef& op = op_of(graph.nodes[n]);
    if (op.own_state != nullptr) {
      const std::vector<mote::TensorType> types = op.own_state(NodeRef{graph, graph.nodes[n]});
      for (const mote::TensorType& type : types) {
        state_bytes_ += type.bytes();
        if (state_bytes_ > kMaxStateBytes)
          return error(text::cat("the model's states have over ", kMaxStateBytes, " bytes"), kNoRoom);
        mote::Tensor tensor;
        tensor.name = text::cat(graph.nodes[n].name, "_state");
        tensor.type = type;
        tensor.state = add_state(tensor.name, type, {});
        graph.nodes[n].inputs.push_back(graph.add(std::move(tensor)));
      }
    }
    const Node& node = graph.nodes[n];
    MOTE_TRY(const std::vector<mote::TensorType> types, op.infer(NodeRef{graph, node}));
    if (types.size() != node.outputs.size())
      return error(text::cat("has ", node.outputs.size(), " outputs, the operator makes ", types.size()),
                   "the file is damaged");
    for (std::size_t i = 0; i < types.size(); ++i) {
      const mote::TensorType& stated = graph.tensor(node.outputs[i]).type;
      if (stated == types[i]) continue;
      return error(
          text::cat("its output is said to be ", type_text(stated), ", it computes ", type_text(types[i])),
          "the file is damaged, or was converted with shapes left open");
    }
    return {};
  }

  Result<void> join_bodies(Node& node) {
    for (const char* which :
         {"then_subgraph_index", "else_subgraph_index", "cond_subgraph_index", "body_subgraph_index"}) {
      const auto found = node.attributes.find(which);
      if (found == node.attributes.end()) continue;
      const auto body = body_of_.find(static_cast<std::size_t>(std::get<std::int64_t>(found->second)));
      if (body == body_of_.end()) return error("calls a subgraph that does not exist", "the file is damaged");
      node.bodies.push_back(body->second);
      node.attributes.erase(found);
    }
    return {};
  }

  /// Nodes that read nothing but constants become constants, now, so that shapes that are computed are known to those behind.
  Result<void> fold(std::size_t first, Graph& graph) {
    std::vector<Node> stay;
    for (std::size_t n = first; n < graph.nodes.size();
         ++n) {  // in their order: one reads what another computes
      const NodeRef ref{graph, graph.nodes[n]};
      if (!can_fold(ref)) {
        stay.push_back(std::move(graph.nodes[n]));
        continue;
      }
      folded_work_ += work_of(ref);
      MOTE_TRY(const std::vector<Bytes> values, evaluate(ref));
      for (std::size_t i = 0; i < values.size(); ++i) {
        folded_bytes_ += values[i].size();
        graph.tensor(ref.node.outputs[i]).constant = std::make_shared<const Bytes>(values[i]);
      }
    }
    graph.nodes.resize(first);
    folded_ = stay.empty();
    std::move(stay.begin(), stay.end(), std::back_inserter(graph.nodes));
    return {};
  }

  bool can_fold(const NodeRef& ref) const {
    const Node& node = ref.node;
    if (node.outputs.empty() || node.inputs.empty() || !node.bodies.empty()) return false;
    const OpDef& op = op_of(node);
    if (op.own_state != nullptr || (op.lower == nullptr && !op.view)) return false;
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor && !ref.graph.tensor(id).is_constant()) return false;
    }
    std::size_t bytes = 0;
    for (const TensorId id : node.outputs) bytes += ref.graph.tensor(id).type.bytes();
    if (folded_bytes_ + bytes > kMaxFoldedBytes) return false;
    return folded_work_ + work_of(ref) <= kMaxFoldedWork;
  }

  /// At least what it costs to compute the node, in elements and MACs.
  static std::int64_t work_of(const NodeRef& ref) {
    const OpDef& op = op_of(ref.node);
    std::int64_t in = 0, out = 0, window = 1;
    for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) {
      if (ref.has_in(static_cast<int>(i))) in += ref.in(static_cast<int>(i)).type.count();
    }
    for (std::size_t i = 0; i < ref.node.outputs.size(); ++i)
      out += ref.out(static_cast<int>(i)).type.count();
    if (const auto kernel = ref.node.attributes.find("kernel");
        kernel != ref.node.attributes.end()) {  // of a pool
      if (const auto* extents = std::get_if<std::vector<std::int64_t>>(&kernel->second)) {
        for (const std::int64_t extent : *extents)
          window *= std::clamp<std::int64_t>(extent, 1, std::max<std::int64_t>(in, 1));
      }
    }
    const std::int64_t macs = op.work == nullptr ? 0 : op.work(ref).macs;
    if (window > kMaxFoldedWork || out > kMaxFoldedWork || macs > kMaxFoldedWork) return kMaxFoldedWork + 1;
    return in + out * window + macs;
  }

  // ---- CALL_ONCE: what its subgraph assigns are the variables' initial values

  Result<void> read_initial_values() {
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (uses_[i].kind != SubgraphUse::Kind::Initializer) continue;
      Graph graph;
      MOTE_TRY_VOID(read_graph(i, graph));
      for (const Node& node : graph.nodes) {
        const bool assigns = node.op == "assign_variable" && graph.tensor(node.inputs[1]).is_constant();
        if (!assigns)
          return at_graph(error(
              text::cat("layer '", node.name, "' (", node.op, "): an initializer can only assign constants"),
              "convert the model with constant initial values"));
        StateVar& state = module_.states[static_cast<std::size_t>(graph.tensor(node.inputs[0]).state)];
        const Bytes& value = *graph.tensor(node.inputs[1]).constant;
        if (value.size() != state.init.size())
          return at_graph(error(text::cat("assigns ", value.size(), " bytes to '", state.name,
                                          "', which has ", state.init.size()),
                                "the file is damaged"));
        state.init = value;
      }
    }
    return {};
  }

  const Model& model_;
  Budget budget_;
  Buffers buffers_;
  std::string file_;
  std::size_t file_bytes_;
  ImportSurvey* survey_;
  Module module_;
  std::vector<SubgraphUse> uses_;
  std::vector<Variable> variables_;
  std::map<std::size_t, GraphId> body_of_;  // subgraph of the file → graph of the module
  std::map<std::pair<std::size_t, TensorId>, TensorId> floats_;  // dequantized constants
  std::size_t graph_index_ = 0;                                  // the subgraph being read
  std::set<std::string> state_names_;
  std::size_t folded_bytes_ = 0, state_bytes_ = 0, dequantized_bytes_ = 0;
  std::int64_t folded_work_ = 0;
  bool dequantized_ = false, folded_ = false;  // of the operator being read
};

Result<Module> read_model(std::span<const std::uint8_t> bytes, const std::string& file,
                          ImportSurvey* survey) {
  auto model = open(bytes);
  if (!model) return model.error().in(file);
  return Reader(**model, bytes.size(), file, survey).run();
}

/// FlatBuffers reads in place, so the first byte must lie where 8-byte numbers may.
Result<Module> read_aligned(std::span<const std::uint8_t> bytes, const std::string& file,
                            ImportSurvey* survey) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 16 == 0) return read_model(bytes, file, survey);
  const Bytes copy(bytes.begin(), bytes.end());
  return read_model(copy, file, survey);
}

}  // namespace
}  // namespace tflite

Result<Module> import_tflite(std::span<const std::uint8_t> bytes, const std::string& name) {
  return tflite::read_aligned(bytes, name, nullptr);
}

Result<ImportSurvey> survey_tflite(std::span<const std::uint8_t> bytes, const std::string& name) {
  ImportSurvey survey;
  auto module = tflite::read_aligned(bytes, name, &survey);
  if (module) {
    survey.module = std::move(*module);
  } else if (std::none_of(survey.lines.begin(), survey.lines.end(),
                          [](const SurveyLine& line) { return !line.problem.empty(); })) {
    survey.problem = module.error().message;
    survey.hint = module.error().hint;
  }
  return survey;
}

}  // namespace mote
