// Functions of one tensor: floats to a hundred thousandth, quantized ones to a step or two of the real function, all
// element types of quantize, dequantize and cast, and what is refused.
#include "ops/nn/unary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

using RealFunction = double (*)(double);

struct Function {
  const char* op;
  RealFunction real;
  double low, high;            ///< of the inputs tried
  double quantized_steps = 0;  ///< error allowed in s8, in steps of the output; 0: has no s8
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }  // TFLM: e^x below −9
double elu(double x) { return x < 0 ? std::expm1(x) : x; }
double hard_swish(double x) { return x * std::min(6.0, std::max(0.0, x + 3)) / 6; }
double negative(double x) { return -x; }
double square(double x) { return x * x; }
double rsqrt(double x) { return 1 / std::sqrt(x); }
double relu_n1_to_1(double x) { return std::min(1.0, std::max(-1.0, x)); }
double relu_0_to_1(double x) { return std::min(1.0, std::max(0.0, x)); }
double relu6(double x) { return std::min(6.0, std::max(0.0, x)); }

const Function kFunctions[] = {{"abs", std::fabs, -9, 9, 0.51},
                               {"neg", negative, -9, 9, 0.51},
                               {"exp", std::exp, -9, 9, 0.51},
                               {"log", std::log, 0.01, 90, 0.51},
                               {"sqrt", std::sqrt, 0, 90, 0.51},
                               {"rsqrt", rsqrt, 0.01, 90, 0.6},
                               {"square", square, -9, 9, 0.51},
                               {"sin", std::sin, -90, 90, 0.51},
                               {"cos", std::cos, -90, 90, 0.51},
                               {"round", std::nearbyint, -90, 90, 0.51},
                               {"floor", std::floor, -90, 90, 0.51},
                               {"ceil", std::ceil, -90, 90, 0.51},
                               {"elu", elu, -9, 9, 0.51},
                               {"hard_swish", hard_swish, -9, 9, 1.01},
                               {"logistic", logistic, -9, 9, 1.01},
                               {"tanh", std::tanh, -9, 9, 1.01},
                               {"relu_n1_to_1", relu_n1_to_1, -9, 9, 0.51},
                               {"relu_0_to_1", relu_0_to_1, -9, 9, 0.51},
                               {"relu6", relu6, -9, 9, 0.51}};

Tensor tensor_of(DType dtype, Shape shape, float scale, std::int32_t zero) {
  Tensor tensor;
  tensor.name = "x";
  tensor.type = {dtype, std::move(shape)};
  if (dtype != DType::F32 && scale > 0) tensor.quant = {{scale}, {zero}, 0};
  return tensor;
}

/// A node of one input, with the output's quantization.
OneNode node_of(const char* op, const Tensor& in, const Quant& out, Attributes attributes = {}) {
  OneNode node(op, std::move(attributes));
  node.node.inputs.push_back(node.graph.add(in));
  node.finish();
  node.graph.tensor(node.node.outputs.at(0)).quant = out;
  return node;
}

Bytes bytes_of_values(const auto& values) {
  Bytes bytes(values.size() * sizeof values[0]);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
template <class T>
std::vector<T> values_of(const Bytes& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}
Bytes run_on(const OneNode& node, const Bytes& input) {
  return run(node.ref(), {{node.node.inputs[0], input}});
}

std::vector<std::int8_t> every_byte() {
  std::vector<std::int8_t> values;
  for (int q = -128; q <= 127; ++q) values.push_back(static_cast<std::int8_t>(q));
  return values;
}

TEST(Unary, FloatsAreTheFunctionToAHundredThousandth) {
  Random random(1);
  for (const Function& f : kFunctions) {
    SCOPED_TRACE(f.op);
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{7}, Shape{1, 3, 5, 2}, Shape{1, 2, 1, 3, 2, 2}}) {
      std::vector<float> x(static_cast<std::size_t>(count_of(shape)));
      for (float& value : x)
        value = static_cast<float>(f.low + (f.high - f.low) *
                                               static_cast<double>(random.between(0, 1 << 20)) / (1 << 20));
      const OneNode node = node_of(f.op, tensor_of(DType::F32, shape, 0, 0), {});
      const auto y = floats(run_on(node, bytes_of_values(x)));
      ASSERT_EQ(y.size(), x.size());
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double truth = f.real(static_cast<double>(x[i]));
        EXPECT_NEAR(y[i], truth, 1e-5 * std::fabs(truth) + 1e-30) << x[i];
      }
    }
  }
}

