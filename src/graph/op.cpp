#include "graph/op.h"

#include "graph/check.h"

namespace mote {

const OpDef* find_op(std::string_view name) {
  for (const OpDef* op : op_registry()) {
    if (op->name == name) return op;
  }
  return nullptr;
}

const OpDef& op_of(const Node& node) {
  const OpDef* op = find_op(node.op);
  MOTE_CHECK(op != nullptr, node.op.c_str());
  return *op;
}

namespace {
const Attribute& attribute(const Node& node, std::string_view name) {
  if (const auto found = node.attributes.find(std::string(name)); found != node.attributes.end())
    return found->second;
  for (const AttributeSpec& spec : op_of(node).schema.attributes) {
    if (spec.name == name) return spec.default_value;
  }
  MOTE_CHECK(false, "an attribute that the schema does not have");
  std::abort();
}
}  // namespace

std::int64_t NodeRef::integer(std::string_view name) const {
  return std::get<std::int64_t>(attribute(node, name));
}
double NodeRef::real(std::string_view name) const { return std::get<double>(attribute(node, name)); }
const std::string& NodeRef::word(std::string_view name) const {
  return std::get<std::string>(attribute(node, name));
}
const std::vector<std::int64_t>& NodeRef::integers(std::string_view name) const {
  return std::get<std::vector<std::int64_t>>(attribute(node, name));
}

Result<TensorId> append_node(Graph& graph, Node node) {
  MOTE_TRY_VOID(check_schema(graph, node));
  const OpDef& op = op_of(node);
  auto types = op.infer(NodeRef{graph, node});
  if (!types) return types.error().in(text::cat("layer '", node.name, "'"));
  for (std::size_t i = 0; i < types->size(); ++i) {
    Tensor out;
    out.name = i == 0 ? node.name : text::cat(node.name, "_", i);
    out.type = (*types)[i];
    node.outputs.push_back(graph.add(std::move(out)));
  }
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back().outputs.empty() ? kNoTensor : graph.nodes.back().outputs.front();
}

}  // namespace mote
