// Writes fully connected layers as 1×1 convolutions, so that the int8 model has the same bytes on every runtime.
// Part of preparing a trained network for quantization (pipeline.cpp), after the canonical passes.  TensorFlow Lite Micro and
// CMSIS-NN round an int8 fully connected layer twice, LiteRT's reference kernel rounds it once; all of them round an int8
// convolution twice.  The weights are the same bytes: [out, in] read as [out, 1, 1, in].
#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace mote {

namespace {

// A reshape of `tensor` to `shape`, put before node `at`; gives the reshaped tensor.
Result<TensorId> reshape_before(Graph& graph, std::size_t at, TensorId tensor, const Shape& shape,
                                const std::string& name) {
  Node node;
  node.op = "reshape";
  node.name = name;
  node.attributes["shape"] = std::vector<std::int64_t>(shape.begin(), shape.end());
  node.inputs = {tensor};
  MOTE_TRY(const TensorId out, append_node(graph, std::move(node)));
  std::rotate(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at), graph.nodes.end() - 1,
              graph.nodes.end());
  return out;
}

// The tensor that a reshape made `tensor` from, where that has `shape` already: two neighbours need no reshape between them.
TensorId unreshaped(const Graph& graph, TensorId tensor, const Shape& shape) {
  const auto writer = writer_of(graph, tensor);
  if (!writer || graph.nodes[*writer].op != "reshape") return kNoTensor;
  const TensorId before = graph.nodes[*writer].inputs[0];
  return graph.tensor(before).type.shape == shape ? before : kNoTensor;
}

Result<void> rewrite(Graph& graph, std::size_t* at) {
  const Node dense = graph.nodes[*at];
  const Shape weights = graph.tensor(dense.inputs[1]).type.shape;
  const auto batches = static_cast<std::int32_t>(graph.tensor(dense.inputs[0]).type.count() / weights[1]);
  const Shape map = {batches, 1, 1, weights[1]};

  TensorId in = unreshaped(graph, dense.inputs[0], map);
  if (in == kNoTensor) {
    MOTE_TRY(in, reshape_before(graph, *at, dense.inputs[0], map, dense.name + "_in"));
    ++*at;
  }
  Node conv = dense;
  conv.op = "conv2d";
  conv.attributes = {{"activation", word_of(graph, dense, "activation")}, {"padding", std::string("valid")}};
  conv.inputs[0] = in;
  set_constant_input(graph, conv, 1, dense.name + ".weights", {weights[0], 1, 1, weights[1]},
                     values_of(graph.tensor(dense.inputs[1])));
  // The layer's name goes with what computes; a model output keeps its own.
  const TensorId result = dense.outputs[0];
  Tensor out = graph.tensor(result);
  const bool is_output = std::count(graph.outputs.begin(), graph.outputs.end(), result) > 0;
  if (!is_output) graph.tensor(result).name = dense.name + "_out";
  out.name = is_output ? dense.name + "_map" : dense.name;
  out.type.shape = {batches, 1, 1, weights[0]};
  conv.outputs = {graph.add(std::move(out))};
  graph.nodes[*at] = conv;

  Node back;
  back.op = "reshape";
  back.name = dense.name + "_out";
  const Shape& shape = graph.tensor(result).type.shape;
  back.attributes["shape"] = std::vector<std::int64_t>(shape.begin(), shape.end());
  back.inputs = conv.outputs;
  back.outputs = {result};
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(*at) + 1, std::move(back));
  return {};
}

// Weights and bias that are computed at run time have no place in a convolution.
bool has_constant_weights(const Graph& graph, const Node& dense) {
  for (std::size_t i = 1; i < dense.inputs.size(); ++i) {
    if (dense.inputs[i] != kNoTensor && !graph.tensor(dense.inputs[i]).is_constant()) return false;
  }
  return true;
}

}  // namespace

Result<void> dense_as_conv2d(Module& module) {
  for (Graph& graph : module.graphs) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const bool dense =
          graph.nodes[i].op == "fully_connected" && has_constant_weights(graph, graph.nodes[i]);
      if (dense) MOTE_TRY_VOID(rewrite(graph, &i));
    }
  }
  return remove_unused(module);
}

}  // namespace mote
