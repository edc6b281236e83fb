// Drops nodes whose outputs nobody reads, then tensors that no node, input or output names.
// Last pass of the canonical pipeline: the others leave what they replaced behind.  Inputs and outputs of a graph stay.
#include <algorithm>

#include "passes/passes.h"

namespace mote {
namespace {

using Marks = std::vector<bool>;  // by TensorId

void mark(Marks& marks, const std::vector<TensorId>& ids) {
  for (const TensorId id : ids) {
    if (id != kNoTensor) marks[static_cast<std::size_t>(id)] = true;
  }
}

/// Backwards, as a node's readers stand behind it.  Nodes without outputs exist for what they do, and stay.
void remove_unread_nodes(Graph& graph) {
  Marks read(graph.tensors.size(), false);
  mark(read, graph.outputs);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const bool wanted =
        node.outputs.empty() || std::any_of(node.outputs.begin(), node.outputs.end(),
                                            [&](TensorId id) { return read[static_cast<std::size_t>(id)]; });
    if (wanted)
      mark(read, node.inputs);
    else
      graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void remove_unnamed_tensors(Graph& graph) {
  Marks named(graph.tensors.size(), false);
  mark(named, graph.outputs);
  for (const GraphInput& input : graph.inputs) named[static_cast<std::size_t>(input.tensor)] = true;
  for (const Node& node : graph.nodes) {
    mark(named, node.inputs);
    mark(named, node.outputs);
  }

  std::vector<TensorId> moved(graph.tensors.size(), kNoTensor);
  std::vector<Tensor> kept;
  for (std::size_t id = 0; id < named.size(); ++id) {
    if (!named[id]) continue;
    moved[id] = static_cast<TensorId>(kept.size());
    kept.push_back(std::move(graph.tensors[id]));
  }
  graph.tensors = std::move(kept);

  const auto rename = [&](TensorId& id) {
    if (id != kNoTensor) id = moved[static_cast<std::size_t>(id)];
  };
  for (Node& node : graph.nodes) {
    std::for_each(node.inputs.begin(), node.inputs.end(), rename);
    std::for_each(node.outputs.begin(), node.outputs.end(), rename);
  }
  std::for_each(graph.outputs.begin(), graph.outputs.end(), rename);
  for (GraphInput& input : graph.inputs) rename(input.tensor);
}

}  // namespace

Result<void> remove_unused(Module& module) {
  for (Graph& graph : module.graphs) {
    remove_unread_nodes(graph);
    remove_unnamed_tensors(graph);
  }
  return {};
}

}  // namespace mote
