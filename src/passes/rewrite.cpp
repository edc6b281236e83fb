#include "passes/rewrite.h"

#include <algorithm>

namespace mote {

std::optional<std::size_t> writer_of(const Graph& graph, TensorId tensor) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::vector<TensorId>& outputs = graph.nodes[i].outputs;
    if (std::find(outputs.begin(), outputs.end(), tensor) != outputs.end()) return i;
  }
  return std::nullopt;
}

int count_reads(const Graph& graph, TensorId tensor) {
  auto reads = std::count(graph.outputs.begin(), graph.outputs.end(), tensor);
  for (const Node& node : graph.nodes) reads += std::count(node.inputs.begin(), node.inputs.end(), tensor);
  return static_cast<int>(reads);
}

std::optional<std::size_t> only_feeder_of(const Graph& graph, const Node& node) {
  const TensorId between = node.inputs.front();
  if (count_reads(graph, between) != 1) return std::nullopt;
  const std::optional<std::size_t> writer = writer_of(graph, between);
  if (!writer || graph.nodes[*writer].outputs.front() != between) return std::nullopt;
  return writer;
}

void merge_into_earlier(Graph& graph, std::size_t earlier, std::size_t later) {
  const TensorId between = graph.nodes[earlier].outputs.front();
  const TensorId result = graph.nodes[later].outputs.front();
  const bool is_model_output =
      std::find(graph.outputs.begin(), graph.outputs.end(), result) != graph.outputs.end();
  if (!is_model_output) std::swap(graph.tensor(between).name, graph.tensor(result).name);
  graph.nodes[earlier].outputs.front() = result;
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(later));
}

bool take_out(Graph& graph, std::size_t index) {
  const TensorId from = graph.nodes[index].outputs.front();
  const TensorId to = graph.nodes[index].inputs.front();
  const bool is_output = std::find(graph.outputs.begin(), graph.outputs.end(), from) != graph.outputs.end();
  if (is_output && !writer_of(graph, to)) return false;
  std::replace(graph.outputs.begin(), graph.outputs.end(), from, to);
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

void set_constant_input(Graph& graph, Node& node, std::size_t index, const std::string& name,
                        const Shape& shape, const std::vector<float>& values) {
  if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoTensor);
  const TensorId old = node.inputs[index];
  const TensorType type{DType::F32, shape};
  if (old != kNoTensor && count_reads(graph, old) == 1) {
    graph.tensor(old).type = type;
    graph.tensor(old).constant = to_constant(values);
    return;
  }
  Tensor fresh;
  fresh.name = old != kNoTensor ? graph.tensor(old).name : name;
  fresh.type = type;
  fresh.constant = to_constant(values);
  fresh.trainable = old == kNoTensor || graph.tensor(old).trainable;
  node.inputs[index] = graph.add(std::move(fresh));
}

std::vector<float> values_of(const Tensor& constant) {
  const float* first = elements<float>(constant);
  return {first, first + constant.type.count()};
}

std::string word_of(const Graph& graph, const Node& node, const std::string& name) {
  return NodeRef{graph, node}.word(name);
}

}  // namespace mote
