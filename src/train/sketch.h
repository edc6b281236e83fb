// Small networks and problems for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"
#include "graph/op.h"
#include "math/random.h"

namespace mote {

/// Builds a network layer by layer; each call appends a node behind the last one.
class Sketch {
 public:
  explicit Sketch(Shape input) {
    module_.graphs.emplace_back();
    graph().name = "main";
    last_ = graph().add(Tensor{"x", {DType::F32, std::move(input)}, {}, Storage::Dense, nullptr, false, -1});
    graph().inputs.push_back({last_, 0, ""});
  }

  Graph& graph() { return module_.main(); }
  TensorId last() const { return last_; }
  /// The next layer reads `tensor`.
  Sketch& from(TensorId tensor) {
    last_ = tensor;
    return *this;
  }

  TensorId constant(const std::string& name, const Shape& shape, float value, bool trainable = true) {
    Tensor tensor{name, {DType::F32, shape}, {}, Storage::Dense, nullptr, trainable, -1};
    tensor.constant = to_constant(std::vector<float>(static_cast<std::size_t>(count_of(shape)), value));
    return graph().add(std::move(tensor));
  }

  Sketch& layer(const std::string& op, Attributes attributes = {}, std::vector<TensorId> more = {}) {
    const std::string name = op + std::to_string(graph().nodes.size());
    std::vector<TensorId> inputs = {last_};
    inputs.insert(inputs.end(), more.begin(), more.end());
    const auto added = append_node(graph(), Node{op, name, std::move(attributes), std::move(inputs), {}, {}});
    if (added)
      last_ = *added;
    else
      ADD_FAILURE() << added.error().message;
    return *this;
  }

  std::int32_t channels() { return graph().tensor(last_).type.shape.back(); }

  Sketch& conv(std::int32_t out, std::int32_t h, std::int32_t w, std::int64_t stride_h,
               std::int64_t stride_w) {
    const TensorId weights = constant("conv_weights", {out, h, w, channels()}, 0),
                   bias = constant("conv_bias", {out}, 0);
    return layer(
        "conv2d",
        {{"stride", std::vector<std::int64_t>{stride_h, stride_w}}, {"padding", std::string("same")}},
        {weights, bias});
  }
  Sketch& depthwise(std::int32_t h, std::int32_t w) {
    const TensorId weights = constant("depthwise_weights", {1, h, w, channels()}, 0);
    return layer("depthwise_conv2d", {{"padding", std::string("same")}}, {weights});
  }
  Sketch& norm() {
    const Shape c = {channels()};
    const TensorId gamma = constant("gamma", c, 1), beta = constant("beta", c, 0);
    const TensorId mean = constant("mean", c, 0, false), variance = constant("variance", c, 1, false);
    return layer("batch_norm", {}, {gamma, beta, mean, variance});
  }
  Sketch& relu() { return layer("relu"); }
  Sketch& global_average() {
    const Shape shape = graph().tensor(last_).type.shape;
    return layer("average_pool2d", {{"kernel", std::vector<std::int64_t>{shape[1], shape[2]}},
                                    {"stride", std::vector<std::int64_t>{1, 1}}});
  }
  Sketch& dense(std::int32_t out) {
    const auto in = static_cast<std::int32_t>(graph().tensor(last_).type.count());
    const TensorId weights = constant("dense_weights", {out, in}, 0), bias = constant("dense_bias", {out}, 0);
    return layer("fully_connected", {}, {weights, bias});
  }

  Module done() {
    graph().outputs = {last_};
    return module_;
  }

 private:
  Module module_;
  TensorId last_ = kNoTensor;
};

/// 49×10 features, 64 channels, four depthwise-separable blocks: the shape of a keyword spotter.
inline Module keyword_network() {
  Sketch s({1, 49, 10, 1});
  s.conv(64, 10, 4, 2, 2).norm().relu();
  for (int i = 0; i < 4; ++i) s.depthwise(3, 3).norm().relu().conv(64, 1, 1, 1, 1).norm().relu();
  return s.global_average().dense(12).layer("softmax").done();
}

/// 125 samples of one channel, three convolutions: the shape of a beat classifier.
inline Module series_network(std::int32_t classes) {
  Sketch s({1, 125, 1, 1});
  s.conv(16, 7, 1, 2, 1).norm().relu().conv(32, 5, 1, 2, 1).norm().relu().conv(32, 3, 1, 1, 1).norm().relu();
  return s.global_average().dense(classes).layer("softmax").done();
}

/// Two classes of [steps, 1] series: a slow or a fast sine of random phase, in noise.  Every fifth sample validates.
inline Dataset sine_problem(std::size_t samples, std::int32_t steps, std::uint64_t seed) {
  Dataset data;
  data.name = "sines";
  data.labels = {"slow", "fast"};
  DataInput input;
  input.name = "wave";
  input.shape = {steps, 1};
  Random random(seed);
  for (std::size_t i = 0; i < samples; ++i) {
    const bool fast = i % 2 == 1;
    const double phase = random.uniform(0, 6.28);
    for (std::int32_t t = 0; t < steps; ++t)
      input.values.push_back(
          static_cast<float>(exact::cos(phase + t * (fast ? 1.1 : 0.5)) + 0.2 * random.normal()));
    data.target.push_back(fast ? 1 : 0);
    data.split.push_back(i / 2 % 5 == 4 ? Split::Validation : Split::Train);
  }
  data.inputs.push_back(std::move(input));
  return data;
}

}  // namespace mote
