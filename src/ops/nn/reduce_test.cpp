// Reductions as ops: shapes, TFLM's integer arithmetic from its definition, file round trip, refusals.
#include "ops/nn/reduce.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

using nn::mean_requant;
using nn::Requant;
using List = std::vector<std::int64_t>;

Attributes axes(List list, std::int64_t keep = 0) { return {{"axes", std::move(list)}, {"keep_dims", keep}}; }

OneNode s16_node(const char* op, Attributes attributes, Shape shape, float in_scale, float out_scale) {
  OneNode layer(op, std::move(attributes));
  layer.input(DType::S16, std::move(shape));
  layer.graph.tensor(layer.node.inputs[0]).quant = {{in_scale}, {0}, 0};
  layer.finish();
  layer.graph.tensor(layer.node.outputs[0]).quant = {{out_scale}, {0}, 0};
  return layer;
}

template <class T>
std::vector<T> values_of(const Bytes& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(Reduce, ShapesKeepOrLoseTheirAxes) {
  const auto shape = [](Attributes attributes, Shape in) {
    return OneNode("sum", std::move(attributes)).input(DType::F32, std::move(in)).infer().value()[0].shape;
  };
  EXPECT_EQ(shape(axes({1, 2}), {1, 3, 4, 5}), (Shape{1, 5}));
  EXPECT_EQ(shape(axes({-1, 2, 2}, 1), {1, 3, 4, 5}), (Shape{1, 3, 1, 1}));
  EXPECT_EQ(shape(axes({0, 1, 2}), {2, 3, 4}), Shape{});
  EXPECT_EQ(shape(axes({}), {2, 3}), (Shape{2, 3}));
  EXPECT_EQ(shape(axes({0}), {}), Shape{});
}

/// Σ over the axes in row-major order of the outputs, by counting indices.
std::vector<double> sums_of(const std::vector<float>& x, const Shape& shape,
                            const std::vector<bool>& reduced) {
  std::size_t outputs = 1;
  for (std::size_t d = 0; d < shape.size(); ++d)
    outputs *= reduced[d] ? 1 : static_cast<std::size_t>(shape[d]);
  std::vector<double> sums(outputs, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::size_t rest = i, out = 0, stride = 1;
    for (std::size_t d = shape.size(); d-- > 0;) {
      const auto extent = static_cast<std::size_t>(shape[d]);
      if (!reduced[d]) out += rest % extent * stride, stride *= extent;
      rest /= extent;
    }
    sums[out] += static_cast<double>(x[i]);
  }
  return sums;
}

TEST(Reduce, EveryMixtureOfAxesUpToRankSix) {
  Random random(1);
  const Shape extents = {2, 3, 1, 2, 3, 2};
  for (std::size_t rank = 1; rank <= 6; ++rank) {
    const Shape shape(extents.begin(), extents.begin() + static_cast<std::ptrdiff_t>(rank));
    for (std::size_t mask = 0; mask < (std::size_t{1} << rank); ++mask) {
      List list;
      std::vector<bool> reduced(rank);
      for (std::size_t d = 0; d < rank; ++d) {
        reduced[d] = ((mask >> d) & 1) != 0;
        if (reduced[d]) list.push_back(static_cast<std::int64_t>(d));
      }
      const OneNode layer = OneNode("sum", axes(list)).input(DType::F32, shape).finish();
      const auto inputs = random_inputs(layer.ref(), random);
      const auto expected = sums_of(floats(inputs.begin()->second), shape, reduced);
      const auto y = floats(run(layer.ref(), inputs));
      ASSERT_EQ(y.size(), expected.size());
      for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-4) << rank << " " << mask;
    }
  }
}

TEST(Mean, FloatIsTheAverage) {
  const OneNode layer = OneNode("mean", axes({1, 2}, 1)).input(DType::F32, {1, 3, 5, 4}).finish();
  Random random(2);
  const auto inputs = random_inputs(layer.ref(), random);
  const auto x = floats(inputs.begin()->second), y = floats(run(layer.ref(), inputs));
  for (std::size_t c = 0; c < 4; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < 15; ++i) sum += static_cast<double>(x[i * 4 + c]);
    EXPECT_NEAR(y[c], sum / 15, 1e-6);
  }
}

