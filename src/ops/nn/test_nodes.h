// For the tests of this folder: one-node graphs of every op, and running a node by the reference kernels it lowers to.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "graph/kernel.h"
#include "graph/op.h"

namespace mote::test {

/// Same numbers on every machine: bits of mt19937_64, no distribution of the library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  float real() { return static_cast<float>(between(-1000, 1000)) / 500.0f; }  ///< −2 … 2
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(from.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

inline Bytes random_bytes(const TensorType& type, Random& random) {
  Bytes bytes(type.bytes());
  if (type.dtype != DType::F32) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.between(0, 255));
    return bytes;
  }
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    const float value = random.real();
    std::memcpy(&bytes[i], &value, sizeof value);
  }
  return bytes;
}

inline std::vector<float> floats(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// A graph of one node, made step by step.
struct OneNode {
  Graph graph;
  Node node;

  OneNode(std::string op, Attributes attributes = {}) {
    node.op = std::move(op);
    node.name = "the layer";
    node.attributes = std::move(attributes);
  }
  OneNode& input(DType dtype, Shape shape, float scale = 0.05f, std::int32_t zero_point = -3) {
    Tensor tensor;
    tensor.name = text::cat("x", node.inputs.size());
    tensor.type = {dtype, std::move(shape)};
    if (dtype == DType::S8) tensor.quant = {{scale}, {zero_point}, 0};
    node.inputs.push_back(graph.add(std::move(tensor)));
    return *this;
  }
  /// Random weights; in s8 with `scales` on `axis`.
  OneNode& weights(DType dtype, Shape shape, std::vector<float> scales = {0.01f}, int axis = 0) {
    Random random(7);
    Tensor tensor;
    tensor.name = "w";
    tensor.type = {dtype, std::move(shape)};
    tensor.constant = std::make_shared<const Bytes>(random_bytes(tensor.type, random));
    if (dtype == DType::S8)
      tensor.quant = {scales, std::vector<std::int32_t>(scales.size(), 0), scales.size() > 1 ? axis : 0};
    node.inputs.push_back(graph.add(std::move(tensor)));
    return *this;
  }
  OneNode& bias(DType dtype, std::int32_t count) {
    Tensor tensor;
    tensor.name = "b";
    tensor.type = {dtype, {count}};
    if (dtype == DType::F32) {
      std::vector<float> values;
      for (std::int32_t i = 0; i < count; ++i) values.push_back(0.25f * static_cast<float>(i) - 0.5f);
      tensor.constant = to_constant(values);
    } else {
      std::vector<std::int32_t> values;
      for (std::int32_t i = 0; i < count; ++i) values.push_back(100 * i - 150);
      tensor.constant = to_constant(values);
    }
    node.inputs.push_back(graph.add(std::move(tensor)));
    return *this;
  }

  Result<std::vector<TensorType>> infer() const { return op_of(node).infer(NodeRef{graph, node}); }

  /// Appends the node with its output; in s8 with this scale.
  OneNode& finish(float out_scale = 0.05f, std::int32_t out_zero_point = -3) {
    auto out = append_node(graph, node);
    if (!out) {
      ADD_FAILURE() << out.error().message;
      return *this;
    }
    Tensor& tensor = graph.tensor(*out);
    if (tensor.type.dtype == DType::S8) tensor.quant = {{out_scale}, {out_zero_point}, 0};
    node = graph.nodes.back();
    return *this;
  }
  NodeRef ref() const { return {graph, node}; }
  const OpDef& op() const { return op_of(node); }
};

/// The output's bytes for these bytes of the computed inputs, by tensor id.
inline Bytes run(const NodeRef& ref, const std::map<TensorId, Bytes>& inputs) {
  const OpDef& op = op_of(ref.node);
  if (op.view) return inputs.at(ref.node.inputs[0]);
  auto calls = op.lower(ref);
  if (!calls) {
    ADD_FAILURE() << calls.error().message;
    return {};
  }
  Bytes out(ref.out(0).type.bytes(), 0xEE);
  for (const KernelCall& call : *calls) {
    std::vector<Bytes> copies;  // kernels take void*, and must not write to what they only read
    std::vector<void*> buffers;
    copies.reserve(call.args.size());
    for (const Arg& arg : call.args) {
      if (const auto* in = std::get_if<Arg::In>(&arg.what)) {
        copies.push_back(inputs.at(in->tensor));
        buffers.push_back(copies.back().data());
      } else if (std::holds_alternative<Arg::Out>(arg.what)) {
        buffers.push_back(out.data());
      } else if (const auto* rom = std::get_if<Arg::Rom>(&arg.what);
                 rom != nullptr && rom->constant != nullptr) {
        copies.push_back(rom->constant->bytes);
        buffers.push_back(copies.back().data());
      } else {
        buffers.push_back(nullptr);
      }
    }
    const KernelVariant& reference = reference_of(call.kernel);
    reference.run(
        reference.pack != nullptr ? reference.pack(call) : Packed{call.params, call.args, Storage::Dense},
        buffers);
  }
  return out;
}

inline std::map<TensorId, Bytes> random_inputs(const NodeRef& ref, Random& random) {
  std::map<TensorId, Bytes> inputs;
  for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) {
    if (!ref.has_in(static_cast<int>(i)) || ref.in(static_cast<int>(i)).is_constant()) continue;
    inputs[ref.node.inputs[i]] = random_bytes(ref.in(static_cast<int>(i)).type, random);
  }
  return inputs;
}

