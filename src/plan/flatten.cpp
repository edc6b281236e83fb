#include "plan/flatten.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/result.h"
#include "base/text.h"
#include "graph/op.h"

namespace mote {

namespace {

using Ids = std::vector<TensorId>;

class Flattener {
 public:
  explicit Flattener(const Module& module) : module_(module) {}

  FlatModel run() {
    flat_.graph = module_.main();
    for (std::size_t n = 0; n < module_.main().nodes.size(); ++n) add(n, flat_.items);
    return std::move(flat_);
  }

 private:
  /// Node n of the flat graph, and what it stands for.
  void add(std::size_t n, std::vector<FlatItem>& to) {
    const Node node = flat_.graph.nodes[n];
    if (node.bodies.empty()) {
      if (op_of(node).view) add_view(n, node, to);
      to.push_back({FlatItem::Kind::Node, n});
    } else if (node.op == "if") {
      add_if(n, node, to);
    } else {
      add_while(n, node, to);
    }
  }

  void add_view(std::size_t n, const Node& node, std::vector<FlatItem>& to) {
    TensorId seen = node.inputs[0];
    if (flat_.graph.tensor(seen).is_constant()) {  // a view needs bytes in memory
      seen = copy_aside(seen, node.name, to);
      flat_.graph.nodes[n].inputs[0] = seen;
    }
    seen_by_[node.outputs[0]] = seen;
  }

  void add_if(std::size_t n, const Node& node, std::vector<FlatItem>& to) {
    if (const auto known = value_of(node.inputs[0])) {
      add_branch(node, *known ? 0 : 1, to);
      return;
    }
    FlatItem item{FlatItem::Kind::If, n};
    item.condition = node.inputs[0];
    add_branch(node, 0, item.first);
    add_branch(node, 1, item.second);
    to.push_back(std::move(item));
  }

  void add_branch(const Node& node, std::size_t branch, std::vector<FlatItem>& items) {
    const Ids handed(node.inputs.begin() + 1, node.inputs.end());
    const Ids given = inline_body(node.bodies[branch], handed, node.name, items);
    for (std::size_t i = 0; i < given.size(); ++i) copy(given[i], node.outputs[i], node.name, items);
  }

  /// Of a condition that is a constant.
  std::optional<bool> value_of(TensorId condition) const {
    const Tensor& tensor = flat_.graph.tensor(condition);
    if (!tensor.is_constant()) return std::nullopt;
    return tensor.constant->front() != 0;
  }

  void add_while(std::size_t n, const Node& node, std::vector<FlatItem>& to) {
    FlatItem item{FlatItem::Kind::While, n};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) copy(node.inputs[i], node.outputs[i], node.name, to);
    item.condition = inline_body(node.bodies[0], node.outputs, node.name, item.first).front();
    if (value_of(item.condition) == false) return;  // no pass at all
    const Ids given = inline_body(node.bodies[1], node.outputs, node.name, item.second);
    // A value that is only handed on could be overwritten before it is copied: (a, b) → (b, a).
    Ids safe = given;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const bool handed_on =
          std::find(node.outputs.begin(), node.outputs.end(), seen_by(given[i])) != node.outputs.end();
      if (handed_on && given[i] != node.outputs[i]) safe[i] = copy_aside(given[i], node.name, item.second);
    }
    for (std::size_t i = 0; i < given.size(); ++i) copy(safe[i], node.outputs[i], node.name, item.second);
    to.push_back(std::move(item));
  }

  /// The body's nodes between `items`, its inputs replaced by `handed`; gives its outputs.
  Ids inline_body(GraphId body, const Ids& handed, const std::string& owner, std::vector<FlatItem>& items) {
    const Graph& graph = module_.graphs[static_cast<std::size_t>(body)];
    Ids moved(graph.tensors.size(), kNoTensor);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
      moved[static_cast<std::size_t>(graph.inputs[i].tensor)] = handed[i];
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      if (moved[t] != kNoTensor) continue;
      Tensor tensor = graph.tensors[t];
      tensor.name = text::cat(owner, "/", tensor.name);
      tensor.source_index = -1;  // its number belongs to another subgraph
      moved[t] = flat_.graph.add(std::move(tensor));
    }
    const auto rename = [&](TensorId& id) {
      if (id != kNoTensor) id = moved[static_cast<std::size_t>(id)];
    };
    for (Node node : graph.nodes) {
      node.name = text::cat(owner, "_", node.name);
      std::for_each(node.inputs.begin(), node.inputs.end(), rename);
      std::for_each(node.outputs.begin(), node.outputs.end(), rename);
      flat_.graph.nodes.push_back(std::move(node));
      add(flat_.graph.nodes.size() - 1, items);
    }
    Ids outputs = graph.outputs;
    std::for_each(outputs.begin(), outputs.end(), rename);
    return outputs;
  }

  /// The tensor whose bytes a view shows; any other tensor is itself.
  TensorId seen_by(TensorId id) const {
    for (auto view = seen_by_.find(id); view != seen_by_.end(); view = seen_by_.find(id)) id = view->second;
    return id;
  }

  void copy(TensorId from, TensorId to, const std::string& owner, std::vector<FlatItem>& items) {
    if (from == to) return;
    Node node;
    node.op = "identity";
    node.name = text::cat(owner, "_copy");
    node.inputs = {from};
    node.outputs = {to};
    flat_.graph.nodes.push_back(std::move(node));
    items.push_back({FlatItem::Kind::Node, flat_.graph.nodes.size() - 1});
  }

  TensorId copy_aside(TensorId from, const std::string& owner, std::vector<FlatItem>& items) {
    Tensor aside = flat_.graph.tensor(from);
    aside.name = text::cat(owner, "/aside");
    aside.constant = nullptr;
    aside.state = -1;
    aside.storage = Storage::Dense;
    aside.source_index = -1;
    const TensorId id = flat_.graph.add(std::move(aside));
    copy(from, id, owner, items);
    return id;
  }

  const Module& module_;
  FlatModel flat_;
  std::map<TensorId, TensorId> seen_by_;  // a view's output → its input
};

}  // namespace

FlatModel flatten(const Module& module) { return Flattener(module).run(); }

}  // namespace mote