TEST(Mean, BetweenEqualScalesIsTheNearestValueTiesAwayFromTheZeroPoint) {
  const OneNode layer = OneNode("mean", axes({1})).input(DType::S8, {2, 4}, 0.5f, -3).finish(0.5f, -3);
  const Bytes x = {5, 6, 6, 6, 0xFB, 0xFA, 0xFA, 0xFA};  // 5.75 and -5.75
  EXPECT_EQ(run(layer.ref(), {{layer.node.inputs[0], x}}), (Bytes{6, 0xFA}));
}

TEST(Mean, Int8BetweenScalesIsTheNearestValue) {
  Random random(3);
  for (int i = 0; i < 50; ++i) {
    const float in = 0.01f * static_cast<float>(random.between(1, 50));
    const float out = 0.01f * static_cast<float>(random.between(1, 50));
    const auto zero_in = static_cast<std::int32_t>(random.between(-128, 127));
    const auto zero_out = static_cast<std::int32_t>(random.between(-128, 127));
    const auto n = static_cast<std::int32_t>(random.between(1, 300));
    const OneNode layer =
        OneNode("mean", axes({0})).input(DType::S8, {n, 2}, in, zero_in).finish(out, zero_out);
    const auto inputs = random_inputs(layer.ref(), random);
    const auto x = values_of<std::int8_t>(inputs.begin()->second),
               y = values_of<std::int8_t>(run(layer.ref(), inputs));
    for (std::size_t c = 0; c < 2; ++c) {
      double sum = 0;
      for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) sum += x[2 * k + c] - zero_in;
      const double real = static_cast<double>(in) * sum / n / static_cast<double>(out) + zero_out;
      EXPECT_NEAR(y[c], std::clamp(real, -128.0, 127.0), 0.76) << "n " << n;
    }
  }
}

TEST(Mean, MultiplierDividesAsFarAs32BitsReach) {
  const Requant requant{1 << 30, 3};
  EXPECT_EQ(mean_requant(requant, 1), requant);
  EXPECT_EQ(mean_requant(requant, 4), (Requant{1 << 30, 1}));
  EXPECT_EQ(mean_requant(requant, 3), (Requant{715827882, 2}));  // 2^31 / 3, rounded down
  EXPECT_EQ(mean_requant({1 << 30, -31}, 8), (Requant{1 << 27, -31}));
}

TEST(Sum, Int16ScalesAndSaturates) {
  const OneNode layer = s16_node("sum", axes({-1}), {2, 3}, 0.5f, 0.25f);
  const std::vector<std::int16_t> x = {1, 2, 3, 32767, 32767, -1};
  Bytes bytes(12);
  std::memcpy(bytes.data(), x.data(), 12);
  EXPECT_EQ(values_of<std::int16_t>(run(layer.ref(), {{layer.node.inputs[0], bytes}})),
            (std::vector<std::int16_t>{12, 32767}));
}

TEST(ReduceExtremes, OfEveryElementType) {
  Random random(4);
  for (const DType dtype : {DType::F32, DType::S8, DType::U8}) {
    const OneNode largest = OneNode("reduce_max", axes({0, 2})).input(dtype, {2, 3, 4}).finish();
    const OneNode smallest = OneNode("reduce_min", axes({0, 2})).input(dtype, {2, 3, 4}).finish();
    const Bytes x = random_inputs(largest.ref(), random).begin()->second;
    const Bytes most = run(largest.ref(), {{largest.node.inputs[0], x}});
    const Bytes least = run(smallest.ref(), {{smallest.node.inputs[0], x}});
    const auto real = [&](const Bytes& bytes, std::size_t i) -> double {
      if (dtype == DType::F32) return static_cast<double>(values_of<float>(bytes)[i]);
      return dtype == DType::S8 ? static_cast<std::int8_t>(bytes[i]) : bytes[i];
    };
    for (std::size_t k = 0; k < 3; ++k) {
      double high = -1e9, low = 1e9;
      for (std::size_t i = 0; i < 8; ++i) {
        const double v = real(x, i / 4 * 12 + k * 4 + i % 4);
        high = std::max(high, v), low = std::min(low, v);
      }
      EXPECT_EQ(real(most, k), high);
      EXPECT_EQ(real(least, k), low);
    }
  }
}

TEST(ReduceLogical, AnyAndAll) {
  const OneNode any = OneNode("reduce_any", axes({1})).input(DType::Bool, {3, 2}).finish();
  const OneNode all = OneNode("reduce_all", axes({1})).input(DType::Bool, {3, 2}).finish();
  const Bytes x = {0, 0, 0, 1, 1, 1};
  EXPECT_EQ(run(any.ref(), {{any.node.inputs[0], x}}), (Bytes{0, 1, 1}));
  EXPECT_EQ(run(all.ref(), {{all.node.inputs[0], x}}), (Bytes{0, 0, 1}));
}

