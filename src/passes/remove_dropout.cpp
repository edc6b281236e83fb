// Takes dropout layers out: they act in training only, and pass everything on in inference.
// First pass of the canonical pipeline: later ones then see the neighbours that dropout stood between.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace mote {

Result<void> remove_dropout(Module& module) {
  for (Graph& graph : module.graphs) {
    for (std::size_t i = 0; i < graph.nodes.size();) {
      if (graph.nodes[i].op != "dropout" || !take_out(graph, i)) ++i;
    }
  }
  return {};
}

}  // namespace mote
