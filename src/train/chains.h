// Which nodes of a graph train together: a convolution with the batch normalization and the clamp (ReLU)
// behind it, and a sum with its clamp.  Ops say what part they can take (GradRule::part); here is who stands
// behind whom. Internal to train: network.cpp runs the steps with math/layers.h.
#pragma once

#include <cstddef>
#include <vector>

#include "graph/graph.h"
#include "graph/op.h"
#include "math/layers.h"

namespace mote {

/// Convolution, perhaps a normalization, perhaps a clamp.  Tensors between `raw` and `end` are never in memory;
/// whoever reads `end` computes it from `raw`.
struct Chain {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t layer = kNone, norm = kNone;  ///< nodes
  learn::Part part;                         ///< of the layer
  float epsilon = 0, momentum = 0;          ///< of the normalization
  float low = -learn::kInfinity, high = learn::kInfinity;
  TensorId in = kNoTensor;   ///< what the layer reads
  TensorId raw = kNoTensor;  ///< what it makes
  TensorId end = kNoTensor;  ///< after normalization and clamp
  bool normalizes() const { return norm != kNone; }
  bool clamps() const { return low > -learn::kInfinity || high < learn::kInfinity; }
};

/// The sum of two tensors, perhaps clamped; `end` is in memory.
struct Join {
  std::size_t node = 0;
  TensorId in[2] = {kNoTensor, kNoTensor};
  TensorId end = kNoTensor;
  float low = -learn::kInfinity, high = learn::kInfinity;
};

struct Step {
  enum class Kind { Node, Chain, Join } kind;
  std::size_t index;  ///< of the node, of chains, of joins
};

struct Steps {
  std::vector<Step> steps;  ///< in order
  std::vector<Chain> chains;
  std::vector<Join> joins;
};

/// `kept` is a tensor that stays in memory, whoever reads it.  Without `together` every node stands alone.
Steps steps_of(const Graph& graph, TensorId kept, bool together);

}  // namespace mote