TEST(Arg, GivesIndicesWithoutTheAxis) {
  const OneNode layer = OneNode("arg_max", {{"axis", std::int64_t{-1}}}).input(DType::S8, {1, 2, 3}).finish();
  EXPECT_EQ(layer.ref().out(0).type, (TensorType{DType::S32, {1, 2}}));
  const Bytes x = {1, 9, 9, 0x80, 0x7F, 0};
  EXPECT_EQ(values_of<std::int32_t>(run(layer.ref(), {{layer.node.inputs[0], x}})),
            (std::vector<std::int32_t>{1, 1}));
}

TEST(Cumsum, Int8FollowsTheRealSumsWhereZeroPointsAreZero) {
  const OneNode layer =
      OneNode("cumsum", {{"axis", std::int64_t{1}}}).input(DType::S8, {2, 6, 2}, 0.1f, 0).finish(0.4f, 5);
  Random random(6);
  const auto inputs = random_inputs(layer.ref(), random);
  const auto x = values_of<std::int8_t>(inputs.begin()->second),
             y = values_of<std::int8_t>(run(layer.ref(), inputs));
  for (std::size_t o = 0; o < 2; ++o) {
    for (std::size_t i = 0; i < 2; ++i) {
      double sum = 0;
      for (std::size_t a = 0; a < 6; ++a) {
        sum += x[(o * 6 + a) * 2 + i];
        EXPECT_NEAR(y[(o * 6 + a) * 2 + i], std::clamp(sum * 0.25 + 5, -128.0, 127.0), 0.51);
      }
    }
  }
}

TEST(Reduce, WhatIsWrittenReadsBackTheSame) {
  std::vector<OneNode> nodes;
  for (const char* op : {"mean", "sum", "reduce_max", "reduce_min"})
    nodes.push_back(OneNode(op, axes({1, -1}, 1)).input(DType::S8, {2, 3, 4}).finish());
  for (const char* op : {"reduce_any", "reduce_all"})
    nodes.push_back(OneNode(op, axes({0})).input(DType::Bool, {2, 3}).finish());
  for (const char* op : {"arg_max", "arg_min"})
    nodes.push_back(OneNode(op, {{"axis", std::int64_t{1}}}).input(DType::F32, {2, 3}).finish());
  nodes.push_back(OneNode("cumsum", {{"axis", std::int64_t{-2}}, {"reverse", std::int64_t{1}}})
                      .input(DType::F32, {2, 3})
                      .finish());
  for (OneNode& layer : nodes) {
    const FormatRule& rule = layer.op().formats[0];
    Graph graph = layer.graph;
    const auto written = rule.write(layer.ref(), graph);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->op, rule.op);
    ASSERT_EQ(written->inputs.size(), 2u);
    const auto read = rule.read(*written, graph);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(graph.nodes.back().op, layer.node.op);
    EXPECT_EQ(graph.nodes.back().inputs, layer.node.inputs);
    for (const auto& [name, value] : layer.node.attributes)
      EXPECT_EQ(graph.nodes.back().attributes.at(name), value) << name;
  }
}

TEST(Reduce, RefusalsNameWhatIsWrong) {
  const auto refused = [](const OneNode& layer, const char* word) {
    const auto types = layer.infer();
    ASSERT_FALSE(types);
    EXPECT_NE(types.error().message.find(word), std::string::npos) << types.error().message;
  };
  refused(OneNode("mean", axes({3})).input(DType::F32, {1, 2, 3}), "axis 3");
  refused(OneNode("mean", axes({-4})).input(DType::F32, {1, 2, 3}), "axis -4");
  refused(OneNode("mean", axes({0})).input(DType::S32, {1, 2, 3}), "'x'");
  refused(OneNode("reduce_any", axes({0})).input(DType::S8, {4}), "bool");
  refused(OneNode("arg_max").input(DType::S16, {4}), "s16");
  refused(OneNode("arg_max").input(DType::F32, {}), "single number");
  refused(OneNode("cumsum", {{"axis", std::int64_t{2}}}).input(DType::F32, {4}), "axis 2");
  const OneNode zigzag =
      OneNode("sum", axes({0, 2, 4, 6})).input(DType::F32, {2, 2, 2, 2, 2, 2, 2, 2}).finish();
  EXPECT_FALSE(zigzag.op().lower(zigzag.ref()));
}

}  // namespace
}  // namespace mote::test
