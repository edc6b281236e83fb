#include <gtest/gtest.h>

#include "passes/passes.h"
#include "support/network.h"

namespace mote {
namespace {
using testing::Network;

std::string folded(Module module) {
  const auto done = fold_batch_norm(module);
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  EXPECT_TRUE(remove_unused(module));
  const auto right = verify(module, Stage::Imported);
  EXPECT_TRUE(right) << (right ? "" : right.error().message);
  return to_text(module);
}

TEST(FoldBatchNorm, GivesDenseWithoutBiasABias) {
  Network net;
  const TensorId y = net.dense("dense1", net.input("x", {1, 4}), 2, false);
  EXPECT_EQ(folded(net.finish({net.batch_norm("bn1", y)})),
            "input x f32[1,4]\n"
            "bn1 = fully_connected(x, weights=f32[2,4], bias=f32[2]) → f32[1,2]\n"
            "output bn1\n");
}

TEST(FoldBatchNorm, FoldedLayerKeepsItsNameInsideTheModel) {
  Network net;
  TensorId y = net.conv("conv1", net.input("x", {1, 4, 4, 2}), 3, 3);
  y = net.depthwise("depth1", net.batch_norm("bn1", y), 3, false);
  y = net.layer("relu", "relu1", {net.batch_norm("bn2", y)});
  EXPECT_EQ(
      folded(net.finish({y})),
      "input x f32[1,4,4,2]\n"
      "conv1 = conv2d(x, weights=f32[3,3,3,2], bias=f32[3]) padding=same → f32[1,4,4,3]\n"
      "depth1 = depthwise_conv2d(conv1, weights=f32[1,3,3,3], bias=f32[3]) padding=same → f32[1,4,4,3]\n"
      "relu1 = relu(depth1) → f32[1,4,4,3]\n"
      "output relu1\n");
}

TEST(FoldBatchNorm, LeavesGraphWithoutBatchNormUntouched) {
  Network net;
  const Module module = net.finish({net.conv("conv1", net.input("x", {1, 4, 4, 2}), 3, 3)});
  EXPECT_EQ(folded(module), to_text(module));
}

TEST(FoldBatchNorm, BecomesDepthwiseBehindAnActivation) {
  Network net;
  const TensorId y = net.layer("relu", "relu1", {net.conv("conv1", net.input("x", {1, 4, 4, 2}), 3, 1)});
  EXPECT_EQ(
      folded(net.finish({net.batch_norm("bn1", y)})),
      "input x f32[1,4,4,2]\n"
      "conv1 = conv2d(x, weights=f32[3,1,1,2], bias=f32[3]) padding=same → f32[1,4,4,3]\n"
      "relu1 = relu(conv1) → f32[1,4,4,3]\n"
      "bn1 = depthwise_conv2d(relu1, weights=f32[1,1,1,3], bias=f32[3]) depth_multiplier=1 padding=valid "
      "stride=[1,1] → f32[1,4,4,3]\n"
      "output bn1\n");
}

TEST(FoldBatchNorm, BecomesDepthwiseWhenTheLayerBeforeHasAnotherReader) {
  Network net;
  const TensorId y = net.conv("conv1", net.input("x", {1, 4, 4, 2}), 3, 1);
  const std::string text = folded(net.finish({net.batch_norm("bn1", y), y}));
  EXPECT_NE(text.find("bn1 = depthwise_conv2d(conv1,"), std::string::npos) << text;
}

TEST(FoldBatchNorm, FeaturesAreReshapedAroundTheDepthwise) {
  Network net;
  EXPECT_EQ(folded(net.finish({net.batch_norm("bn1", net.input("x", {1, 5}))})),
            "input x f32[1,5]\n"
            "bn1.in = reshape(x) shape=[1,1,1,5] → f32[1,1,1,5]\n"
            "bn1.out = depthwise_conv2d(bn1.in, weights=f32[1,1,1,5], bias=f32[5]) depth_multiplier=1 "
            "padding=valid "
            "stride=[1,1] → f32[1,1,1,5]\n"
            "bn1 = reshape(bn1.out) shape=[1,5] → f32[1,5]\n"
            "output bn1\n");
}

TEST(FoldBatchNorm, FoldsByTheTextbook) {
  Network net;
  const TensorId x = net.input("x", {1, 1});
  const TensorId y =
      net.layer("fully_connected", "dense1",
                {x, net.constant("w", {2, 1}, {3.0f, -1.0f}), net.constant("b", {2}, {1.0f, 0.0f})});
  Module module =
      net.finish({net.layer("batch_norm", "bn1",
                            {y, net.constant("g", {2}, {2.0f, 1.0f}), net.constant("beta", {2}, {5.0f, 0.5f}),
                             net.constant("m", {2}, {-1.0f, 4.0f}), net.constant("v", {2}, {3.0f, 0.0f})},
                            {{"epsilon", 1.0}})});
  ASSERT_TRUE(fold_batch_norm(module));
  const Node& dense = module.main().nodes.front();
  const float* w = elements<float>(module.main().tensor(dense.inputs[1]));
  const float* b = elements<float>(module.main().tensor(dense.inputs[2]));
  EXPECT_EQ(w[0], 3.0f);  // 2 / √(3 + 1) = 1
  EXPECT_EQ(b[0], 7.0f);  // (1 + 1) · 1 + 5
  EXPECT_EQ(w[1], -1.0f);
  EXPECT_EQ(b[1], -3.5f);  // (0 − 4) · 1 + 0.5
}

TEST(FoldBatchNorm, SharedWeightsStayAsTheyWereForTheOtherReader) {
  Network net;
  const TensorId x = net.input("x", {1, 2});
  const TensorId w = net.constant("w", {2, 2}, {1, 2, 3, 4});
  const TensorId plain = net.layer("fully_connected", "plain", {x, w});
  const TensorId normed = net.batch_norm("bn1", net.layer("fully_connected", "normed", {x, w}));
  Module module = net.finish({plain, normed});
  ASSERT_TRUE(fold_batch_norm(module));
  const Graph& graph = module.main();
  EXPECT_EQ(elements<float>(graph.tensor(graph.nodes[0].inputs[1]))[3], 4.0f);
  EXPECT_NE(graph.nodes[0].inputs[1], graph.nodes[1].inputs[1]);
}

TEST(FoldBatchNorm, NamesTheLayerWhoseVarianceIsNegative) {
  Network net;
  const TensorId x = net.input("x", {1, 1});
  Module module = net.finish({net.layer("batch_norm", "bn7",
                                        {x, net.constant("g", {1}, {1.0f}), net.constant("b", {1}, {0.0f}),
                                         net.constant("m", {1}, {0.0f}), net.constant("v", {1}, {-2.0f})})});
  const auto done = fold_batch_norm(module);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("'bn7'"), std::string::npos);
}

}  // namespace
}  // namespace mote
