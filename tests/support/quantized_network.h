// An int8 network for tests: drawn from a seed, calibrated on random inputs, ready to be planned.
#pragma once

#include "passes/pipeline.h"
#include "shrink/quantize.h"
#include "support/network.h"

namespace mote::testing {

/// conv → depthwise → two convs added → pool → concatenation → dense → softmax, over an image of 9×7×3.
inline Module small_cnn(std::uint64_t seed) {
  Network net(seed);
  const std::vector<std::int64_t> two = {2, 2};
  const TensorId x = net.input("x", {1, 9, 7, 3});
  const TensorId a = net.layer("relu", "relu1", {net.conv("conv1", x, 6, 3)});
  const TensorId b = net.layer("relu6", "relu2", {net.depthwise("depthwise1", a, 3)});
  const TensorId c = net.layer("add", "add1", {net.conv("conv2", b, 6, 1), a});
  const TensorId d = net.layer("max_pool2d", "pool1", {c}, {{"kernel", two}, {"stride", two}});
  const TensorId e = net.layer("average_pool2d", "pool2", {c}, {{"kernel", two}, {"stride", two}});
  const TensorId f = net.layer("concatenation", "both", {d, e}, {{"axis", std::int64_t{3}}});
  const TensorId g = net.layer("relu", "relu3", {net.dense("dense1", f, 10)});
  return net.finish({net.layer("softmax", "softmax1", {net.dense("dense2", g, 5)})});
}

/// `module` after the canonical passes.
inline Module canonical(Module module) {
  auto done = canonicalize(std::move(module));
  EXPECT_TRUE(done) << done.error().message;
  return std::move(*done);
}

/// The int8 twin of a canonical float module.
inline Module quantized(const Module& module, std::uint64_t seed) {
  auto done = quantize(module, random_inputs(module, 64, seed), {});
  EXPECT_TRUE(done) << done.error().message;
  return std::move(done->module);
}

}  // namespace mote::testing
