// Builds small float networks for tests, weights drawn from a seed: a line a layer.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "graph/op.h"
#include "math/random.h"

namespace mote::testing {

class Network {
 public:
  explicit Network(std::uint64_t seed = 1) : random_(seed) {
    module_.graphs.push_back(Graph{"main", {}, {}, {}, {}});
  }

  Graph& graph() { return module_.main(); }

  TensorId input(const std::string& name, Shape shape) {
    const TensorId id = graph().add(tensor(name, std::move(shape)));
    GraphInput in;
    in.tensor = id;
    graph().inputs.push_back(in);
    return id;
  }
  TensorId constant(const std::string& name, Shape shape, const std::vector<float>& values) {
    Tensor made = tensor(name, std::move(shape));
    EXPECT_EQ(made.type.count(), static_cast<std::int64_t>(values.size())) << name;
    made.constant = to_constant(values);
    made.trainable = true;
    return graph().add(std::move(made));
  }
  /// Uniform in [low, high).
  TensorId constant(const std::string& name, Shape shape, double low, double high) {
    std::vector<float> values(static_cast<std::size_t>(count_of(shape)));
    for (float& value : values) value = static_cast<float>(random_.uniform(low, high));
    return constant(name, std::move(shape), values);
  }

  TensorId layer(const std::string& op, const std::string& name, std::vector<TensorId> inputs,
                 Attributes attributes = {}) {
    Node node;
    node.op = op;
    node.name = name;
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    const auto out = append_node(graph(), std::move(node));
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    return out ? *out : kNoTensor;
  }
  TensorId conv(const std::string& name, TensorId x, int out_c, int kernel, bool bias = true) {
    const std::int32_t in_c = graph().tensor(x).type.shape[3];
    const double bound = 1.7 / std::sqrt(static_cast<double>(kernel * kernel * in_c));
    std::vector<TensorId> in = {x, constant(name + ".weights", {out_c, kernel, kernel, in_c}, -bound, bound)};
    if (bias) in.push_back(constant(name + ".bias", {out_c}, -0.2, 0.2));
    return layer("conv2d", name, in, {{"padding", std::string("same")}});
  }
  TensorId depthwise(const std::string& name, TensorId x, int kernel, bool bias = true) {
    const std::int32_t channels = graph().tensor(x).type.shape[3];
    const double bound = 1.7 / kernel;
    std::vector<TensorId> in = {x, constant(name + ".weights", {1, kernel, kernel, channels}, -bound, bound)};
    if (bias) in.push_back(constant(name + ".bias", {channels}, -0.2, 0.2));
    return layer("depthwise_conv2d", name, in, {{"padding", std::string("same")}});
  }
  TensorId dense(const std::string& name, TensorId x, int units, bool bias = true) {
    const std::int32_t in_count = static_cast<std::int32_t>(graph().tensor(x).type.count());
    const double bound = 1.7 / std::sqrt(static_cast<double>(in_count));
    std::vector<TensorId> in = {x, constant(name + ".weights", {units, in_count}, -bound, bound)};
    if (bias) in.push_back(constant(name + ".bias", {units}, -0.2, 0.2));
    return layer("fully_connected", name, in);
  }
  TensorId batch_norm(const std::string& name, TensorId x) {
    const Shape channels = {graph().tensor(x).type.shape.back()};
    return layer(
        "batch_norm", name,
        {x, constant(name + ".gamma", channels, 0.5, 1.5), constant(name + ".beta", channels, -0.5, 0.5),
         constant(name + ".mean", channels, -0.5, 0.5), constant(name + ".variance", channels, 0.2, 2.0)});
  }

  Module finish(std::vector<TensorId> outputs) {
    graph().outputs = std::move(outputs);
    return module_;
  }

 private:
  static Tensor tensor(const std::string& name, Shape shape) {
    Tensor made;
    made.name = name;
    made.type = {DType::F32, std::move(shape)};
    return made;
  }

  Module module_;
  Random random_;
};

/// [input][sample] → standard normal values, for the module's inputs.
inline std::vector<std::vector<std::vector<float>>> random_inputs(const Module& module, int samples,
                                                                  std::uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<std::vector<float>>> all;
  for (const GraphInput& input : module.main().inputs) {
    std::vector<std::vector<float>>& one = all.emplace_back();
    for (int s = 0; s < samples; ++s) {
      std::vector<float>& values =
          one.emplace_back(static_cast<std::size_t>(module.main().tensor(input.tensor).type.count()));
      for (float& value : values) value = static_cast<float>(random.normal());
    }
  }
  return all;
}

}  // namespace mote::testing