/// Input scale and zero point so that −128 … 127 is low … high; the same for the output's range.
Quant scale_for(double low, double high) {
  const double scale = (high - low) / 255;
  return {{static_cast<float>(scale)},
          {static_cast<std::int32_t>(std::clamp(std::round(-128 - low / scale), -128.0, 127.0))},
          0};
}

Quant output_scale(const Function& f) {
  if (f.op == std::string("logistic")) return {{1.0f / 256}, {-128}, 0};
  if (f.op == std::string("tanh")) return {{1.0f / 128}, {0}, 0};
  double low = 0, high = 0;
  for (int i = 1; i <= 200; ++i) {
    const double y = f.real(f.low + (f.high - f.low) * i / 200);
    low = std::min(low, y), high = std::max(high, y);
  }
  return scale_for(low, high);
}

TEST(Unary, EveryInt8ValueIsWithinItsStepsOfTheFunction) {
  for (const Function& f : kFunctions) {
    SCOPED_TRACE(f.op);
    const Quant in = scale_for(std::min(0.0, f.low), f.high), out = output_scale(f);
    Tensor x = tensor_of(DType::S8, {256}, in.scale[0], in.zero_point[0]);
    const OneNode node = node_of(f.op, x, out);
    const auto y = values_of<std::int8_t>(run_on(node, bytes_of_values(every_byte())));
    ASSERT_EQ(y.size(), 256u);
    for (int i = 0; i < 256; ++i) {
      const auto real = static_cast<double>(in.scale[0] * static_cast<float>(i - 128 - in.zero_point[0]));
      double truth = f.real(real) / static_cast<double>(out.scale[0]) + out.zero_point[0];
      if (std::isnan(truth) || std::isinf(truth)) continue;  // below the domain of log and the roots
      truth = std::clamp(truth, -128.0, 127.0);
      EXPECT_NEAR(y[static_cast<std::size_t>(i)], truth, f.quantized_steps) << real;
    }
  }
}

TEST(Unary, Int16IsTheFunctionToAThousandthOfItsRange) {
  for (const Function& f : kFunctions) {
    if (f.op == std::string("rsqrt") || f.op == std::string("hard_swish")) continue;
    const bool jumps =
        f.op == std::string("round") || f.op == std::string("floor") || f.op == std::string("ceil");
    if (jumps || f.low >= 0 || f.high > 9) continue;  // lines between 513 points do not follow these
    SCOPED_TRACE(f.op);
    const bool fixed = f.op == std::string("logistic") || f.op == std::string("tanh");
    const double most = std::max(std::fabs(f.real(f.low)), std::fabs(f.real(f.high)));
    const Quant out = {{fixed ? 1.0f / 32768 : static_cast<float>(most / 32767)}, {0}, 0};
    const float scale = static_cast<float>(f.high / 32767);
    const OneNode node = node_of(f.op, tensor_of(DType::S16, {4096}, scale, 0), out);
    std::vector<std::int16_t> x;
    for (int i = 0; i < 4096; ++i) x.push_back(static_cast<std::int16_t>(-32768 + 16 * i));
    const auto y = values_of<std::int16_t>(run_on(node, bytes_of_values(x)));
    ASSERT_EQ(y.size(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double truth =
          std::min(f.real(static_cast<double>(scale) * x[i]) / static_cast<double>(out.scale[0]), 32767.0);
      EXPECT_NEAR(y[i], truth, 33) << x[i];
    }
  }
}

TEST(Unary, LeakyReluHasSlopesOfEitherSign) {
  for (const double alpha : {0.3, 0.0, -0.5, 1.7}) {
    for (const DType dtype : {DType::S8, DType::S16}) {
      const std::int32_t zero = dtype == DType::S8 ? 5 : 0;
      const OneNode node = node_of("leaky_relu", tensor_of(dtype, {101}, 0.02f, zero), {{0.05f}, {zero}, 0},
                                   {{"alpha", alpha}});
      std::vector<std::int16_t> x;
      for (int i = -50; i <= 50; ++i) x.push_back(static_cast<std::int16_t>(i));
      Bytes in;
      for (const std::int16_t q : x) {
        in.push_back(static_cast<std::uint8_t>(q));
        if (dtype == DType::S16) in.push_back(static_cast<std::uint8_t>(static_cast<std::uint16_t>(q) >> 8));
      }
      const Bytes bytes = run_on(node, in);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double real = 0.02 * (x[i] - zero);
        const int got =
            dtype == DType::S8 ? values_of<std::int8_t>(bytes)[i] : values_of<std::int16_t>(bytes)[i];
        EXPECT_NEAR(got, (real > 0 ? real : alpha * real) / 0.05 + zero, 0.76)  // it rounds twice
            << x[i];
      }
    }
  }
}

