// A float network drawn from a seed: branches, joins, reshapes and every op that a device runs, in shapes of a
// few hundred bytes.  For properties that hold whatever the graph.
#pragma once

#include "support/network.h"

namespace mote::testing {

/// `layers` image layers over an input [1,h,w,c], then a dense layer and softmax.
inline Module random_network(std::uint64_t seed, int layers) {
  Network net(seed);
  Random random(seed * 7919 + 1);
  const auto pick = [&](int n) { return static_cast<int>(random.uniform() * n); };
  const TensorId x = net.input("x", {1, 4 + pick(6), 4 + pick(6), 1 + pick(4)});
  std::vector<TensorId> alive = {x};
  const auto shape = [&](TensorId id) { return net.graph().tensor(id).type.shape; };
  for (int i = 0; i < layers; ++i) {
    const std::string name = text::cat("layer", i);
    const TensorId from =
        alive[alive.size() - 1 -
              static_cast<std::size_t>(pick(std::min<int>(3, static_cast<int>(alive.size()))))];
    const Shape s = shape(from);
    const bool large = s[1] >= 2 && s[2] >= 2;
    TensorId out = kNoTensor;
    switch (pick(9)) {
      case 0:
        out = net.conv(name, from, 1 + pick(9), 1 + 2 * pick(2), pick(2) == 0);
        break;
      case 1:
        out = net.depthwise(name, from, 1 + 2 * pick(2), pick(2) == 0);
        break;
      case 2:
        out = net.layer("relu", name, {from});
        break;
      case 3:
        out = net.layer("relu6", name, {from});
        break;
      case 4: {
        TensorId other = from;  // the same tensor twice is an addition, too
        for (const TensorId candidate : alive) {
          if (shape(candidate) == s) other = candidate;
        }
        out = net.layer("add", name, {from, other});
        break;
      }
      case 5:
      case 6: {
        const std::vector<std::int64_t> two = {2, 2};
        if (!large) continue;
        out = net.layer(pick(2) == 0 ? "max_pool2d" : "average_pool2d", name, {from},
                        {{"kernel", two}, {"stride", two}});
        break;
      }
      case 7:
        out = net.layer("reshape", name, {from}, {{"shape", std::vector<std::int64_t>{1, s[2], s[1], s[3]}}});
        break;
      default:
        out = net.layer("concatenation", name, {from, from}, {{"axis", std::int64_t{3}}});
        break;
    }
    alive.push_back(out);
  }
  const TensorId dense = net.dense("dense", alive.back(), 3);
  return net.finish({net.layer("softmax", "softmax", {dense})});
}

/// A network of an image's kind: convolutions, some of them with strides, pools, activations and sums over a few layers, on
/// `rows` rows; then a dense layer.
inline Module random_image_network(std::uint64_t seed, int layers, int rows) {
  Network net(seed);
  Random random(seed * 104729 + 3);
  const auto pick = [&](int n) { return static_cast<int>(random.uniform() * n); };
  const auto shape = [&](TensorId id) { return net.graph().tensor(id).type.shape; };
  std::vector<TensorId> made = {net.input("x", {1, rows, 3 + pick(6), 1 + pick(4)})};
  for (int i = 0; i < layers; ++i) {
    const std::string name = text::cat("layer", i);
    const TensorId from = made.back();
    const Shape s = shape(from);
    const std::int64_t stride_h = s[1] >= 12 ? 1 + pick(2) : 1;
    const std::vector<std::int64_t> strides = {stride_h, 1};
    const std::string padding = s[1] >= 8 && s[2] >= 4 && pick(2) == 0 ? "valid" : "same";
    TensorId out = kNoTensor;
    switch (pick(7)) {
      case 0:
      case 1: {
        const std::int32_t channels = pick(2) == 0 ? s[3] : 1 + pick(8), kernel = 1 + pick(4);
        const TensorId weights = net.constant(name + ".weights", {channels, kernel, 3, s[3]}, -0.5, 0.5);
        out = net.layer("conv2d", name, {from, weights}, {{"stride", strides}, {"padding", padding}});
        break;
      }
      case 2:
        out = net.depthwise(name, from, 1 + 2 * pick(3));
        break;
      case 3:
        out = net.layer(pick(2) == 0 ? "relu" : "relu6", name, {from});
        break;
      case 4:
        if (s[1] < 8 || s[2] < 2) continue;
        out = net.layer(pick(2) == 0 ? "max_pool2d" : "average_pool2d", name, {from},
                        {{"kernel", std::vector<std::int64_t>{2, 2}}, {"stride", strides}});
        break;
      default: {
        TensorId other = from;
        for (std::size_t back = made.size() - std::min<std::size_t>(made.size(), 4); back < made.size();
             ++back) {
          if (shape(made[back]) == s) {
            other = made[back];
            break;
          }
        }
        out = net.layer("add", name, pick(2) == 0 ? std::vector{from, other} : std::vector{other, from});
        break;
      }
    }
    made.push_back(out);
  }
  return net.finish({net.dense("dense", made.back(), 3)});
}

/// One random case: the bytes of each input, uniform floats in −2…2.
inline std::vector<Bytes> random_case(const Module& module, std::uint64_t seed) {
  Random random(seed);
  std::vector<Bytes> inputs;
  for (const GraphInput& input : module.main().inputs) {
    const TensorType& type = module.main().tensor(input.tensor).type;
    Bytes bytes;
    for (std::int64_t i = 0; i < type.count(); ++i) {
      const auto value = static_cast<float>(random.uniform(-2, 2));
      const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
      if (type.dtype == DType::F32)
        bytes.insert(bytes.end(), first, first + sizeof value);
      else
        bytes.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
    }
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

}  // namespace mote::testing
