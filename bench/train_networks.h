// The networks that bench/train and bench/train_accuracy train; bench/*.py build the same in PyTorch.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "graph/op.h"
#include "math/random.h"

namespace mote {

/// Appends layers to a graph; each reads the last one.
class Builder {
 public:
  explicit Builder(Shape input) {
    module_.graphs.emplace_back();
    last_ = graph().add(Tensor{"x", {DType::F32, std::move(input)}, {}, Storage::Dense, nullptr, false, -1});
    graph().inputs.push_back({last_, 0, ""});
  }
  Graph& graph() { return module_.main(); }
  TensorId last() const { return last_; }
  std::int32_t channels() { return graph().tensor(last_).type.shape.back(); }
  Builder& from(TensorId tensor) {
    last_ = tensor;
    return *this;
  }
  Builder& conv(std::int32_t out, std::int32_t h, std::int32_t w, std::int64_t stride) {
    return layer("conv2d", strided(stride), {weights({out, h, w, channels()}, h * w * channels())});
  }
  Builder& depthwise() { return layer("depthwise_conv2d", strided(1), {weights({1, 3, 3, channels()}, 9)}); }
  Builder& norm() {
    const Shape c = {channels()};
    return layer("batch_norm", {},
                 {constant(c, 1, true), constant(c, 0, true), constant(c, 0, false), constant(c, 1, false)});
  }
  Builder& relu() { return layer("relu"); }
  Builder& add(TensorId other) { return layer("add", {}, {other}); }
  Builder& block(std::int32_t out, std::int64_t stride) {
    const TensorId in = last_;
    TensorId shortcut = in;
    if (stride != 1) shortcut = conv(out, 1, 1, stride).last();
    return from(in).conv(out, 3, 3, stride).norm().relu().conv(out, 3, 3, 1).norm().add(shortcut).relu();
  }
  Module classifier(std::int32_t classes) {
    const Shape shape = graph().tensor(last_).type.shape;
    layer("average_pool2d", {{"kernel", std::vector<std::int64_t>{shape[1], shape[2]}},
                             {"stride", std::vector<std::int64_t>{1, 1}}});
    const std::int32_t in = channels();
    layer("fully_connected", {}, {weights({classes, in}, in), constant({classes}, 0, true)}).layer("softmax");
    graph().outputs = {last_};
    return module_;
  }

 private:
  Attributes strided(std::int64_t stride) {
    const std::int64_t across = graph().tensor(last_).type.shape[2] > 1 ? stride : 1;
    return {{"stride", std::vector<std::int64_t>{stride, across}}, {"padding", std::string("same")}};
  }
  Builder& layer(const std::string& op, Attributes attributes = {}, std::vector<TensorId> more = {}) {
    std::vector<TensorId> inputs = {last_};
    inputs.insert(inputs.end(), more.begin(), more.end());
    last_ =
        append_node(
            graph(),
            Node{op, text::cat(op, graph().nodes.size()), std::move(attributes), std::move(inputs), {}, {}})
            .value();
    return *this;
  }
  TensorId add_constant(const Shape& shape, const std::vector<float>& values, bool trainable) {
    Tensor tensor{"w", {DType::F32, shape}, {}, Storage::Dense, nullptr, trainable, -1};
    tensor.constant = to_constant(values);
    return graph().add(std::move(tensor));
  }
  TensorId constant(const Shape& shape, float value, bool trainable) {
    return add_constant(shape, std::vector<float>(static_cast<std::size_t>(count_of(shape)), value),
                        trainable);
  }
  TensorId weights(const Shape& shape, std::int32_t fan_in) {
    std::vector<float> values(static_cast<std::size_t>(count_of(shape)));
    for (float& v : values) v = static_cast<float>(random_.normal() * std::sqrt(2.0 / fan_in));
    return add_constant(shape, values, true);
  }

  Module module_;
  TensorId last_ = kNoTensor;
  Random random_{1};
};

inline Module ds_cnn(std::int32_t width) {
  Builder b({1, 49, 10, 1});
  b.conv(width, 10, 4, 2).norm().relu();
  for (int i = 0; i < 4; ++i) b.depthwise().norm().relu().conv(width, 1, 1, 1).norm().relu();
  return b.classifier(12);
}
inline Module resnet8(std::int32_t width) {
  Builder b({1, 32, 32, 3});
  b.conv(width, 3, 3, 1).norm().relu();
  return b.block(width, 1).block(2 * width, 2).block(4 * width, 2).classifier(10);
}
/// Four convolutions on [height, width, channels], for pictures and, one wide, for series.
inline Module small_cnn(const Shape& sample, std::int32_t classes) {
  Builder b({1, sample[0], sample[1], sample[2]});
  const std::int32_t w = sample[1] > 1 ? 3 : 1;
  b.conv(16, 3, w, 2).norm().relu().conv(32, 3, w, 2).norm().relu();
  return b.conv(32, 3, w, 1).norm().relu().conv(48, 3, w, 2).norm().relu().classifier(classes);
}

}  // namespace mote