TEST(Unary, TheSigmoidTableIsTflms) {
  std::uint32_t hash = 2166136261u;
  for (const std::int16_t value : nn::sigmoid_table())
    hash = (hash ^ static_cast<std::uint16_t>(value)) * 16777619u;
  EXPECT_EQ(hash, 2944828524u);
}

TEST(Prelu, AlphaBroadcastsOverAnyAxes) {
  for (const Shape& alpha :
       {Shape{1, 1, 3}, Shape{3}, Shape{2, 1, 3}, Shape{1, 4, 1}, Shape{1}, Shape{1, 2, 4, 3}}) {
    SCOPED_TRACE(to_text(alpha));
    OneNode node = OneNode("prelu").input(DType::F32, {1, 2, 4, 3}).weights(DType::F32, alpha);
    node.finish();
    Random random(3);
    const auto inputs = random_inputs(node.ref(), random);
    const auto x = floats(inputs.begin()->second), y = floats(run(node.ref(), inputs));
    const float* slopes = elements<float>(node.ref().in(1));
    for (int i = 0; i < 24; ++i) {
      const int at[3] = {i / 12, i / 3 % 4, i % 3};
      std::int64_t k = 0;
      const std::size_t skip = alpha.size() > 3 ? 1 : 0;
      for (std::size_t a = skip; a < alpha.size(); ++a) {
        const std::size_t axis = a + 3 - alpha.size();
        k = k * alpha[a] + (alpha[a] == 1 ? 0 : at[alpha.size() > 3 ? a - 1 : axis]);
      }
      const auto e = static_cast<std::size_t>(i);
      EXPECT_EQ(y[e], x[e] >= 0 ? x[e] : x[e] * slopes[k]) << i;
    }
  }
}

TEST(Prelu, Int8IsTheNearestStep) {
  OneNode node = OneNode("prelu").input(DType::S8, {1, 5, 1, 4}, 0.05f, 3).weights(DType::S8, {1, 1, 4});
  node.finish(0.04f, -6);
  Random random(4);
  const auto inputs = random_inputs(node.ref(), random);
  const Bytes &x = inputs.begin()->second, y = run(node.ref(), inputs);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double real = 0.05 * (static_cast<std::int8_t>(x[i]) - 3);
    const double alpha = 0.01 * elements<std::int8_t>(node.ref().in(1))[i % 4];
    const double truth = std::clamp((real >= 0 ? real : real * alpha) / 0.04 - 6, -128.0, 127.0);
    EXPECT_NEAR(static_cast<std::int8_t>(y[i]), truth, 0.51) << i;
  }
}

