// Element-wise ops of two and three inputs: broadcasting, each op's formula in each of its types, errors, .tflite.
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>

#include "ops/nn/broadcast.h"
#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

using nn::broadcast_loops;
using nn::broadcast_shape;

// ---- broadcasting

/// A shape that broadcasts to `out`: some extents 1, leading ones left out.
Shape part_of(const Shape& out, Random& random) {
  Shape shape;
  const auto first = static_cast<std::size_t>(
      random.between(0, 2) == 0 ? random.between(0, static_cast<std::int64_t>(out.size())) : 0);
  for (std::size_t d = first; d < out.size(); ++d) shape.push_back(random.between(0, 2) == 0 ? 1 : out[d]);
  return shape;
}
Shape random_shape(Random& random, std::int64_t most_rank) {
  Shape shape(static_cast<std::size_t>(random.between(0, most_rank)));
  for (auto& extent : shape) extent = static_cast<std::int32_t>(random.between(1, 4));
  return shape;
}

/// The element of an input of shape `in` behind element `i` of the output, by the definition of broadcasting.
std::int64_t element_behind(std::int64_t i, const Shape& out, const Shape& in) {
  std::int64_t element = 0, step = 1;
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int64_t extent = out[out.size() - 1 - d], at = i % extent;
    i /= extent;
    if (d >= in.size()) continue;
    const std::int64_t own = in[in.size() - 1 - d];
    if (own > 1) element += at * step;
    step *= own;
  }
  return element;
}

TEST(Broadcast, LoopsVisitWhatTheDefinitionSays) {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    const Shape whole = random_shape(random, 6), a = part_of(whole, random), b = part_of(whole, random);
    const auto out = broadcast_shape(a, b);
    ASSERT_TRUE(out);
    const auto loops = broadcast_loops(*out, {a, b});
    ASSERT_TRUE(loops) << loops.error().message;
    std::int64_t count = 1;
    for (const std::int32_t extent : loops->extent) count *= extent;
    ASSERT_EQ(count, count_of(*out));
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t rest = i, at[2] = {0, 0};
      for (std::size_t loop = nn::kLoops; loop-- > 0;) {
        for (std::size_t in : {0u, 1u}) at[in] += rest % loops->extent[loop] * loops->step[in][loop];
        rest /= loops->extent[loop];
      }
      ASSERT_EQ(at[0], element_behind(i, *out, a)) << to_text(a) << to_text(b);
      ASSERT_EQ(at[1], element_behind(i, *out, b)) << to_text(a) << to_text(b);
    }
  }
}

TEST(Broadcast, OneShapeIsOneLoopAndAChannelIsTwo) {
  const auto same = broadcast_loops({2, 3, 4, 5}, {{2, 3, 4, 5}, {2, 3, 4, 5}});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->extent, (std::array<std::int32_t, 6>{1, 1, 1, 1, 1, 120}));
  const auto channel = broadcast_loops({2, 3, 4, 5}, {{2, 3, 4, 5}, {5}});
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->extent, (std::array<std::int32_t, 6>{1, 1, 1, 1, 24, 5}));
  EXPECT_EQ(channel->step[1], (std::array<std::int32_t, 6>{0, 0, 0, 0, 0, 1}));
  EXPECT_FALSE(broadcast_loops({2, 2, 2, 2, 2, 2, 2}, {{2, 1, 2, 1, 2, 1, 2}, {1, 2, 1, 2, 1, 2, 1}}));
}

// ---- values

/// An integer or float of any type as a real number, by its scale if it has one.
double real_at(const Tensor& tensor, const Bytes& bytes, std::int64_t i) {
  const auto get = [&](auto zero) {
    std::memcpy(&zero, bytes.data() + static_cast<std::size_t>(i) * sizeof zero, sizeof zero);
    return static_cast<double>(zero);
  };
  double value = 0;
  switch (tensor.type.dtype) {
    case DType::F32:
      return get(0.0f);
    case DType::S8:
      value = get(std::int8_t{0});
      break;
    case DType::S16:
      value = get(std::int16_t{0});
      break;
    case DType::S32:
      return get(std::int32_t{0});
    case DType::S64:
      return get(std::int64_t{0});
    default:
      return get(std::uint8_t{0});
  }
  if (!tensor.quant) return value;
  return static_cast<double>(tensor.quant.scale[0]) * (value - tensor.quant.zero_point[0]);
}

