// What a file holds besides one graph: subgraphs, each with the operator that calls it, and resource variables, which are
// known by name and have the type that reading and assigning them shows.
#include <algorithm>
#include <cstring>

#include "import/tflite/parts.h"

namespace mote::tflite {

namespace {

/// The operator's name and number for messages: "op 3 'WHILE'".
std::string place(std::uint32_t i, const std::string& op) { return text::cat("op ", i, " '", op, "'"); }

/// Calls visit(index of the operator, its name, the operator) for each with a known code.
template <class Visit>
Result<void> for_operators(const Model& model, const SubGraph& graph, const Visit& visit) {
  if (graph.operators() == nullptr || model.operator_codes() == nullptr) return {};
  for (std::uint32_t i = 0; i < graph.operators()->size(); ++i) {
    const Operator& op = *graph.operators()->Get(i);
    if (op.opcode_index() >= model.operator_codes()->size()) continue;  // reading the operator tells
    MOTE_TRY_VOID(visit(i, name_of(*model.operator_codes()->Get(op.opcode_index())), op));
  }
  return {};
}

/// The subgraphs an operator calls, and how.
std::vector<std::pair<std::int32_t, SubgraphUse::Kind>> callees(const Operator& op) {
  using Kind = SubgraphUse::Kind;
  if (const auto* options = op.builtin_options_as_IfOptions())
    return {{options->then_subgraph_index(), Kind::Body}, {options->else_subgraph_index(), Kind::Body}};
  if (const auto* options = op.builtin_options_as_WhileOptions())
    return {{options->cond_subgraph_index(), Kind::Body}, {options->body_subgraph_index(), Kind::Body}};
  if (const auto* options = op.builtin_options_as_CallOnceOptions())
    return {{options->init_subgraph_index(), Kind::Initializer}};
  return {};
}

class Calls {
 public:
  explicit Calls(const Model& model)
      : model_(model), uses_(model.subgraphs()->size()), open_(uses_.size(), false) {}

  Result<std::vector<SubgraphUse>> run() {
    MOTE_TRY_VOID(enter(0, SubgraphUse::Kind::Body));
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (uses_[i].kind == SubgraphUse::Kind::None) return unused(i);
    }
    return uses_;
  }

 private:
  Result<void> enter(std::size_t index, SubgraphUse::Kind kind) {
    if (open_[index])
      return error(text::cat("subgraph ", index, " calls itself"),
                   "a device has no recursion; convert the model without it");
    if (uses_[index].kind == kind) return {};
    if (uses_[index].kind != SubgraphUse::Kind::None)
      return error(text::cat("subgraph ", index, " is both an initializer and a body of control flow"),
                   "the file is damaged");
    uses_[index].kind = kind;
    open_[index] = true;
    const SubGraph& graph = *model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
    const auto done = for_operators(
        model_, graph, [&](std::uint32_t i, const std::string& name, const Operator& op) -> Result<void> {
          for (const auto& [callee, how] : callees(op)) {
            if (callee < 1 || static_cast<std::size_t>(callee) >= uses_.size())
              return error(
                  text::cat(place(i, name), " calls subgraph ", callee, ", and there are ", uses_.size()),
                  "the file is damaged");
            MOTE_TRY_VOID(enter(static_cast<std::size_t>(callee), how));
          }
          return {};
        });
    if (!done) return done.error();
    open_[index] = false;
    return {};
  }

  Error unused(std::size_t index) const {
    std::string user;
    if (model_.signature_defs() != nullptr) {
      for (const SignatureDef* signature : *model_.signature_defs()) {
        if (signature->subgraph_index() == index)
          user = text::cat("; it is the signature '", clean_name(signature->signature_key()), "'");
      }
    }
    const std::string name =
        clean_name(model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index))->name());
    return error(text::cat("subgraph ", index, " '", name, "' is called by no operator", user),
                 "convert the model with one signature, and without the subgraph");
  }

  const Model& model_;
  std::vector<SubgraphUse> uses_;
  std::vector<bool> open_;  // being entered: on the way from subgraph 0
};

std::string text_of(const flatbuffers::String* string) { return clean_name(string); }

/// An index list's k-th entry, or kNoTensor.
TensorId entry(const flatbuffers::Vector<std::int32_t>* ids, std::uint32_t k, const SubGraph& graph) {
  if (ids == nullptr || k >= ids->size() || graph.tensors() == nullptr) return kNoTensor;
  const std::int32_t id = ids->Get(k);
  return id >= 0 && static_cast<std::uint32_t>(id) < graph.tensors()->size() ? id : kNoTensor;
}

}  // namespace

