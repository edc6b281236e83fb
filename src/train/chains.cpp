#include "train/chains.h"

#include <algorithm>

namespace mote {
namespace {

using Kind = learn::Part::Kind;

class Finder {
 public:
  Finder(const Graph& graph, TensorId kept)
      : graph_(graph), readers_(graph.tensors.size(), 0), reader_(graph.tensors.size(), 0) {
    taken_.assign(graph.nodes.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const TensorId id : graph.nodes[i].inputs) {
        if (id == kNoTensor) continue;
        ++readers_[at(id)];
        reader_[at(id)] = i;
      }
    }
    for (const TensorId id : graph.outputs) readers_[at(id)] += 2;
    readers_[at(kept)] += 2;
  }

  Steps find() {
    Steps found;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (taken_[i]) continue;
      const learn::Part part = part_of(i);
      if (part.kind == Kind::Convolution || part.kind == Kind::Depthwise) {
        found.steps.push_back({Step::Kind::Chain, found.chains.size()});
        found.chains.push_back(chain(i, part));
      } else if (part.kind == Kind::Sum) {
        found.steps.push_back({Step::Kind::Join, found.joins.size()});
        found.joins.push_back(join(i));
      } else {
        found.steps.push_back({Step::Kind::Node, i});
      }
    }
    return found;
  }

 private:
  static std::size_t at(TensorId id) { return static_cast<std::size_t>(id); }

  learn::Part part_of(std::size_t i) const {
    const Node& node = graph_.nodes[i];
    const GradRule* rule = op_of(node).grad;
    return rule && rule->part ? rule->part({graph_, node}) : learn::Part{};
  }

  /// The only reader of `id`, if it takes that part with `id` as its first input.
  std::size_t follower(TensorId id, Kind kind) const {
    if (readers_[at(id)] != 1) return Chain::kNone;
    const std::size_t i = reader_[at(id)];
    return graph_.nodes[i].inputs[0] == id && part_of(i).kind == kind ? i : Chain::kNone;
  }

  /// Takes the clamp behind `end`, if there is one.
  void take_clamp(TensorId& end, float& low, float& high) {
    const std::size_t clamp = follower(end, Kind::Clamp);
    if (clamp == Chain::kNone) return;
    const learn::Part part = part_of(clamp);
    low = part.low;
    high = part.high;
    end = take(clamp);
  }

  TensorId take(std::size_t node) {
    taken_[node] = true;
    return graph_.nodes[node].outputs[0];
  }

  Chain chain(std::size_t layer, const learn::Part& part) {
    Chain c;
    c.layer = layer;
    c.part = part;
    c.in = graph_.nodes[layer].inputs[0];
    c.raw = c.end = take(layer);
    c.norm = follower(c.end, Kind::Normalize);
    if (c.normalizes()) {
      const learn::Part norm = part_of(c.norm);
      c.epsilon = norm.epsilon;
      c.momentum = norm.momentum;
      c.end = take(c.norm);
    }
    take_clamp(c.end, c.low, c.high);
    return c;
  }

  Join join(std::size_t node) {
    Join j;
    j.node = node;
    for (std::size_t i = 0; i < 2; ++i) j.in[i] = graph_.nodes[node].inputs[i];
    j.end = take(node);
    take_clamp(j.end, j.low, j.high);
    return j;
  }

  const Graph& graph_;
  std::vector<int> readers_;
  std::vector<std::size_t> reader_;  ///< the last one
  std::vector<bool> taken_;
};

}  // namespace

Steps steps_of(const Graph& graph, TensorId kept, bool together) {
  if (together) return Finder(graph, kept).find();
  Steps alone;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) alone.steps.push_back({Step::Kind::Node, i});
  return alone;
}

}  // namespace mote
