#include <gtest/gtest.h>

#include "passes/passes.h"
#include "support/network.h"

namespace mote {
namespace {
using testing::Network;

TEST(DenseAsConv2d, NeighboursShareTheirMapAndOutputsKeepTheirNames) {
  Network net;
  const TensorId x = net.input("x", {1, 5});
  const TensorId y =
      net.layer("softmax", "probabilities", {net.dense("dense2", net.dense("dense1", x, 4), 3)});
  Module module = net.finish({y});
  ASSERT_TRUE(fuse_activation(module));
  ASSERT_TRUE(dense_as_conv2d(module));
  const auto right = verify(module, Stage::Canonical);
  ASSERT_TRUE(right) << right.error().message;
  EXPECT_EQ(to_text(module),
            "input x f32[1,5]\n"
            "dense1_in = reshape(x) shape=[1,1,1,5] → f32[1,1,1,5]\n"
            "dense1 = conv2d(dense1_in, weights=f32[4,1,1,5], bias=f32[4]) activation=none padding=valid "
            "→ f32[1,1,1,4]\n"
            "dense2 = conv2d(dense1, weights=f32[3,1,1,4], bias=f32[3]) activation=none "
            "padding=valid → f32[1,1,1,3]\n"
            "dense2_out = reshape(dense2) shape=[1,3] → f32[1,3]\n"
            "probabilities = softmax(dense2_out) → f32[1,3]\n"
            "output probabilities\n");
}

TEST(DenseAsConv2d, LeavesANetworkWithoutDenseLayersUntouched) {
  Network net;
  Module module = net.finish({net.conv("conv1", net.input("x", {1, 4, 4, 3}), 2, 3)});
  const std::string before = to_text(module);
  ASSERT_TRUE(dense_as_conv2d(module));
  EXPECT_EQ(to_text(module), before);
}

}  // namespace
}  // namespace mote
