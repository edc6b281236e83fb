// Flatten: a module with control flow becomes one graph, in which IF and WHILE are brackets around nodes.  What enters a
// body is the node's own input; what leaves it is copied to the node's outputs, so that both branches, or all passes,
// leave their values at one place.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace mote {

/// A node of the flat graph, or control flow around others.
struct FlatItem {
  enum class Kind : std::uint8_t { Node, If, While } kind = Kind::Node;
  std::size_t node = 0;  ///< index in FlatModel::graph.nodes; of control flow too: its name and outputs
  /// If: then, else.  While: what computes the condition, the body.
  std::vector<FlatItem> first = {}, second = {};
  TensorId condition = kNoTensor;  ///< one byte
};

struct FlatModel {
  Graph graph;  ///< the network's tensors and nodes under their own numbers, those of the bodies behind them
  std::vector<FlatItem> items;
};

/// The module must be verified: its bodies fit their nodes and no graph calls itself.
FlatModel flatten(const Module& module);

}  // namespace mote
