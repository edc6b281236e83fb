// Folds batch normalisation into the preceding convolution or fully connected layer.
// A pass of the canonical pipeline, before activations are fused and before quantization: fewer tensors,
// better scales. The arithmetic is the textbook one: w' = w·γ/√(σ²+ε),  b' = (b−μ)·γ/√(σ²+ε) + β. Where there
// is nothing to fold into (an activation or a second reader in between, a model that begins with batch norm),
// the layer becomes a depthwise 1×1 convolution, which is the same sum; tensors that are not images are reshaped around it.
#include <array>
#include <cmath>
#include <string_view>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace mote {
namespace {

/// Layers that take the fold, with the axis of their weights that becomes the output's channels.
struct Foldable {
  std::string_view op;
  std::size_t channel_axis;
};
constexpr std::array<Foldable, 3> kFoldable = {
    {{"conv2d", 0}, {"depthwise_conv2d", 3}, {"fully_connected", 0}}};

const Foldable* find_foldable(const Node& node) {
  for (const Foldable& entry : kFoldable) {
    if (entry.op == node.op) return &entry;
  }
  return nullptr;
}

/// Batch norm in inference: y[c] = factor[c] · x[c] + offset[c].
struct Affine {
  std::vector<double> factor, offset;
};

Result<Affine> affine_of(const Graph& graph, const Node& node) {
  for (std::size_t i = 1; i < 5; ++i) {
    const Tensor& figures = graph.tensor(node.inputs[i]);
    if (!figures.is_constant() || figures.type.dtype != DType::F32) {
      return error(text::cat("layer '", node.name, "': '", figures.name, "' must be a float constant"));
    }
  }
  const std::vector<float> gamma = values_of(graph.tensor(node.inputs[1]));
  const std::vector<float> beta = values_of(graph.tensor(node.inputs[2]));
  const std::vector<float> mean = values_of(graph.tensor(node.inputs[3]));
  const std::vector<float> variance = values_of(graph.tensor(node.inputs[4]));
  const double epsilon = NodeRef{graph, node}.real("epsilon");
  Affine affine;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double spread = static_cast<double>(variance[c]) + epsilon;
    if (!(spread > 0)) {
      return error(text::cat("layer '", node.name, "': the variance of channel ", c, " is ",
                             text::shortest(variance[c])),
                   "a variance is 0 or more; with 0, epsilon must be above 0");
    }
    const double factor = static_cast<double>(gamma[c]) / std::sqrt(spread);
    affine.factor.push_back(factor);
    affine.offset.push_back(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * factor);
  }
  return affine;
}

bool has_float_weights(const Graph& graph, const Node& node) {
  const Tensor& weights = graph.tensor(node.inputs[1]);
  return weights.is_constant() && weights.type.dtype == DType::F32;
}

bool has_bias(const Node& node) { return node.inputs.size() > 2 && node.inputs[2] != kNoTensor; }

/// The layer before, when the fold keeps every other reader's values as they are.
std::optional<std::size_t> layer_to_fold_into(const Graph& graph, const Node& node) {
  const std::optional<std::size_t> feeder = only_feeder_of(graph, node);
  if (!feeder) return std::nullopt;
  const Node& layer = graph.nodes[*feeder];
  if (find_foldable(layer) == nullptr || word_of(graph, layer, "activation") != "none") return std::nullopt;
  if (!has_float_weights(graph, layer)) return std::nullopt;
  if (has_bias(layer) && !graph.tensor(layer.inputs[2]).is_constant()) return std::nullopt;
  return feeder;
}