/// Random content: any bytes for quantized types, small numbers for plain integers, 0 and 1 for bool.
Bytes content_of(const Tensor& tensor, Random& random) {
  const DType dtype = tensor.type.dtype;
  Bytes bytes = random_bytes(tensor.type, random);
  for (std::size_t i = 0; i < bytes.size(); i += bytes_of(dtype)) {
    if (dtype == DType::Bool) bytes[i] = static_cast<std::uint8_t>(random.between(0, 1));
    if (dtype != DType::S32 && dtype != DType::S64) continue;
    const std::int64_t value = random.between(-300, 300);
    std::memcpy(&bytes[i], &value, bytes_of(dtype));
  }
  return bytes;
}

Quant quant_of(DType dtype, float scale, std::int32_t zero_point) {
  if (dtype == DType::S16) return {{scale / 200}, {0}, 0};
  return dtype == DType::S8 ? Quant{{scale}, {zero_point}, 0} : Quant{};
}

OneNode pair_node(const std::string& op, DType dtype, const Shape& a, const Shape& b,
                  Attributes attributes = {}) {
  OneNode node(op, std::move(attributes));
  node.input(dtype, a).input(dtype, b).finish();
  const float second = op == "maximum" || op == "minimum" ? 0.05f : 0.02f;
  node.graph.tensor(node.node.inputs[0]).quant = quant_of(dtype, 0.05f, -3);
  node.graph.tensor(node.node.inputs[1]).quant = quant_of(dtype, second, second == 0.05f ? -3 : 9);
  Tensor& out = node.graph.tensor(node.node.outputs[0]);
  out.quant = quant_of(out.type.dtype, op == "maximum" || op == "minimum" ? 0.05f : 0.11f, -3);
  return node;
}

struct Formula {
  const char* op;
  double (*of)(double, double);
  std::vector<DType> types;
};
const std::vector<DType> kArithmetic = {DType::F32, DType::S8, DType::S16, DType::S32};
const std::vector<DType> kOrdered = {DType::F32, DType::S8, DType::S16, DType::S32, DType::S64};
const std::vector<Formula>& formulas() {
  static const std::vector<Formula> all = {
      {"add", [](double x, double y) { return x + y; }, kArithmetic},
      {"sub", [](double x, double y) { return x - y; }, kArithmetic},
      {"mul", [](double x, double y) { return x * y; }, kArithmetic},
      {"squared_difference", [](double x, double y) { return (x - y) * (x - y); }, kArithmetic},
      {"div", [](double x, double y) { return x / y; }, {DType::F32, DType::S8}},
      {"div", [](double x, double y) { return std::trunc(x / y); }, {DType::S32}},
      {"maximum", [](double x, double y) { return std::max(x, y); }, kOrdered},
      {"minimum", [](double x, double y) { return std::min(x, y); }, kOrdered},
      {"floor_div", [](double x, double y) { return std::floor(x / y); }, {DType::F32}},
      {"floor_mod", [](double x, double y) { return x - std::floor(x / y) * y; }, {DType::F32}},
      {"equal", [](double x, double y) { return x == y ? 1.0 : 0.0; }, kOrdered},
      {"not_equal", [](double x, double y) { return x != y ? 1.0 : 0.0; }, kOrdered},
      {"less", [](double x, double y) { return x < y ? 1.0 : 0.0; }, kOrdered},
      {"less_equal", [](double x, double y) { return x <= y ? 1.0 : 0.0; }, kOrdered},
      {"greater", [](double x, double y) { return x > y ? 1.0 : 0.0; }, kOrdered},
      {"greater_equal", [](double x, double y) { return x >= y ? 1.0 : 0.0; }, kOrdered},
      {"equal", [](double x, double y) { return x == y ? 1.0 : 0.0; }, {DType::Bool}},
      {"not_equal", [](double x, double y) { return x != y ? 1.0 : 0.0; }, {DType::Bool}},
      {"logical_and", [](double x, double y) { return x * y; }, {DType::Bool}},
      {"logical_or", [](double x, double y) { return std::max(x, y); }, {DType::Bool}},
  };
  return all;
}