Result<std::vector<SubgraphUse>> find_uses(const Model& model) {
  const auto* graphs = model.subgraphs();
  if (graphs == nullptr || graphs->size() == 0) return error("holds no graph", "the file is damaged");
  if (graphs->size() > kMaxSubgraphs)
    return error(text::cat("has ", graphs->size(), " subgraphs; at most ", kMaxSubgraphs, " are read"),
                 "convert the model with fewer branches and loops");
  return Calls(model).run();
}

Result<std::vector<Variable>> find_variables(const Model& model, const std::vector<SubgraphUse>& uses,
                                             Budget& budget) {
  std::vector<Variable> variables;
  std::map<std::string, std::size_t> by_key;
  std::map<std::pair<std::size_t, TensorId>, std::size_t> by_handle;
  for (std::size_t g = 0; g < uses.size(); ++g) {
    const SubGraph& graph = *model.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(g));
    const auto done = for_operators(
        model, graph, [&](std::uint32_t i, const std::string& name, const Operator& op) -> Result<void> {
          if (name != "VAR_HANDLE") return {};
          const TensorId handle = entry(op.outputs(), 0, graph);
          if (handle == kNoTensor)
            return error(text::cat(place(i, name), " has no output"), "the file is damaged");
          const auto* options = op.builtin_options_as_VarHandleOptions();
          const std::string shared = options == nullptr ? "" : text_of(options->shared_name());
          const std::string key = (options == nullptr ? "" : text_of(options->container())) + "/" + shared;
          const auto [found, is_new] = by_key.try_emplace(key, variables.size());
          if (is_new) variables.push_back({shared.empty() ? "variable" : shared, {}, {}, {}, false});
          variables[found->second].handles.emplace_back(g, handle);
          by_handle[{g, handle}] = found->second;
          return {};
        });
    if (!done) return done.error();
  }
  // Types: of what is read or assigned.
  for (std::size_t g = 0; g < uses.size(); ++g) {
    const SubGraph& graph = *model.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(g));
    const auto done = for_operators(
        model, graph, [&](std::uint32_t i, const std::string& name, const Operator& op) -> Result<void> {
          const bool reads = name == "READ_VARIABLE";
          if (!reads && name != "ASSIGN_VARIABLE") return {};
          const auto variable = by_handle.find({g, entry(op.inputs(), 0, graph)});
          if (variable == by_handle.end())
            return error(
                text::cat(place(i, name), " uses a variable that no VAR_HANDLE of its subgraph names"),
                "convert the model so that variables are not passed between subgraphs");
          const TensorId value = reads ? entry(op.outputs(), 0, graph) : entry(op.inputs(), 1, graph);
          if (value == kNoTensor)
            return error(text::cat(place(i, name), " has no value"), "the file is damaged");
          if (variables[variable->second].typed) return {};  // that all agree is checked as the nodes are
          auto tensor = read_type(*graph.tensors()->Get(static_cast<flatbuffers::uoffset_t>(value)), budget);
          if (!tensor) return tensor.error().in(place(i, name));
          variables[variable->second].type = tensor->type;
          variables[variable->second].quant = tensor->quant;
          variables[variable->second].typed = true;
          return {};
        });
    if (!done) return done.error();
  }
  std::size_t bytes = 0;
  for (const Variable& variable : variables) {
    if (!variable.typed)
      return error(text::cat("the variable '", variable.name, "' is neither read nor assigned"),
                   "convert the model again");
    bytes += variable.type.bytes();
  }
  if (bytes > kMaxStateBytes)
    return error(text::cat("its variables have over ", kMaxStateBytes, " bytes"), kNoRoom);
  return variables;
}

Bytes zero_point_bytes(const mote::TensorType& type, const Quant& quant) {
  Bytes bytes(type.bytes(), 0);
  if (quant.zero_point.empty() || quant.zero_point[0] == 0 || quant.per_channel()) return bytes;
  const std::int64_t zero = quant.zero_point[0];
  const std::size_t size = bytes_of(type.dtype);
  for (std::size_t at = 0; at < bytes.size(); at += size)
    std::memcpy(bytes.data() + at, &zero, size);  // little-endian
  return bytes;
}

}  // namespace mote::tflite