double real_of(DType dtype, const Bytes& bytes, std::size_t i, const Quant& quant) {
  double q = 0;
  if (dtype == DType::S8) q = values_of<std::int8_t>(bytes)[i];
  if (dtype == DType::U8) q = bytes[i];
  if (dtype == DType::S16) q = values_of<std::int16_t>(bytes)[i];
  if (dtype == DType::S32) q = values_of<std::int32_t>(bytes)[i];
  if (dtype == DType::F32) return static_cast<double>(values_of<float>(bytes)[i]);
  return static_cast<double>(quant.scale[0]) * (q - quant.zero_point[0]);
}

TEST(Quantize, EveryPairOfTypesKeepsTheRealValue) {
  const DType types[] = {DType::F32, DType::S8, DType::U8, DType::S16, DType::S32};
  int pairs = 0;
  for (const DType from : types) {
    for (const DType to : types) {
      OneNode node("quantize", {{"type", std::string(name_of(to))}});
      const std::int32_t zero = from == DType::U8 ? 130 : (from == DType::S8 ? -7 : 0);
      node.node.inputs.push_back(node.graph.add(tensor_of(from, {64}, 0.03f, zero)));
      if (to == DType::F32 || !node.infer()) continue;
      ++pairs;
      SCOPED_TRACE(text::cat(name_of(from), " to ", name_of(to)));
      node.finish();
      const float scale = to == DType::S8 || to == DType::U8 ? 0.05f : 0.004f;
      const Quant out = {{scale}, {to == DType::U8 ? 120 : (to == DType::S8 ? 4 : 0)}, 0};
      node.graph.tensor(node.node.outputs[0]).quant = out;
      Random random(6);
      TensorType type{from, {64}};
      Bytes x(type.bytes());
      for (std::size_t i = 0; i < 64; ++i) {
        const auto q = static_cast<std::int32_t>(random.between(-80, 80)) + zero;
        const float real = random.real();
        std::memcpy(x.data() + i * bytes_of(from), from == DType::F32 ? static_cast<const void*>(&real) : &q,
                    bytes_of(from));
      }
      const Bytes y = run_on(node, x);
      for (std::size_t i = 0; i < 64; ++i) {
        EXPECT_NEAR(real_of(to, y, i, out), real_of(from, x, i, {{0.03f}, {zero}, 0}),
                    0.51 * static_cast<double>(scale));
      }
    }
  }
  // From f32; among s8 and u8; among s8, s16 and s32, without s8 to s8 and s32 to s32.
  EXPECT_EQ(pairs, 3 + 4 + 7);
}

TEST(Dequantize, EveryTypeGivesItsRealValue) {
  for (const DType from : {DType::S8, DType::U8, DType::S16}) {
    const std::int32_t zero = from == DType::U8 ? 130 : (from == DType::S8 ? -7 : 0);
    const OneNode node = node_of("dequantize", tensor_of(from, {40}, 0.03f, zero), {});
    Random random(8);
    const auto inputs = random_inputs(node.ref(), random);
    const Bytes &x = inputs.begin()->second, y = run(node.ref(), inputs);
    for (std::size_t i = 0; i < 40; ++i)
      EXPECT_NEAR(real_of(DType::F32, y, i, {}), real_of(from, x, i, {{0.03f}, {zero}, 0}), 1e-3);
  }
}

TEST(Cast, EveryPairOfTypesKeepsSmallNumbers) {
  const char* types[] = {"f32", "s8", "s16", "s32", "s64", "u8", "u32", "u64"};
  for (const char* from : types) {
    OneNode first("cast", {{"type", std::string(from)}});
    first.node.inputs.push_back(first.graph.add(tensor_of(DType::S8, {5}, 0, 0)));
    first.finish();
    const Bytes small = run_on(first, {0, 1, 2, 100, 127});
    for (const char* to : types) {
      SCOPED_TRACE(text::cat(from, " to ", to));
      OneNode second("cast", {{"type", std::string(to)}});
      second.node.inputs.push_back(second.graph.add(tensor_of(first.ref().out(0).type.dtype, {5}, 0, 0)));
      second.finish();
      OneNode third("cast", {{"type", std::string("s8")}});
      third.node.inputs.push_back(third.graph.add(tensor_of(second.ref().out(0).type.dtype, {5}, 0, 0)));
      third.finish();
      EXPECT_EQ(run_on(third, run_on(second, small)), (Bytes{0, 1, 2, 100, 127}));
    }
  }
}