/// `wanted` is a real number; the output may be half a step and a little and `slack` off, at most its type's ends.
void expect_near(const Tensor& out, const Bytes& y, std::int64_t i, double wanted, double slack) {
  const double got = real_at(out, y, i);
  if (out.type.dtype == DType::F32) {
    ASSERT_NEAR(got, wanted, 1e-5 * std::max(1.0, std::fabs(wanted)));
    return;
  }
  if (!out.quant) {
    ASSERT_EQ(got, wanted);
    return;
  }
  const double low = out.type.dtype == DType::S8 ? -128 : -32768, high = -low - 1;
  const double scale = static_cast<double>(out.quant.scale[0]), zero = out.quant.zero_point[0];
  ASSERT_NEAR(got / scale, std::clamp(wanted / scale, low - zero, high - zero), 0.52 + slack / scale);
}

bool is_comparison_of_quantized(const NodeRef& ref) {
  return ref.out(0).type.dtype == DType::Bool && bool(ref.in(0).quant);
}

TEST(BinaryOps, EachComputesItsFormulaInEachTypeWithBroadcasting) {
  Random random(2);
  for (const Formula& formula : formulas()) {
    for (const DType dtype : formula.types) {
      for (int round = 0; round < 20; ++round) {
        const Shape whole = random_shape(random, 5);
        const Shape a = round == 0 ? whole : part_of(whole, random),
                    b = round < 2 ? whole : part_of(whole, random);
        const OneNode node = pair_node(formula.op, dtype, a, b);
        const NodeRef ref = node.ref();
        SCOPED_TRACE(text::cat(formula.op, " ", name_of(dtype), to_text(a), to_text(b)));
        const Bytes x1 = content_of(ref.in(0), random), x2 = content_of(ref.in(1), random);
        const Bytes y = run(ref, {{node.node.inputs[0], x1}, {node.node.inputs[1], x2}});
        const Shape& out = ref.out(0).type.shape;
        ASSERT_EQ(y.size(), ref.out(0).type.bytes());
        for (std::int64_t i = 0; i < count_of(out); ++i) {
          const double first = real_at(ref.in(0), x1, element_behind(i, out, a));
          const double second = real_at(ref.in(1), x2, element_behind(i, out, b));
          if (second == 0 && std::string(formula.op).find("div") != std::string::npos) continue;
          if (second == 0 && std::string(formula.op) == "floor_mod") continue;
          if (is_comparison_of_quantized(ref) && std::fabs(first - second) < 1.0 / 128) continue;
          // In s16 both are rounded twice, to twice the larger scale (0.0005), before they are squared.
          const bool square = dtype == DType::S16 && std::string(formula.op) == "squared_difference";
          const double slack = square ? 2 * (std::fabs(first - second) + 0.001) * 0.001 : 0;
          expect_near(ref.out(0), y, i, formula.of(first, second), slack);
        }
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(BinaryOps, FusedActivationsLimitTheResult) {
  Random random(3);
  const std::map<std::string, std::pair<double, double>> limits = {
      {"relu", {0, 1e30}}, {"relu6", {0, 6}}, {"relu_n1_to_1", {-1, 1}}};
  for (const char* op : {"add", "sub", "mul", "div"}) {
    for (const auto& [activation, limit] : limits) {
      for (const DType dtype : {DType::F32, DType::S8, DType::S32}) {
        const OneNode node = pair_node(op, dtype, {3, 4}, {4}, {{"activation", activation}});
        const OneNode plain = pair_node(op, dtype, {3, 4}, {4});
        std::map<TensorId, Bytes> inputs;
        for (int i : {0, 1})
          inputs[node.node.inputs[static_cast<std::size_t>(i)]] = content_of(node.ref().in(i), random);
        const Bytes y = run(node.ref(), inputs), before = run(plain.ref(), inputs);
        const double step = dtype == DType::S8 ? 0.11 : 0;
        for (std::int64_t i = 0; i < 12; ++i) {
          EXPECT_NEAR(real_at(node.ref().out(0), y, i),
                      std::clamp(real_at(plain.ref().out(0), before, i), limit.first, limit.second),
                      0.51 * step)
              << op << " " << activation << " " << name_of(dtype);
        }
      }
    }
  }
}

template <class T>
std::vector<T> run_values(const OneNode& node, const std::vector<T>& x1, const std::vector<T>& x2) {
  const auto bytes = [](const std::vector<T>& values) { return *to_constant(values); };
  const Bytes y = run(node.ref(), {{node.node.inputs[0], bytes(x1)}, {node.node.inputs[1], bytes(x2)}});
  std::vector<T> values(y.size() / sizeof(T));
  std::memcpy(values.data(), y.data(), y.size());
  return values;
}

TEST(BinaryOps, IntegersWrapAndDivisionByZeroIsDefined) {
  using Ints = std::vector<std::int32_t>;
  const auto of = [](const char* op) { return pair_node(op, DType::S32, {3}, {3}); };
  EXPECT_EQ(run_values<std::int32_t>(of("add"), {INT32_MAX, 1, -5}, {1, 2, 5}), (Ints{INT32_MIN, 3, 0}));
  EXPECT_EQ(run_values<std::int32_t>(of("sub"), {INT32_MIN, 1, 0}, {1, 2, INT32_MIN}),
            (Ints{INT32_MAX, -1, INT32_MIN}));
  EXPECT_EQ(run_values<std::int32_t>(of("mul"), {65536, INT32_MIN, 7}, {65536, -1, -3}),
            (Ints{0, INT32_MIN, -21}));
  EXPECT_EQ(run_values<std::int32_t>(of("div"), {7, INT32_MIN, -7}, {0, -1, 2}), (Ints{0, INT32_MIN, -3}));
  const OneNode s8 = pair_node("div", DType::S8, {3}, {3});
  EXPECT_EQ(run_values<std::int8_t>(s8, {5, -5, -3}, {9, 9, 9}), (std::vector<std::int8_t>{127, -128, -3}));
}

TEST(BinaryOps, NanIsUnequalAndUnordered) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::map<std::string, int> answers = {{"equal", 0},   {"not_equal", 1},  {"less", 0},
                                              {"greater", 0}, {"less_equal", 0}, {"greater_equal", 0}};
  for (const auto& [op, answer] : answers) {
    const OneNode node = pair_node(op, DType::F32, {2}, {});
    const Bytes y = run(node.ref(), {{node.node.inputs[0], *to_constant(std::vector<float>{nan, nan})},
                                     {node.node.inputs[1], *to_constant(std::vector<float>{1.0f})}});
    EXPECT_EQ(y, Bytes(2, static_cast<std::uint8_t>(answer))) << op;
  }
  const OneNode largest = pair_node("maximum", DType::F32, {2}, {2});
  const auto y = run_values<float>(largest, {nan, 1.0f}, {1.0f, nan});
  EXPECT_EQ(y[0], 1.0f);
  EXPECT_TRUE(std::isnan(y[1]));
}

TEST(BinaryOps, AConstantIsAnOperandLikeAnother) {
  for (const char* op : {"add", "mul", "div", "minimum", "maximum"}) {
    OneNode node = pair_node(op, DType::S32, {2, 3}, {3});
    const std::vector<std::int32_t> x1 = {1, -20, 300, 4000, -50000, 6}, x2 = {3, -7, 100};
    const auto computed = run_values<std::int32_t>(node, x1, x2);
    node.graph.tensor(node.node.inputs[1]).constant = to_constant(x2);
    EXPECT_EQ(run_values<std::int32_t>(node, x1, x2), computed) << op;
    const auto calls = node.op().lower(node.ref());
    ASSERT_TRUE(calls);
    EXPECT_TRUE(std::holds_alternative<Arg::Rom>(calls->front().args[1].what)) << op;
  }
}

TEST(BinaryOps, OneShapeKeepsThePlainAddKernels) {
  const auto kernel = [](DType dtype, const Shape& a, const Shape& b) {
    const OneNode node = pair_node("add", dtype, a, b);
    const auto calls = node.op().lower(node.ref());
    return calls ? calls->front().kernel : calls.error().message;
  };
  EXPECT_EQ(kernel(DType::S8, {1, 2, 3}, {1, 2, 3}), "add_s8");
  EXPECT_EQ(kernel(DType::S8, {1, 2, 3}, {2, 3}), "add_s8");
  EXPECT_EQ(kernel(DType::F32, {4}, {4}), "add_f32");
  EXPECT_EQ(kernel(DType::S8, {1, 2, 3}, {3}), "add_sub_s8");
  EXPECT_EQ(kernel(DType::S16, {4}, {4}), "add_sub_s16");
}

// ---- not, select, add_n

TEST(LogicalNot, TurnsTruthAround) {
  const OneNode node = OneNode("logical_not").input(DType::Bool, {4}).finish();
  EXPECT_EQ(run(node.ref(), {{node.node.inputs[0], {0, 1, 1, 0}}}), (Bytes{1, 0, 0, 1}));
}

TEST(SelectV2, TakesElementsOfAnyTypeWithBroadcasting) {
  Random random(5);
  for (const DType dtype : {DType::F32, DType::S8, DType::S16, DType::S32, DType::S64, DType::Bool}) {
    for (int round = 0; round < 30; ++round) {
      const Shape whole = random_shape(random, 5), c = part_of(whole, random), a = part_of(whole, random),
                  b = part_of(whole, random);
      const OneNode node =
          OneNode("select_v2").input(DType::Bool, c).input(dtype, a).input(dtype, b).finish();
      const NodeRef ref = node.ref();
      const Shape& out = ref.out(0).type.shape;
      Bytes in[3];
      std::map<TensorId, Bytes> inputs;
      for (int i = 0; i < 3; ++i)
        inputs[node.node.inputs[static_cast<std::size_t>(i)]] = in[i] = content_of(ref.in(i), random);
      const Bytes y = run(ref, inputs);
      const auto size = static_cast<std::int64_t>(bytes_of(dtype));
      for (std::int64_t i = 0; i < count_of(out); ++i) {
        const bool yes = in[0][static_cast<std::size_t>(element_behind(i, out, c))] != 0;
        const Bytes& from = yes ? in[1] : in[2];
        const std::int64_t at = element_behind(i, out, yes ? a : b);
        ASSERT_TRUE(std::equal(y.begin() + i * size, y.begin() + (i + 1) * size, from.begin() + at * size));
      }
    }
  }
}

TEST(Select, TakesRowsByAConditionForEach) {
  const auto select = [](const Shape& condition, const Bytes& c) {
    OneNode node =
        OneNode("select").input(DType::Bool, condition).input(DType::S8, {2, 3}).input(DType::S8, {2, 3});
    node.finish();
    return run(node.ref(), {{node.node.inputs[0], c},
                            {node.node.inputs[1], {1, 2, 3, 4, 5, 6}},
                            {node.node.inputs[2], {11, 12, 13, 14, 15, 16}}});
  };
  EXPECT_EQ(select({2}, {0, 1}), (Bytes{11, 12, 13, 4, 5, 6}));
  EXPECT_EQ(select({}, {1}), (Bytes{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(select({2, 3}, {1, 0, 1, 0, 1, 0}), (Bytes{1, 12, 3, 14, 5, 16}));
}

TEST(AddN, AddsAllAndInInt8BeginsWithAQuantizedZero) {
  OneNode floats_node("add_n");
  for (int i = 0; i < 5; ++i) floats_node.input(DType::F32, {2, 2});
  floats_node.finish();
  Random random(6);
  const auto inputs = random_inputs(floats_node.ref(), random);
  const auto y = floats(run(floats_node.ref(), inputs));
  for (std::size_t i = 0; i < 4; ++i) {
    float sum = 0;
    for (const auto& [id, bytes] : inputs) sum += floats(bytes)[i];
    EXPECT_EQ(y[i], sum);
  }
  for (const std::int32_t zero_point : {0, 10}) {
    OneNode node("add_n");
    for (int i = 0; i < 3; ++i) node.input(DType::S8, {1}, 0.5f, zero_point);
    node.finish(1.0f, 0);
    std::map<TensorId, Bytes> in;
    for (const TensorId id : node.node.inputs) in[id] = {20};
    const int sum = 3 * (20 - zero_point) - zero_point;
    EXPECT_EQ(run(node.ref(), in), Bytes{static_cast<std::uint8_t>(sum / 2)}) << zero_point;
  }
}

// ---- errors

TEST(BinaryOps, ErrorsNameThePortAndTheTypes) {
  const auto message = [](const OneNode& node) {
    const auto types = node.infer();
    return types ? std::string("accepted") : types.error().message;
  };
  const auto pair = [&](const char* op, DType a, DType b) {
    return message(OneNode(op).input(a, {2, 3}).input(b, {3}));
  };
  EXPECT_EQ(pair("mul", DType::F32, DType::S8), "'x1' is f32 and 'x2' s8; both must have one element type");
  EXPECT_EQ(pair("div", DType::S16, DType::S16), "'x1' is s16[2,3]; there are kernels for f32, s8, s32");
  EXPECT_EQ(pair("logical_and", DType::S8, DType::S8), "'x1' is s8[2,3]; there are kernels for bool");
  EXPECT_EQ(message(OneNode("less").input(DType::F32, {2, 3}).input(DType::F32, {2})),
            "the shapes [2,3] and [2] do not broadcast: 3 meets 2");
  EXPECT_EQ(message(OneNode("add_n").input(DType::S8, {2}).input(DType::S8, {3})),
            "input 1 is s8[3] and input 0 s8[2]; all must have one type and shape");
  EXPECT_EQ(
      message(OneNode("select").input(DType::Bool, {3}).input(DType::S8, {2, 3}).input(DType::S8, {2, 3})),
      "'condition' has the shape [3] and 'x1' [2,3]");
}

TEST(BinaryOps, ScalesThatKernelsCannotUseAreRefused) {
  const auto refusal = [](OneNode node) {
    const auto calls = node.op().lower(node.ref());
    return calls ? std::string("accepted") : calls.error().message;
  };
  OneNode coarse = pair_node("less", DType::S8, {3}, {3});
  coarse.graph.tensor(coarse.node.inputs[0]).quant.scale = {1.5f};
  EXPECT_EQ(refusal(coarse), "the ratio of scales 1.5 must lie between 0 and 1");
  OneNode uneven = pair_node("mul", DType::S16, {3}, {3});
  uneven.graph.tensor(uneven.node.inputs[1]).quant.zero_point = {4};
  EXPECT_EQ(refusal(uneven), "tensor 'x1' is s16 and has the zero point 4; it must be 0");
  OneNode fine = pair_node("div", DType::S8, {3}, {3});
  fine.graph.tensor(fine.node.outputs[0]).quant.scale = {1e-7f};
  EXPECT_NE(refusal(fine).find("at most 2^23"), std::string::npos) << refusal(fine);
}

// ---- .tflite

TEST(BinaryOps, WhatIsWrittenIsReadAgain) {
  for (const Formula& formula : formulas()) {
    for (const DType dtype : formula.types) {
      OneNode node = pair_node(formula.op, dtype, {2, 3}, {3});
      Graph graph = node.graph;
      const FormatRule& format = node.op().formats.front();
      const auto foreign = format.write(NodeRef{graph, node.node}, graph);
      ASSERT_TRUE(foreign);
      EXPECT_EQ(foreign->op, format.op);
      graph.nodes.clear();
      ASSERT_TRUE(format.read(*foreign, graph));
      ASSERT_EQ(graph.nodes.size(), 1u);
      EXPECT_EQ(graph.nodes[0].op, formula.op);
      EXPECT_EQ(graph.nodes[0].inputs, node.node.inputs);
    }
  }
}

}  // namespace
}  // namespace mote::test
