// Fuses relu and relu6 into the layer before: the kernel clamps its own result, one tensor and one pass over
// it less. A pass of the canonical pipeline, behind fold_batch_norm (which stands between a convolution and
// its relu). Only where the layer before has no activation yet and feeds nobody else.
#include <algorithm>
#include <array>
#include <string_view>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace mote {
namespace {

constexpr std::array<std::string_view, 6> kClampingOps = {"conv2d", "depthwise_conv2d", "fully_connected",
                                                          "add",    "average_pool2d",   "max_pool2d"};

bool clamps(const Node& node) {
  return std::find(kClampingOps.begin(), kClampingOps.end(), node.op) != kClampingOps.end();
}

}  // namespace

Result<void> fuse_activation(Module& module) {
  for (Graph& graph : module.graphs) {
    for (std::size_t i = 0; i < graph.nodes.size();) {
      const Node& node = graph.nodes[i];
      const bool is_activation = node.op == "relu" || node.op == "relu6";
      const auto feeder = is_activation ? only_feeder_of(graph, node) : std::nullopt;
      if (!feeder || !clamps(graph.nodes[*feeder]) ||
          word_of(graph, graph.nodes[*feeder], "activation") != "none" ||
          graph.tensor(node.inputs.front()).quant != graph.tensor(node.outputs.front()).quant) {
        ++i;
        continue;
      }
      graph.nodes[*feeder].attributes["activation"] = node.op;
      merge_into_earlier(graph, *feeder, i);
    }
  }
  return {};
}

}  // namespace mote