TEST(L2Normalization, RowsHaveLengthOne) {
  for (const DType dtype : {DType::F32, DType::S8}) {
    OneNode node = OneNode("l2_normalization").input(dtype, {2, 3, 8}, 0.1f, 5).finish(1.0f / 128, 0);
    Random random(2);
    const Bytes y = run(node.ref(), random_inputs(node.ref(), random));
    for (std::size_t r = 0; r < 6; ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < 8; ++c) {
        const double v = real_of(dtype, y, r * 8 + c, {{1.0f / 128}, {0}, 0});
        sum += v * v;
      }
      EXPECT_NEAR(sum, 1.0, dtype == DType::F32 ? 1e-5 : 0.04);
    }
  }
}

TEST(LogSoftmax, IsTheLogarithmOfSoftmax) {
  for (const DType dtype : {DType::F32, DType::S8}) {
    const OneNode node = OneNode("log_softmax").input(dtype, {3, 10}, 0.07f, 5).finish(1.0f / 16, 127);
    Random random(2);
    const auto inputs = random_inputs(node.ref(), random);
    const Bytes &x = inputs.begin()->second, y = run(node.ref(), inputs);
    for (std::size_t r = 0; r < 3; ++r) {
      double sum = 0;
      const auto in = [&](std::size_t c) { return real_of(dtype, x, r * 10 + c, {{0.07f}, {5}, 0}); };
      for (std::size_t c = 0; c < 10; ++c) sum += std::exp(in(c));
      for (std::size_t c = 0; c < 10; ++c) {
        const double truth = std::max(in(c)-std::log(sum), dtype == DType::F32 ? -1e9 : -255.0 / 16);
        EXPECT_NEAR(real_of(dtype, y, r * 10 + c, {{1.0f / 16}, {127}, 0}), truth,
                    dtype == DType::F32 ? 1e-5 : 0.04);
      }
    }
  }
}

TEST(Softmax, FromInt8ToInt16IsFiner) {
  OneNode node =
      OneNode("softmax", {{"type", std::string("s16")}}).input(DType::S8, {2, 9}, 0.1f, 5).finish();
  node.graph.tensor(node.node.outputs[0]).quant = {{1.0f / 65536}, {-32768}, 0};
  Random random(2);
  const auto inputs = random_inputs(node.ref(), random);
  const Bytes &x = inputs.begin()->second, y = run(node.ref(), inputs);
  for (std::size_t r = 0; r < 2; ++r) {
    double sum = 0;
    const auto in = [&](std::size_t c) { return real_of(DType::S8, x, r * 9 + c, {{0.1f}, {5}, 0}); };
    for (std::size_t c = 0; c < 9; ++c) sum += std::exp(in(c));
    for (std::size_t c = 0; c < 9; ++c)
      EXPECT_NEAR(real_of(DType::S16, y, r * 9 + c, {{1.0f / 65536}, {-32768}, 0}), std::exp(in(c)) / sum,
                  4e-5);
  }
}

TEST(Softmax, Int16IsTheSoftmaxToAThousandth) {
  const OneNode node =
      node_of("softmax", tensor_of(DType::S16, {3, 7}, 0.0003f, 0), {{1.0f / 32768}, {0}, 0});
  Random random(2);
  const auto inputs = random_inputs(node.ref(), random);
  const Bytes &x = inputs.begin()->second, y = run(node.ref(), inputs);
  for (std::size_t r = 0; r < 3; ++r) {
    double sum = 0;
    const auto in = [&](std::size_t c) { return real_of(DType::S16, x, r * 7 + c, {{0.0003f}, {0}, 0}); };
    for (std::size_t c = 0; c < 7; ++c) sum += std::exp(in(c));
    for (std::size_t c = 0; c < 7; ++c)
      EXPECT_NEAR(real_of(DType::S16, y, r * 7 + c, {{1.0f / 32768}, {0}, 0}), std::exp(in(c)) / sum, 1e-3);
  }
}

