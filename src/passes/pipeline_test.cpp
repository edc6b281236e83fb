#include <gtest/gtest.h>

#include "passes/passes.h"
#include "support/network.h"

namespace mote {
namespace {
using testing::Network;

TEST(RemoveDropout, NeighboursMeet) {
  Network net;
  TensorId y = net.layer("dropout", "drop1", {net.dense("dense1", net.input("x", {1, 4}), 4)});
  y = net.layer("dropout", "drop2", {net.layer("softmax", "softmax1", {y})});
  Module module = net.finish({y});
  ASSERT_TRUE(remove_dropout(module));
  EXPECT_EQ(to_text(module),
            "input x f32[1,4]\n"
            "dense1 = fully_connected(x, weights=f32[4,4], bias=f32[4]) → f32[1,4]\n"
            "softmax1 = softmax(dense1) → f32[1,4]\n"
            "output softmax1\n");
}

TEST(RemoveDropout, AnInputNeverBecomesAnOutput) {
  Network net;
  Module module = net.finish({net.layer("dropout", "drop1", {net.input("x", {1, 4})})});
  const std::string before = to_text(module);
  ASSERT_TRUE(remove_dropout(module));
  EXPECT_EQ(to_text(module), before);
}

TEST(RemoveNoopReshape, OnlyThoseThatChangeNothing) {
  Network net;
  TensorId y =
      net.layer("reshape", "same", {net.input("x", {1, 6})}, {{"shape", std::vector<std::int64_t>{1, 6}}});
  y = net.layer("reshape", "other", {y}, {{"shape", std::vector<std::int64_t>{1, 2, 1, 3}}});
  Module module = net.finish({y});
  ASSERT_TRUE(remove_noop_reshape(module));
  EXPECT_EQ(to_text(module),
            "input x f32[1,6]\n"
            "other = reshape(x) shape=[1,2,1,3] → f32[1,2,1,3]\n"
            "output other\n");
}

TEST(RemoveUnused, DropsChainsThatNobodyReadsAndKeepsInputs) {
  Network net;
  const TensorId x = net.input("x", {1, 4});
  net.input("unread", {1, 2});
  net.dense("dead2", net.dense("dead1", x, 3), 2);
  Module module = net.finish({net.dense("dense1", x, 2)});
  ASSERT_TRUE(remove_unused(module));
  EXPECT_EQ(to_text(module),
            "input x f32[1,4]\n"
            "input unread f32[1,2]\n"
            "dense1 = fully_connected(x, weights=f32[2,4], bias=f32[2]) → f32[1,2]\n"
            "output dense1\n");
  EXPECT_EQ(module.main().tensors.size(), 5u);
  EXPECT_TRUE(verify(module, Stage::Imported));
}

TEST(Canonicalize, TrainingNetworkBecomesWhatADeviceRuns) {
  Network net;
  TensorId y = net.batch_norm("bn1", net.conv("conv1", net.input("x", {1, 8, 1, 2}), 4, 3, false));
  y = net.layer("dropout", "drop1", {net.layer("relu", "relu1", {y})});
  y = net.layer("reshape", "flatten1", {y}, {{"shape", std::vector<std::int64_t>{1, 32}}});
  y = net.layer("softmax", "softmax1", {net.dense("dense1", y, 3)});
  const auto canonical = canonicalize(net.finish({y}));
  ASSERT_TRUE(canonical) << canonical.error().message;
  EXPECT_EQ(
      to_text(*canonical),
      "input x f32[1,8,1,2]\n"
      "conv1 = conv2d(x, weights=f32[4,3,3,2], bias=f32[4]) activation=relu padding=same → f32[1,8,1,4]\n"
      "flatten1 = reshape(conv1) shape=[1,32] → f32[1,32]\n"
      "dense1 = fully_connected(flatten1, weights=f32[3,32], bias=f32[3]) → f32[1,3]\n"
      "softmax1 = softmax(dense1) → f32[1,3]\n"
      "output softmax1\n");
}

TEST(Canonicalize, TwiceIsOnce) {
  Network net;
  TensorId y = net.batch_norm("bn1", net.input("x", {1, 6}));
  const auto once = canonicalize(net.finish({net.layer("relu", "relu1", {y})}));
  ASSERT_TRUE(once);
  const auto twice = canonicalize(*once);
  ASSERT_TRUE(twice);
  EXPECT_EQ(to_text(*twice), to_text(*once));
}

}  // namespace
}  // namespace mote