void fold(Graph& graph, Node& layer, const Affine& affine) {
  const Shape shape = graph.tensor(layer.inputs[1]).type.shape;
  const auto axis = static_cast<std::ptrdiff_t>(find_foldable(layer)->channel_axis);
  const auto inner = static_cast<std::size_t>(count_of(Shape(shape.begin() + axis + 1, shape.end())));
  const std::size_t channels = affine.factor.size();
  std::vector<float> weights = values_of(graph.tensor(layer.inputs[1]));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<float>(static_cast<double>(weights[i]) * affine.factor[i / inner % channels]);
  }
  std::vector<float> bias =
      has_bias(layer) ? values_of(graph.tensor(layer.inputs[2])) : std::vector<float>(channels, 0.0f);
  for (std::size_t c = 0; c < channels; ++c) {
    bias[c] = static_cast<float>(static_cast<double>(bias[c]) * affine.factor[c] + affine.offset[c]);
  }
  set_constant_input(graph, layer, 1, layer.name + ".weights", shape, weights);
  set_constant_input(graph, layer, 2, layer.name + ".bias", {static_cast<std::int32_t>(channels)}, bias);
}

std::string unused_layer_name(const Graph& graph, const std::string& wanted) {
  std::string name = wanted;
  const auto taken = [&] {
    for (const Node& node : graph.nodes) {
      if (node.name == name) return true;
    }
    return false;
  };
  for (int i = 2; taken(); ++i) name = text::cat(wanted, "_", i);
  return name;
}

/// A reshape from tensor `from` to tensor `to`.
Node make_reshape(const Graph& graph, const std::string& name, TensorId from, TensorId to) {
  const Shape& shape = graph.tensor(to).type.shape;
  Node node;
  node.op = "reshape";
  node.name = unused_layer_name(graph, name);
  node.attributes["shape"] = std::vector<std::int64_t>(shape.begin(), shape.end());
  node.inputs = {from};
  node.outputs = {to};
  return node;
}

void become_depthwise(Graph& graph, Node& node, const Affine& affine) {
  const auto channels = static_cast<std::int32_t>(affine.factor.size());
  node.op = "depthwise_conv2d";
  node.attributes = {{"depth_multiplier", std::int64_t{1}},
                     {"stride", std::vector<std::int64_t>{1, 1}},
                     {"padding", std::string("valid")}};
  node.inputs.resize(1);
  set_constant_input(graph, node, 1, node.name + ".weights", {1, 1, 1, channels},
                     {affine.factor.begin(), affine.factor.end()});
  set_constant_input(graph, node, 2, node.name + ".bias", {channels},
                     {affine.offset.begin(), affine.offset.end()});
}

/// [N, …, C] → [1, N·…, 1, C] before node `index`, and back behind it.
void reshape_around(Graph& graph, std::size_t index) {
  const std::string name = graph.nodes[index].name;
  const TensorId in = graph.nodes[index].inputs.front(), out = graph.nodes[index].outputs.front();
  const std::int32_t channels = graph.tensor(out).type.shape.back();
  const auto rows = static_cast<std::int32_t>(graph.tensor(out).type.count() / channels);
  Tensor image;
  image.type = {DType::F32, {1, rows, 1, channels}};
  image.name = name + ".in";
  const TensorId image_in = graph.add(image);
  image.name = name + ".out";
  const TensorId image_out = graph.add(image);
  graph.nodes[index].inputs.front() = image_in;
  graph.nodes[index].outputs.front() = image_out;

  const Node before = make_reshape(graph, name + ".in", in, image_in);
  const Node after = make_reshape(graph, name + ".out", image_out, out);
  const auto at = graph.nodes.begin() + static_cast<std::ptrdiff_t>(index);
  graph.nodes.insert(graph.nodes.insert(at, before) + 2, after);
}

Result<void> fold_graph(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size();) {
    if (graph.nodes[i].op != "batch_norm") {
      ++i;
      continue;
    }
    MOTE_TRY(const Affine affine, affine_of(graph, graph.nodes[i]));
    if (const auto layer = layer_to_fold_into(graph, graph.nodes[i])) {
      fold(graph, graph.nodes[*layer], affine);
      merge_into_earlier(graph, *layer, i);
      continue;
    }
    become_depthwise(graph, graph.nodes[i], affine);
    if (graph.tensor(graph.nodes[i].outputs.front()).type.shape.size() != 4) reshape_around(graph, i);
    ++i;
  }
  return {};
}

}  // namespace

Result<void> fold_batch_norm(Module& module) {
  for (Graph& graph : module.graphs) MOTE_TRY_VOID(fold_graph(graph));
  return {};
}

}  // namespace mote