/// Finished nodes of every op that lowers or passes through, in f32 and s8, with even and odd geometry.
inline std::vector<OneNode> example_nodes() {
  using List = std::vector<std::int64_t>;
  const auto word = [](const char* w) { return std::string(w); };
  std::vector<OneNode> nodes;
  for (const DType t : {DType::F32, DType::S8}) {
    const DType b = t == DType::F32 ? DType::F32 : DType::S32;
    const Attributes conv = {{"stride", List{2, 1}},
                             {"dilation", List{1, 2}},
                             {"padding", word("same")},
                             {"activation", word("relu")}};
    nodes.push_back(
        OneNode("conv2d", conv).input(t, {1, 9, 7, 2}).weights(t, {3, 4, 2, 2}, {0.01f, 0.02f, 0.03f}));
    nodes.back().bias(b, 3).finish(0.2f, -128);
    nodes.push_back(
        OneNode("conv2d", {{"dilation", List{2, 1}}}).input(t, {2, 8, 5, 3}).weights(t, {2, 3, 3, 3}));
    nodes.back().finish(0.3f, 4);

    Attributes depthwise = conv;
    depthwise["depth_multiplier"] = std::int64_t{2};
    depthwise["activation"] = word("relu6");
    nodes.push_back(OneNode("depthwise_conv2d", depthwise).input(t, {1, 10, 6, 2}));
    nodes.back().weights(t, {1, 3, 3, 4}, {0.01f, 0.02f, 0.03f, 0.04f}, 3).bias(b, 4).finish(0.1f, -100);

    nodes.push_back(OneNode("fully_connected", {{"activation", word("relu")}}).input(t, {1, 2, 3, 2}));
    nodes.back().weights(t, {5, 12}).bias(b, 5).finish(0.2f, 0);
    nodes.push_back(OneNode("fully_connected", {{"keep_num_dims", std::int64_t{1}}}).input(t, {1, 4, 3}));
    nodes.back().weights(t, {2, 3}, {0.01f, 0.02f}).finish(0.2f, 0);

    for (const char* pool : {"average_pool2d", "max_pool2d"}) {
      const Attributes odd = {{"kernel", List{3, 2}}, {"stride", List{2, 1}}, {"padding", word("same")}};
      nodes.push_back(OneNode(pool, odd).input(t, {1, 8, 5, 3}).finish());
      nodes.push_back(
          OneNode(pool, {{"kernel", List{2, 3}}, {"activation", word("relu6")}}).input(t, {1, 7, 6, 2}));
      nodes.back().finish();
    }
    if (t == DType::F32) {
      const Attributes window = {{"kernel", List{3, 2}}, {"stride", List{2, 1}}, {"padding", word("same")}};
      nodes.push_back(OneNode("l2_pool2d", window).input(t, {1, 8, 5, 3}).finish());
      nodes.push_back(OneNode("log_softmax").input(t, {1, 4, 3}).finish());
      nodes.push_back(OneNode("l2_normalization").input(t, {1, 4, 3}).finish());
      nodes.push_back(OneNode("prelu").input(t, {1, 5, 2, 3}).weights(t, {3}).finish());
    }
    nodes.push_back(OneNode("add", {{"activation", word("relu6")}}).input(t, {1, 5, 2, 3}));
    nodes.back().input(t, {1, 5, 2, 3}, 0.02f, 9).finish(0.06f, 11);
    for (const std::int64_t axis : {1, 2, -1}) {
      Shape second{1, 4, 3, 2};
      second[axis == -1 ? 3 : static_cast<std::size_t>(axis)] = 5;
      nodes.push_back(
          OneNode("concatenation", {{"axis", axis}}).input(t, {1, 4, 3, 2}).input(t, second).finish());
    }
    nodes.push_back(OneNode("relu").input(t, {1, 6, 2, 2}).finish(0.03f, -128));
    nodes.push_back(OneNode("relu6").input(t, {1, 6, 4}).finish());
    nodes.push_back(OneNode("softmax", {{"beta", 0.5}}).input(t, {1, 4, 3}).finish(1.0f / 256.0f, -128));
    nodes.push_back(OneNode("softmax").input(t, {2, 7}).finish(1.0f / 256.0f, -128));
    nodes.push_back(OneNode("reshape", {{"shape", List{1, -1}}}).input(t, {1, 3, 4, 2}).finish());
    nodes.push_back(OneNode("dropout", {{"rate", 0.25}}).input(t, {1, 5, 3}).finish());
  }
  return nodes;
}

}  // namespace mote::test
