// Passes change the graph, never its answers; and a canonical network in int8 decides as it did in float.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "eval/evaluate.h"
#include "passes/pipeline.h"
#include "shrink/quantize.h"
#include "support/network.h"
#include "train/train.h"

namespace mote {
namespace {
using testing::Network;
using testing::random_inputs;

/// What importers and training leave behind: batch norm in every place it can stand, dropout, reshapes, dead layers.
Module training_network(std::uint64_t seed) {
  Network net(seed);
  const std::vector<std::int64_t> two = {2, 2};
  const TensorId x = net.input("x", {1, 12, 10, 2});
  net.conv("dead1", x, 2, 3);
  TensorId y = net.batch_norm("bn0", x);
  y = net.layer("relu", "relu1", {net.batch_norm("bn1", net.conv("conv1", y, 8, 3, false))});
  const TensorId skip = net.layer("max_pool2d", "pool1", {y}, {{"kernel", two}, {"stride", two}});
  y = net.layer("relu6", "relu2", {net.batch_norm("bn2", net.depthwise("depth1", skip, 3))});
  y = net.layer("dropout", "drop1", {net.batch_norm("bn3", y)});
  y = net.layer("relu", "relu3", {net.layer("add", "add1", {net.conv("conv2", y, 8, 1), skip})});
  y = net.layer("average_pool2d", "pool2", {y}, {{"kernel", two}, {"stride", two}});
  y = net.layer("reshape", "flatten1", {y}, {{"shape", std::vector<std::int64_t>{1, 48}}});
  y = net.layer("reshape", "flatten2", {y}, {{"shape", std::vector<std::int64_t>{1, -1}}});
  y = net.batch_norm("bn4", net.layer("relu", "relu4", {net.dense("dense1", y, 16)}));
  y = net.batch_norm("bn5", net.dense("dense2", y, 4, false));
  return net.finish({net.layer("softmax", "softmax1", {y})});
}

std::vector<float> answers(const Module& module, const std::vector<std::vector<float>>& samples) {
  std::vector<float> batch;
  for (const std::vector<float>& sample : samples) batch.insert(batch.end(), sample.begin(), sample.end());
  const std::span<const float> input = batch;
  return forward(module, {&input, 1}, static_cast<int>(samples.size()));
}

Dataset as_dataset(const std::vector<std::vector<float>>& samples) {
  Dataset data;
  data.name = "random";
  data.labels = {"a", "b", "c", "d"};
  DataInput in;
  in.name = "x";
  in.shape = {12, 10, 2};
  for (const std::vector<float>& sample : samples) in.values.append(sample);
  data.inputs.push_back(in);
  data.target.assign(samples.size(), 0);
  return data;
}

TEST(CanonicalPipeline, EachPassKeepsTheAnswers) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Module module = training_network(seed);
    const auto samples = random_inputs(module, 20, seed)[0];
    const std::vector<float> before = answers(module, samples);
    for (const Pass& pass : canonical_pipeline()) {
      ASSERT_TRUE(pass.run(module)) << pass.name;
      const std::vector<float> after = answers(module, samples);
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_NEAR(after[i], before[i], 1e-4f * std::max(1e-2f, std::abs(before[i])))
            << pass.name << " seed " << seed;
      }
    }
  }
}

TEST(CanonicalPipeline, WhatTheDeviceKernelsComputeIsWhatTrainingComputed) {
  const Module module = training_network(7);
  const auto samples = random_inputs(module, 20, 7)[0];
  const auto canonical = canonicalize(module);
  ASSERT_TRUE(canonical) << canonical.error().message;
  std::vector<std::size_t> all(samples.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const auto p = evaluate(*canonical, as_dataset(samples), all);
  ASSERT_TRUE(p) << p.error().message;
  const std::vector<float> before = answers(module, samples);
  ASSERT_EQ(p->scores.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(p->scores[i], before[i], 1e-4f);
}

TEST(CanonicalPipeline, QuantizedNetworkDecidesAsItsFloatTwin) {
  const auto canonical = canonicalize(training_network(3));
  ASSERT_TRUE(canonical) << canonical.error().message;
  const auto q = quantize(*canonical, random_inputs(*canonical, 64, 1), {});
  ASSERT_TRUE(q) << q.error().message;
  for (const LayerSqnr& layer : q->layers) EXPECT_GT(layer.sqnr_db, 20) << layer.layer;

  const Dataset data = as_dataset(random_inputs(*canonical, 300, 2)[0]);
  std::vector<std::size_t> all(data.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const auto a = evaluate(*canonical, data, all), b = evaluate(q->module, data, all),
             again = evaluate(q->module, data, all);
  ASSERT_TRUE(a && b && again);
  int same = 0;
  for (std::size_t i = 0; i < all.size(); ++i) same += a->predicted[i] == b->predicted[i];
  EXPECT_GE(same, 285);
  EXPECT_GT(std::set<std::int32_t>(a->predicted.begin(), a->predicted.end()).size(), 1u);
  EXPECT_EQ(b->raw, again->raw);
  EXPECT_EQ(b->raw[0].size(), all.size() * 4);
}

}  // namespace
}  // namespace mote
