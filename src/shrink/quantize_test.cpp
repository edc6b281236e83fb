#include "shrink/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "shrink/range.h"
#include "sim/sim.h"
#include "support/network.h"

namespace mote {
namespace {
using testing::Network;
using testing::random_inputs;

Quantized quantized(const Module& module, const CalibrationInputs& inputs,
                    const QuantizeOptions& options = {}) {
  auto result = quantize(module, inputs, options);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *std::move(result) : Quantized{module, {}};
}

const Tensor& named(const Module& module, const std::string& name) {
  for (const Tensor& tensor : module.main().tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << "no tensor " << name;
  return module.main().tensors.front();
}

/// Convolutions, a residual, pools, dense and softmax: every kind of rule at once.
Module small_cnn(std::uint64_t seed) {
  Network net(seed);
  const std::vector<std::int64_t> two = {2, 2};
  const TensorId x = net.input("x", {1, 12, 10, 2});
  TensorId y = net.layer("relu", "relu1", {net.conv("conv1", x, 8, 3)});
  const TensorId skip = net.layer("max_pool2d", "pool1", {y}, {{"kernel", two}, {"stride", two}});
  y = net.layer("relu6", "relu2", {net.depthwise("depth1", skip, 3)});
  y = net.layer("add", "add1", {net.conv("conv2", y, 8, 1), skip});
  y = net.layer("average_pool2d", "pool2", {y}, {{"kernel", two}, {"stride", two}});
  y = net.layer("reshape", "flatten1", {y}, {{"shape", std::vector<std::int64_t>{1, 48}}});
  return net.finish({net.layer("softmax", "softmax1", {net.dense("dense1", y, 4)})});
}

std::vector<float> run(Sim& sim, const Module& module, const std::vector<float>& input) {
  const Graph& graph = module.main();
  const Bytes bytes = to_tensor_bytes(graph.tensor(graph.inputs[0].tensor), input);
  const std::span<const std::uint8_t> view = bytes;
  sim.invoke({&view, 1});
  return to_reals(graph.tensor(graph.outputs[0]), sim.output(0));
}

TEST(Quantize, SmallCnnAnswersAsItsFloatTwin) {
  for (const std::string method : {"minmax", "percentile", "mse"}) {
    const Module module = small_cnn(3);
    const Quantized q = quantized(module, random_inputs(module, 64, 11), {method, 99.99});
    EXPECT_TRUE(verify(q.module, Stage::Deployable));
    ASSERT_GE(q.layers.size(), 9u);
    for (const LayerSqnr& layer : q.layers) EXPECT_GT(layer.sqnr_db, 20) << method << " " << layer.layer;

    const auto unseen = random_inputs(module, 200, 12);
    auto float_sim = Sim::make(module);
    auto int8_sim = Sim::make(q.module);
    ASSERT_TRUE(float_sim && int8_sim);
    int same = 0;
    for (const std::vector<float>& sample : unseen[0]) {
      const auto a = run(*float_sim, module, sample), b = run(*int8_sim, q.module, sample);
      same += std::max_element(a.begin(), a.end()) - a.begin() ==
              std::max_element(b.begin(), b.end()) - b.begin();
    }
    EXPECT_GE(same, 190) << method;
  }
}

TEST(Quantize, SameInputsSameBytes) {
  const Module module = small_cnn(5);
  const auto inputs = random_inputs(module, 37, 6);
  const Quantized a = quantized(module, inputs, {"mse", 99.99}),
                  b = quantized(module, inputs, {"mse", 99.99});
  ASSERT_EQ(a.module.main().tensors.size(), b.module.main().tensors.size());
  for (std::size_t i = 0; i < a.module.main().tensors.size(); ++i) {
    const Tensor &s = a.module.main().tensors[i], &t = b.module.main().tensors[i];
    EXPECT_EQ(s.quant, t.quant) << s.name;
    EXPECT_EQ(s.is_constant() ? *s.constant : Bytes{}, t.is_constant() ? *t.constant : Bytes{}) << s.name;
  }
  for (std::size_t i = 0; i < a.layers.size(); ++i) EXPECT_EQ(a.layers[i].sqnr_db, b.layers[i].sqnr_db);
}

TEST(Quantize, OrderOfSamplesDoesNotMatterForScales) {
  const Module module = small_cnn(5);
  auto inputs = random_inputs(module, 37, 6);
  const Quantized a = quantized(module, inputs, {"percentile", 99.0});
  std::reverse(inputs[0].begin(), inputs[0].end());
  const Quantized b = quantized(module, inputs, {"percentile", 99.0});
  for (std::size_t i = 0; i < a.module.main().tensors.size(); ++i) {
    EXPECT_EQ(a.module.main().tensors[i].quant, b.module.main().tensors[i].quant);
  }
}

TEST(Quantize, WeightScalesAreTheLargestWeightOfEachChannel) {
  Network net;
  const TensorId x = net.input("x", {1, 1, 1, 2});
  const TensorId y = net.layer("conv2d", "conv1",
                               {x, net.constant("w", {3, 1, 1, 2}, {1.27f, -0.5f, 0, 0, 0.1f, -2.54f}),
                                net.constant("b", {3}, {0.5f, -1.0f, 0.0f})});
  const Module module = net.finish({y});
  const Quantized q = quantized(module, {{{1.0f, -0.5f}, {0.55f, 1.0f}}});
  const Tensor &w = named(q.module, "w"), &b = named(q.module, "b"), &in = named(q.module, "x");
  ASSERT_EQ(w.quant.scale.size(), 3u);
  EXPECT_EQ(w.quant.axis, 0);
  EXPECT_FLOAT_EQ(w.quant.scale[0], 0.01f);
  EXPECT_FLOAT_EQ(w.quant.scale[1], 0.02f);  // a dead channel takes the scale of the loudest
  EXPECT_FLOAT_EQ(w.quant.scale[2], 0.02f);
  const auto* weights = elements<std::int8_t>(w);
  EXPECT_EQ(std::vector<int>(weights, weights + 6), (std::vector<int>{127, -50, 0, 0, 5, -127}));
  EXPECT_FLOAT_EQ(in.quant.scale[0], 1.5f / 255);
  EXPECT_EQ(in.quant.zero_point[0], -43);  // −128 + 0.5 / scale
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(b.quant.scale[c], in.quant.scale[0] * w.quant.scale[c]);
  EXPECT_EQ(elements<std::int32_t>(b)[0], 8500);   // 0.5 / (1.5/255 · 0.01)
  EXPECT_EQ(elements<std::int32_t>(b)[1], -8500);  // 1 / (1.5/255 · 0.02)
}

TEST(Quantize, DepthwiseHasAScaleAChannelAndDenseOneScale) {
  const Module module = small_cnn(3);
  const Quantized q = quantized(module, random_inputs(module, 8, 1));
  EXPECT_EQ(named(q.module, "depth1.weights").quant.scale.size(), 8u);
  EXPECT_EQ(named(q.module, "depth1.weights").quant.axis, 3);
  EXPECT_EQ(named(q.module, "dense1.weights").quant.scale.size(), 1u);
}

TEST(Quantize, WeightsAndBiasErrByHalfAStepAtMost) {
  const Module module = small_cnn(9);
  const Quantized q = quantized(module, random_inputs(module, 8, 1));
  for (const std::string name : {"conv1", "conv2", "dense1"}) {
    const Tensor &f = named(module, name + ".weights"), &w = named(q.module, name + ".weights");
    const std::int64_t inner = f.type.count() / f.type.shape[0];
    for (std::int64_t i = 0; i < f.type.count(); ++i) {
      const float scale = w.quant.scale[w.quant.per_channel() ? static_cast<std::size_t>(i / inner) : 0];
      EXPECT_LE(std::abs(elements<float>(f)[i] - scale * elements<std::int8_t>(w)[i]), 0.5001f * scale);
    }
    const Tensor &bf = named(module, name + ".bias"), &bq = named(q.module, name + ".bias");
    for (std::int64_t i = 0; i < bf.type.count(); ++i) {
      const float scale = bq.quant.scale[bq.quant.scale.size() == 1 ? 0 : static_cast<std::size_t>(i)];
      EXPECT_NEAR(elements<float>(bf)[i], static_cast<double>(scale) * elements<std::int32_t>(bq)[i],
                  1e-6 + 0.51 * static_cast<double>(scale));
    }
  }
}

TEST(Quantize, TiedTensorsShareScaleAndZeroPoint) {
  const Module module = small_cnn(3);
  const Quantized q = quantized(module, random_inputs(module, 8, 1));
  EXPECT_EQ(named(q.module, "pool1").quant, named(q.module, "relu1").quant);
  EXPECT_EQ(named(q.module, "add1").quant, named(q.module, "pool2").quant);
  EXPECT_EQ(named(q.module, "pool2").quant, named(q.module, "flatten1").quant);
  EXPECT_EQ(named(q.module, "softmax1").quant, (Quant{{1.0f / 256}, {-128}, 0}));
}

TEST(Quantize, RangeBehindAFusedReluStartsAtZero) {
  Network net;
  const TensorId w = net.constant("w", {2, 2}, {1, -1, 2, 0.5f});
  const TensorId y = net.layer("fully_connected", "dense1", {net.input("x", {1, 2}), w},
                               {{"activation", std::string("relu")}});
  const Module module = net.finish({y});
  for (const std::string method : {"minmax", "percentile", "mse"}) {
    const Quantized q = quantized(module, {{{1, -1}, {-2, 3}, {0.5f, 0.25f}}}, {method, 99.99});
    EXPECT_EQ(named(q.module, "dense1").quant.zero_point[0], -128) << method;
  }
}

TEST(Quantize, HeadroomKeepsWhatExceedsCalibration) {
  Network net;
  const TensorId w = net.constant("w", {1, 1}, {1.0f});
  const Module module = net.finish({net.layer("fully_connected", "dense1", {net.input("x", {1, 1}), w})});
  const CalibrationInputs seen = {{{-1}, {3}}};
  const Quantized tight = quantized(module, seen, {}),
                  roomy = quantized(module, seen, {"minmax", 99.99, 0.25});
  const auto answer = [](const Quantized& q, float x) {
    auto sim = Sim::make(q.module);
    return run(*sim, q.module, {x})[0];
  };
  EXPECT_NEAR(answer(tight, 4), 3, 0.03);
  EXPECT_NEAR(answer(roomy, 4), 4, 0.03);
  EXPECT_NEAR(answer(roomy, -2), -2, 0.03);
  EXPECT_NEAR(named(roomy.module, "dense1").quant.scale[0], 6.0 / 255, 1e-4);

  const Quantized positive = quantized(module, {{{0}, {3}}}, {"minmax", 99.99, 1});
  EXPECT_EQ(named(positive.module, "dense1").quant.zero_point[0], -128) << "what never was negative stays so";
  for (const double wrong : {-0.1, 1.5, std::nan("")})
    EXPECT_FALSE(quantize(module, seen, {"minmax", 99.99, wrong}));
}

TEST(Quantize, HeadroomLeavesGivenScalesAlone) {
  Network net;
  const Module module = net.finish({net.layer("logistic", "sigmoid1", {net.input("x", {1, 2})})});
  const CalibrationInputs seen = {{{-9, 9}}};
  for (const double headroom : {0.0, 0.1, 1.0}) {
    const auto q = quantize(module, seen, {"minmax", 99.99, headroom});
    ASSERT_TRUE(q) << q.error().message;
    EXPECT_EQ(named(q->module, "sigmoid1").quant.scale[0], 1.0f / 256);
  }
}

TEST(Quantize, ConcatenationSpansAllItsInputs) {
  Network net;
  const TensorId x = net.input("x", {1, 2}), y = net.input("y", {1, 2});
  const Module module =
      net.finish({net.layer("concatenation", "concat1", {x, y}, {{"axis", std::int64_t{1}}})});
  const Quantized q = quantized(module, {{{-1, 0}}, {{0.5, 3}}});
  const Quant& all = named(q.module, "concat1").quant;
  EXPECT_FLOAT_EQ(all.scale[0], 4.0f / 255);
  EXPECT_EQ(named(q.module, "x").quant, all);
  EXPECT_EQ(named(q.module, "y").quant, all);
}

TEST(Quantize, ConcatenationOfSoftmaxWithOtherRangesIsAnErrorThatNamesTheLayer) {
  Network net;
  const TensorId x = net.input("x", {1, 2});
  const TensorId p = net.layer("softmax", "softmax1", {x});
  const Module module =
      net.finish({net.layer("concatenation", "concat1", {x, p}, {{"axis", std::int64_t{1}}})});
  const auto q = quantize(module, {{{-5, 7}}}, {});
  ASSERT_FALSE(q);
  EXPECT_NE(q.error().message.find("'softmax1'"), std::string::npos);
}

TEST(Quantize, BiasSharedByTwoLayersGetsAScaleEach) {
  Network net;
  const TensorId b = net.constant("b", {2}, {0.3f, -0.2f});
  const TensorId first = net.layer("fully_connected", "one",
                                   {net.input("x", {1, 2}), net.constant("w", {2, 2}, {1, 2, 3, 4}), b});
  const TensorId second =
      net.layer("fully_connected", "two", {first, net.constant("v", {2, 2}, {9, 8, 7, 6}), b});
  const Module module = net.finish({second});
  const Quantized q = quantized(module, {{{1, -1}, {0, 2}}});
  const Graph& graph = q.module.main();
  EXPECT_NE(graph.nodes[0].inputs[2], graph.nodes[1].inputs[2]);
  EXPECT_GT(q.layers.back().sqnr_db, 30);
}

TEST(Quantize, BiasFarLargerThanWeightsWidensTheWeightScaleInsteadOfClipping) {
  Network net;
  const TensorId y = net.layer(
      "fully_connected", "dense1",
      {net.input("x", {1, 1}), net.constant("w", {1, 1}, {1e-7f}), net.constant("b", {1}, {100.0f})});
  const Module module = net.finish({y});
  const Quantized q = quantized(module, {{{1.0f}}});
  const Tensor& b = named(q.module, "b");
  EXPECT_LE(std::abs(elements<std::int32_t>(b)[0]), (1 << 30) + 128);
  EXPECT_NEAR(static_cast<double>(b.quant.scale[0]) * elements<std::int32_t>(b)[0], 100.0, 1e-4);
  EXPECT_GT(q.layers[0].sqnr_db, 40);
}

TEST(Quantize, InputThatNeverMovesStillGetsAScale) {
  for (const float value : {0.0f, 5.0f, -3.0f, 1e-30f}) {
    Network net;
    const Module module = net.finish({net.dense("dense1", net.input("x", {1, 4}), 2)});
    const Quantized q = quantized(module, {{std::vector<float>(4, value), std::vector<float>(4, value)}});
    EXPECT_GT(named(q.module, "x").quant.scale[0], 1e-6f) << value;
  }
}

TEST(Quantize, LayerThatOverflowsIsNamed) {
  Network net;
  const TensorId big =
      net.layer("fully_connected", "dense7", {net.input("x", {1, 1}), net.constant("w", {1, 1}, {3e38f})});
  const Module module = net.finish({net.dense("dense8", big, 1)});
  const auto q = quantize(module, {{{1.0f}, {20.0f}}}, {});
  ASSERT_FALSE(q);
  EXPECT_NE(q.error().message.find("'dense7'"), std::string::npos) << q.error().message;
  EXPECT_NE(q.error().message.find("sample 1"), std::string::npos) << q.error().message;
}

TEST(Quantize, BadCalibrationDataIsRefused) {
  Network net;
  const Module module = net.finish({net.dense("dense1", net.input("x", {1, 4}), 2)});
  EXPECT_FALSE(quantize(module, {}, {}));
  EXPECT_FALSE(quantize(module, {{}}, {}));
  EXPECT_FALSE(quantize(module, {{{1, 2, 3}}}, {}));
  EXPECT_FALSE(quantize(module, {{{1, 2, 3, NAN}}}, {}));
  EXPECT_FALSE(quantize(module, {{{1, 2, 3, 4}}}, {"median", 99}));
  EXPECT_FALSE(quantize(module, {{{1, 2, 3, 4}}}, {"percentile", 0}));
}

TEST(Quantize, QuantizedModuleIsNotQuantizedAgain) {
  Network net;
  const Module module = net.finish({net.dense("dense1", net.input("x", {1, 4}), 2)});
  const Quantized once = quantized(module, {{{1, 2, 3, 4}}});
  const auto twice = quantize(once.module, {{{1, 2, 3, 4}}}, {});
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("int8 already"), std::string::npos) << twice.error().message;
}

}  // namespace
}  // namespace mote
