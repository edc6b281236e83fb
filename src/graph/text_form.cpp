// The text form of a module: one line a node.  Constants are shown by type; their values are not.
#include "graph/op.h"

namespace mote {

namespace {

std::string type_text(const TensorType& type) { return text::cat(name_of(type.dtype), to_text(type.shape)); }

std::string attribute_text(const Attribute& value) {
  if (const auto* v = std::get_if<std::int64_t>(&value)) return text::cat(*v);
  if (const auto* v = std::get_if<double>(&value)) return text::shortest(*v);
  if (const auto* v = std::get_if<std::string>(&value)) return *v;
  std::string out = "[";
  const auto& list = std::get<std::vector<std::int64_t>>(value);
  for (std::size_t i = 0; i < list.size(); ++i) out += text::cat(i > 0 ? "," : "", list[i]);
  return out + "]";
}

std::string port_name(const OpDef* op, std::size_t i) {
  if (op == nullptr || op->schema.inputs.empty()) return text::cat("in", i);
  return std::string(op->schema.inputs[std::min(i, op->schema.inputs.size() - 1)].name);
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string out;
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    out += text::cat(i > 0 ? ", " : "", graph.tensor(node.outputs[i]).name);
  out += text::cat(" = ", node.op, "(");
  const OpDef* op = find_op(node.op);
  bool first = true;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const Tensor& tensor = graph.tensor(node.inputs[i]);
    out += first ? "" : ", ";
    first = false;
    out += tensor.is_constant() ? text::cat(port_name(op, i), "=", type_text(tensor.type)) : tensor.name;
  }
  out += ")";
  for (const auto& [name, value] : node.attributes) out += text::cat(" ", name, "=", attribute_text(value));
  out += " →";
  for (const TensorId id : node.outputs) out += text::cat(" ", type_text(graph.tensor(id).type));
  return out + "\n";
}

}  // namespace

std::string to_text(const Module& module) {
  std::string out;
  for (std::size_t g = 0; g < module.graphs.size(); ++g) {
    const Graph& graph = module.graphs[g];
    if (g > 0) out += text::cat("graph ", graph.name, "\n");
    for (const GraphInput& input : graph.inputs) {
      out += text::cat("input ", graph.tensor(input.tensor).name, " ",
                       type_text(graph.tensor(input.tensor).type), "\n");
    }
    for (const Node& node : graph.nodes) out += node_text(graph, node);
    out += "output";
    for (const TensorId id : graph.outputs) out += text::cat(" ", graph.tensor(id).name);
    out += "\n";
  }
  for (const StateVar& state : module.states)
    out += text::cat("state ", state.name, " ", type_text(state.type), "\n");
  return out;
}

}  // namespace mote
