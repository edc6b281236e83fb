// Takes out reshapes to the shape that is there already (importers and flatten layers leave them behind).
// A pass of the canonical pipeline, before unused tensors are dropped.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace mote {

Result<void> remove_noop_reshape(Module& module) {
  for (Graph& graph : module.graphs) {
    for (std::size_t i = 0; i < graph.nodes.size();) {
      const Node& node = graph.nodes[i];
      const bool changes_nothing = node.op == "reshape" && graph.tensor(node.inputs.front()).type ==
                                                               graph.tensor(node.outputs.front()).type;
      if (!changes_nothing || !take_out(graph, i)) ++i;
    }
  }
  return {};
}

}  // namespace mote
