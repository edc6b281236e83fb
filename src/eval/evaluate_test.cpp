#include "eval/evaluate.h"

#include <gtest/gtest.h>

#include <cstring>

#include "support/network.h"

namespace mote {
namespace {
using testing::Network;

/// y = W·x with x of two values; three scores.
Module linear() {
  Network net;
  const TensorId w = net.constant("w", {3, 2}, {1, 0, 0, 1, 1, 0});
  return net.finish({net.layer("fully_connected", "dense1", {net.input("x", {1, 2}), w})});
}

Dataset samples(int n) {
  Dataset data;
  data.name = "points";
  data.labels = {"a", "b", "c"};
  DataInput in;
  in.name = "x";
  in.shape = {2};
  for (int i = 0; i < n; ++i) {
    in.values.push_back(static_cast<float>(i % 7));
    in.values.push_back(static_cast<float>(i % 5));
    data.target.push_back(i % 3);
    data.split.push_back(Split::Test);
  }
  data.inputs.push_back(in);
  return data;
}

TEST(Evaluate, ScoresDecisionsAndBytesBySample) {
  const Dataset data = samples(50);
  const std::vector<std::size_t> asked = {9, 1, 33};
  const auto p = evaluate(linear(), data, asked);
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_EQ(p->samples, asked);
  EXPECT_EQ(p->target, (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(p->scores, (std::vector<float>{2, 4, 2, 1, 1, 1, 5, 3, 5}));
  EXPECT_EQ(p->predicted, (std::vector<std::int32_t>{1, 0, 0}));  // equal scores: the lowest index
  EXPECT_EQ(p->column(1), (std::vector<float>{4, 1, 3}));
  ASSERT_EQ(p->raw.size(), 1u);
  ASSERT_EQ(p->raw[0].size(), 9 * sizeof(float));
  EXPECT_EQ(std::memcmp(p->raw[0].data(), p->scores.data(), p->raw[0].size()), 0);
}

TEST(Evaluate, OneScoreIsBinary) {
  Network net;
  const TensorId w = net.constant("w", {1, 2}, {0.1f, 0});
  const Module module = net.finish({net.layer("fully_connected", "dense1", {net.input("x", {1, 2}), w})});
  const std::vector<std::size_t> asked = {4, 5, 6};
  const auto p = evaluate(module, samples(7), asked);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->predicted, (std::vector<std::int32_t>{0, 1, 1}));
}

TEST(Evaluate, NothingAskedNothingAnswered) {
  const auto p = evaluate(linear(), samples(3), {});
  ASSERT_TRUE(p);
  EXPECT_TRUE(p->predicted.empty());
}

TEST(Evaluate, SaysWhatDoesNotFit) {
  const std::vector<std::size_t> first = {0}, beyond = {3};
  EXPECT_FALSE(evaluate(linear(), samples(3), beyond));
  Dataset other = samples(3);
  other.inputs[0].shape = {3};
  const auto p = evaluate(linear(), other, first);
  ASSERT_FALSE(p);
  EXPECT_NE(p.error().message.find("'x'"), std::string::npos);
  other.inputs.clear();
  EXPECT_FALSE(evaluate(linear(), other, first));
}

}  // namespace
}  // namespace mote