TEST(Unary, WhatIsWrittenAsTfliteReadsTheSame) {
  std::vector<OneNode> nodes;
  for (const Function& f : kFunctions)
    nodes.push_back(node_of(f.op, tensor_of(DType::S8, {2, 3}, 0.1f, 3), {}));
  nodes.push_back(node_of("leaky_relu", tensor_of(DType::F32, {2, 3}, 0, 0), {}, {{"alpha", 0.25}}));
  nodes.push_back(
      node_of("quantize", tensor_of(DType::F32, {2, 3}, 0, 0), {}, {{"type", std::string("s16")}}));
  nodes.push_back(node_of("dequantize", tensor_of(DType::U8, {2, 3}, 0.1f, 3), {}));
  nodes.push_back(node_of("cast", tensor_of(DType::U64, {2, 3}, 0, 0), {}, {{"type", std::string("s32")}}));
  nodes.push_back(node_of("softmax", tensor_of(DType::S8, {2, 3}, 0.1f, 3), {},
                          {{"beta", 2.0}, {"type", std::string("s16")}}));
  nodes.push_back(node_of("log_softmax", tensor_of(DType::F32, {2, 3}, 0, 0), {}));
  nodes.push_back(node_of("l2_normalization", tensor_of(DType::F32, {2, 3}, 0, 0), {}));
  nodes.push_back(OneNode("prelu").input(DType::S8, {1, 2, 3}).weights(DType::S8, {3}).finish());
  for (const OneNode& node : nodes) {
    SCOPED_TRACE(node.node.op);
    ASSERT_EQ(node.op().formats.size(), 1u);
    const FormatRule& rule = node.op().formats[0];
    Graph graph = node.graph;
    const auto foreign = rule.write(NodeRef{graph, node.node}, graph);
    ASSERT_TRUE(foreign);
    EXPECT_EQ(foreign->op, rule.op);
    ASSERT_TRUE(rule.read(*foreign, graph));
    const Node& read = graph.nodes.back();
    EXPECT_TRUE(read.attributes == node.node.attributes);
    EXPECT_EQ(read.inputs, node.node.inputs);
    EXPECT_EQ(node.op().infer(NodeRef{graph, read}).value(), node.infer().value());
  }
}

TEST(Unary, OtherTypesAndScalesAreRefusedByName) {
  for (const Function& f : kFunctions) {
    OneNode node(f.op);
    node.node.inputs.push_back(node.graph.add(tensor_of(DType::S64, {3}, 0, 0)));
    const auto types = node.infer();
    ASSERT_FALSE(types) << f.op;
    EXPECT_NE(types.error().message.find("s64"), std::string::npos) << types.error().message;
  }
  const OneNode logistic_node = node_of("logistic", tensor_of(DType::S8, {3}, 0.1f, 0), {{0.1f}, {0}, 0});
  const auto calls = logistic_node.op().lower(logistic_node.ref());
  ASSERT_FALSE(calls);
  EXPECT_NE(calls.error().message.find("zero point"), std::string::npos);
  const OneNode shifted = node_of("abs", tensor_of(DType::S16, {3}, 0.1f, 4), {{0.1f}, {0}, 0});
  EXPECT_FALSE(shifted.op().lower(shifted.ref()));
  OneNode pair("quantize", {{"type", std::string("u8")}});
  pair.node.inputs.push_back(pair.graph.add(tensor_of(DType::S16, {3}, 0.1f, 0)));
  EXPECT_FALSE(pair.infer());
}

}  // namespace
}  // namespace mote::test
