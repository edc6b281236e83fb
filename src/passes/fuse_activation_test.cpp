#include <gtest/gtest.h>

#include "passes/passes.h"
#include "support/network.h"

namespace mote {
namespace {
using testing::Network;

std::string fused(Module module) {
  EXPECT_TRUE(fuse_activation(module));
  EXPECT_TRUE(remove_unused(module));
  const auto right = verify(module, Stage::Imported);
  EXPECT_TRUE(right) << (right ? "" : right.error().message);
  return to_text(module);
}

TEST(FuseActivation, ReluAndRelu6GoIntoTheirLayers) {
  Network net;
  const TensorId x = net.input("x", {1, 4, 4, 3});
  const TensorId a = net.layer("relu", "relu1", {net.conv("conv1", x, 3, 3)});
  const TensorId b = net.layer("relu6", "relu2", {net.layer("add", "add1", {a, x})});
  EXPECT_EQ(
      fused(net.finish({b})),
      "input x f32[1,4,4,3]\n"
      "conv1 = conv2d(x, weights=f32[3,3,3,3], bias=f32[3]) activation=relu padding=same → f32[1,4,4,3]\n"
      "relu2 = add(conv1, x) activation=relu6 → f32[1,4,4,3]\n"
      "output relu2\n");
}

TEST(FuseActivation, LeavesALayerWithAnotherReaderAlone) {
  Network net;
  const TensorId y = net.dense("dense1", net.input("x", {1, 4}), 4);
  const TensorId z = net.layer("relu", "relu1", {y});
  const Module module = net.finish({net.layer("add", "add1", {y, z})});
  EXPECT_EQ(fused(module), to_text(module));
}

TEST(FuseActivation, LeavesAModelOutputAlone) {
  Network net;
  const TensorId y = net.dense("dense1", net.input("x", {1, 4}), 4);
  const Module module = net.finish({y, net.layer("relu", "relu1", {y})});
  EXPECT_EQ(fused(module), to_text(module));
}

TEST(FuseActivation, LeavesASecondActivationAndModelInputsAlone) {
  Network net;
  const TensorId first = net.layer("relu", "relu1", {net.input("x", {1, 4})});
  const TensorId y =
      net.layer("relu6", "relu3", {net.layer("relu", "relu2", {net.dense("dense1", first, 4)})});
  EXPECT_EQ(fused(net.finish({y})),
            "input x f32[1,4]\n"
            "relu1 = relu(x) → f32[1,4]\n"
            "dense1 = fully_connected(relu1, weights=f32[4,4], bias=f32[4]) activation=relu → f32[1,4]\n"
            "relu3 = relu6(dense1) → f32[1,4]\n"
            "output relu3\n");
}

}  // namespace
}  // namespace mote
