// Layers with weights beyond plain f32 and s8: groups, s16, transposed convolution, products of matrices, layers that remember.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/nn/test_nodes.h"
#include "ops/nn/weighted.h"

namespace mote::test {
namespace {

using List = std::vector<std::int64_t>;

/// A tensor of these element type, shape and scale appended to the node's inputs; `constant`: of random bytes.
Tensor& port(OneNode& node, DType dtype, Shape shape, float scale, std::int32_t zero_point, bool constant) {
  Random random(node.node.inputs.size() + 11);
  Tensor tensor;
  tensor.name = text::cat("port", node.node.inputs.size());
  tensor.type = {dtype, std::move(shape)};
  if (dtype != DType::F32 && scale > 0) tensor.quant = {{scale}, {zero_point}, 0};
  if (constant) tensor.constant = std::make_shared<const Bytes>(random_bytes(tensor.type, random));
  node.node.inputs.push_back(node.graph.add(std::move(tensor)));
  return node.graph.tensors.back();
}
template <class T>
void values(OneNode& node, DType dtype, const std::vector<T>& numbers) {
  port(node, dtype, {static_cast<std::int32_t>(numbers.size())}, 0, 0, false).constant = to_constant(numbers);
}
/// Appends the node; its output gets this scale in s8 and s16.
void finish(OneNode& node, float scale, std::int32_t zero_point = 0) {
  node.finish();
  Tensor& out = node.graph.tensor(node.node.outputs[0]);
  if (out.type.dtype != DType::F32) out.quant = {{scale}, {zero_point}, 0};
}
std::string kernel_of(const OneNode& node) {
  const auto calls = node.op().lower(node.ref());
  return calls ? calls->at(0).kernel : calls.error().message;
}
std::vector<double> reals(const Tensor& tensor, const Bytes& bytes) {
  std::vector<double> result;
  for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (tensor.type.dtype == DType::F32) {
      result.push_back(static_cast<double>(floats(bytes)[at]));
      continue;
    }
    std::int16_t wide = 0;
    if (tensor.type.dtype == DType::S16) std::memcpy(&wide, &bytes[2 * at], sizeof wide);
    const int q = tensor.type.dtype == DType::S16 ? wide : static_cast<std::int8_t>(bytes[at]);
    result.push_back(static_cast<double>(tensor.quant.scale[0]) * (q - tensor.quant.zero_point[0]));
  }
  return result;
}
/// Runs on random inputs and gives what the output should be and is.
struct Answers {
  std::vector<double> x, y;
};
Answers run_on_random(const OneNode& node, std::uint64_t seed) {
  Random random(seed);
  const NodeRef ref = node.ref();
  const auto inputs = random_inputs(ref, random);
  return {reals(ref.in(0), inputs.at(ref.node.inputs[0])), reals(ref.out(0), run(ref, inputs))};
}

TEST(Conv2d, InGroupsReadsItsOwnChannelsAlone) {
  for (const DType dtype : {DType::F32, DType::S8, DType::S16}) {
    OneNode node("conv2d");
    port(node, dtype, {1, 1, 1, 4}, 0.5f, 0, false);
    Tensor& weights = port(node, dtype == DType::F32 ? DType::F32 : DType::S8, {2, 1, 1, 2}, 1.0f, 0, true);
    if (dtype == DType::F32)
      weights.constant = to_constant(std::vector<float>{1, 2, 3, 4});
    else
      weights.constant = to_constant(std::vector<std::int8_t>{1, 2, 3, 4});
    finish(node, 50.0f);
    EXPECT_EQ(kernel_of(node), dtype == DType::F32  ? "conv2d_grouped_f32"
                               : dtype == DType::S8 ? "conv2d_grouped_s8"
                                                    : "conv2d_s16_sum32");
    const Answers a = run_on_random(node, 3);
    const double step = dtype == DType::F32 ? 1e-4 : 25.01;
    EXPECT_NEAR(a.y[0], a.x[0] + 2 * a.x[1], step);
    EXPECT_NEAR(a.y[1], 3 * a.x[2] + 4 * a.x[3], step);
  }
}

TEST(Conv2d, RefusesGroupsThatDoNotDivide) {
  const auto refusal = [](Shape x, Shape weights) {
    OneNode node("conv2d");
    node.input(DType::F32, std::move(x)).weights(DType::F32, std::move(weights));
    const auto types = node.infer();
    return types ? std::string() : types.error().message;
  };
  EXPECT_EQ(refusal({1, 2, 2, 4}, {4, 1, 1, 2}), "");
  EXPECT_NE(refusal({1, 2, 2, 5}, {4, 1, 1, 2}).find("channels"), std::string::npos);
  EXPECT_NE(refusal({1, 2, 2, 4}, {3, 1, 1, 2}).find("groups"), std::string::npos);
}

OneNode s16_layer(const char* op, Shape weights, DType bias) {
  OneNode node(op);
  port(node, DType::S16, {1, 3, 3, 2}, 0.25f, 0, false);
  const bool depthwise = op == std::string("depthwise_conv2d");
  const std::int32_t outputs = depthwise ? weights.back() : weights.front();
  port(node, DType::S8, std::move(weights), 0.125f, 0, true);
  if (bias == DType::S64)
    values(node, bias, std::vector<std::int64_t>(static_cast<std::size_t>(outputs), 700));
  if (bias == DType::S32)
    values(node, bias, std::vector<std::int32_t>(static_cast<std::size_t>(outputs), 700));
  if (op != std::string("fully_connected")) finish(node, 64.0f);
  return node;
}

TEST(S16, TheBiasDecidesTheWidthOfSums) {
  EXPECT_EQ(kernel_of(s16_layer("conv2d", {3, 2, 2, 2}, DType::S64)), "conv2d_s16");
  EXPECT_EQ(kernel_of(s16_layer("conv2d", {3, 2, 2, 2}, DType::S32)), "conv2d_s16_sum32");
  EXPECT_EQ(kernel_of(s16_layer("conv2d", {3, 2, 2, 2}, DType::F32)), "conv2d_s16_sum32");  // none
  EXPECT_EQ(kernel_of(s16_layer("depthwise_conv2d", {1, 2, 2, 2}, DType::S64)), "depthwise_conv2d_s16");
  EXPECT_EQ(kernel_of(s16_layer("depthwise_conv2d", {1, 2, 2, 2}, DType::F32)), "depthwise_conv2d_s16");
  OneNode narrow("depthwise_conv2d");
  port(narrow, DType::S16, {1, 3, 3, 2}, 0.25f, 0, false);
  port(narrow, DType::S8, {1, 2, 2, 2}, 0.125f, 0, true);
  values(narrow, DType::S32, std::vector<std::int32_t>(2, 1));
  EXPECT_FALSE(narrow.infer());
}

TEST(S16, ConvolutionComputesItsFormulaToHalfAStep) {
  const OneNode node = s16_layer("conv2d", {3, 3, 3, 2}, DType::S64);
  const Answers a = run_on_random(node, 5);
  const auto* weights = elements<std::int8_t>(node.ref().in(1));
  for (std::size_t o = 0; o < 3; ++o) {
    double sum = 700 * 0.25 * 0.125;
    for (std::size_t i = 0; i < 18; ++i) sum += a.x[i] * weights[o * 18 + i] * 0.125;
    EXPECT_NEAR(a.y[o], std::clamp(sum, -64.0 * 32768, 64.0 * 32767), 64.0 * 0.6)
        << o;  // multipliers have 15 bits
  }
}

TEST(S16, RefusesZeroPointsAndScalesBeyondTheKernels) {
  OneNode node = s16_layer("conv2d", {3, 2, 2, 2}, DType::S64);
  node.graph.tensor(node.node.inputs[0]).quant.zero_point = {5};
  EXPECT_NE(kernel_of(node).find("must be 0"), std::string::npos);
  OneNode far = s16_layer("conv2d", {3, 2, 2, 2}, DType::S64);
  far.graph.tensor(far.node.outputs[0]).quant.scale = {1e-5f};
  EXPECT_NE(kernel_of(far).find("2^7"), std::string::npos);
}

// ---- fully_connected

OneNode dense(DType x, DType w, bool computed, std::int32_t weight_zero_point = 0) {
  OneNode node("fully_connected");
  port(node, x, {2, 3}, 0.05f, x == DType::S16 ? 0 : -4, false);
  port(node, w, {4, 3}, 0.5f, weight_zero_point, !computed);
  finish(node, 0.5f, x == DType::S16 ? 0 : 7);
  return node;
}

TEST(FullyConnected, TakesComputedAndOffsetWeights) {
  EXPECT_EQ(kernel_of(dense(DType::F32, DType::F32, true)), "batch_matmul_f32");
  EXPECT_EQ(kernel_of(dense(DType::S8, DType::S8, true)), "batch_matmul_s8");
  EXPECT_EQ(kernel_of(dense(DType::S8, DType::S8, false, 9)), "batch_matmul_s8");
  EXPECT_EQ(kernel_of(dense(DType::S8, DType::S8, false)), "fully_connected_s8");
  EXPECT_EQ(kernel_of(dense(DType::S16, DType::S8, true)), "batch_matmul_s16_s8");
  EXPECT_EQ(kernel_of(dense(DType::S16, DType::S8, false)), "fully_connected_s16");
}

TEST(FullyConnected, ComputedWeightsGiveTheAnswersOfConstantOnes) {
  for (const auto& [x, w] :
       {std::pair(DType::F32, DType::F32), {DType::S8, DType::S8}, {DType::S16, DType::S8}}) {
    const OneNode constant = dense(x, w, false), computed = dense(x, w, true);
    Random random(17);
    auto inputs = random_inputs(constant.ref(), random);
    const Bytes wanted = run(constant.ref(), inputs);
    inputs[computed.node.inputs[1]] = *constant.ref().in(1).constant;
    EXPECT_EQ(run(computed.ref(), inputs), wanted) << name_of(x);
  }
}

TEST(FullyConnected, OffsetWeightsAreCountedFromTheirZeroPoint) {
  const OneNode node = dense(DType::S8, DType::S8, false, 9);
  const Answers a = run_on_random(node, 23);
  const auto* weights = elements<std::int8_t>(node.ref().in(1));
  for (std::size_t o = 0; o < 4; ++o) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += a.x[i] * 0.5 * (weights[o * 3 + i] - 9);
    EXPECT_NEAR(a.y[o], std::clamp(sum, 0.5 * (-128 - 7), 0.5 * (127 - 7)), 0.2501);
  }
}

// ---- transpose_conv

TEST(TransposeConv, EnlargesAndCutsAsTensorFlowDoes) {
  OneNode node("transpose_conv",
               {{"size", List{5, 5}}, {"stride", List{2, 2}}, {"padding", std::string("valid")}});
  node.input(DType::F32, {1, 2, 2, 1}).weights(DType::F32, {1, 3, 3, 1});
  node.graph.tensor(node.node.inputs[1]).constant = to_constant(std::vector<float>(9, 1.0f));
  node.finish();
  const Bytes x = *to_constant(std::vector<float>{1, 2, 3, 4});
  EXPECT_EQ(floats(run(node.ref(), {{node.node.inputs[0], x}})),
            (std::vector<float>{1, 1, 3, 2, 2, 1, 1, 3, 2, 2, 4, 4, 10, 6, 6, 3, 3, 7, 4, 4, 3, 3, 7, 4, 4}));
  OneNode same("transpose_conv",
               {{"size", List{4, 4}}, {"stride", List{2, 2}}, {"padding", std::string("same")}});
  same.input(DType::F32, {1, 2, 2, 1}).weights(DType::F32, {1, 3, 3, 1});
  same.graph.tensor(same.node.inputs[1]).constant = to_constant(std::vector<float>(9, 1.0f));
  same.finish();
  EXPECT_EQ(floats(run(same.ref(), {{same.node.inputs[0], x}})),
            (std::vector<float>{1, 1, 3, 2, 1, 1, 3, 2, 4, 4, 10, 6, 3, 3, 7, 4}));
}

TEST(TransposeConv, ABiasInS16CountsAsS64) {
  OneNode node("transpose_conv", {{"size", List{2, 2}}, {"stride", List{2, 2}}});
  port(node, DType::S16, {1, 1, 1, 1}, 1.0f, 0, false);
  port(node, DType::S8, {1, 2, 2, 1}, 1.0f, 0, true);
  values(node, DType::S16, std::vector<std::int16_t>{-300});
  finish(node, 1.0f);
  EXPECT_EQ(kernel_of(node), "transpose_conv_s16");
  const Answers a = run_on_random(node, 2);
  const auto* w = elements<std::int8_t>(node.ref().in(1));
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(a.y[i], std::clamp(a.x[0] * w[i] - 300, -32768.0, 32767.0),
                0.51 + std::fabs(a.x[0] * w[i]) / 32768);
}

TEST(TransposeConv, RefusesSizesBeyondReach) {
  OneNode node("transpose_conv", {{"size", List{0, 5}}});
  node.input(DType::F32, {1, 2, 2, 1}).weights(DType::F32, {1, 3, 3, 1});
  EXPECT_FALSE(node.infer());
  node.node.attributes["size"] = List{5};
  EXPECT_FALSE(node.infer());
}

// ---- batch_matmul

TEST(BatchMatmul, InfersBroadcastAndTransposedShapes) {
  const auto shape = [](Shape x, Shape y, std::int64_t adj_x, std::int64_t adj_y) {
    OneNode node("batch_matmul", {{"adj_x", adj_x}, {"adj_y", adj_y}});
    node.input(DType::F32, std::move(x)).input(DType::F32, std::move(y));
    const auto types = node.infer();
    return types ? types->at(0).shape : Shape{};
  };
  EXPECT_EQ(shape({2, 3}, {3, 4}, 0, 0), (Shape{2, 4}));
  EXPECT_EQ(shape({3, 2}, {4, 3}, 1, 1), (Shape{2, 4}));
  EXPECT_EQ(shape({5, 1, 2, 3}, {6, 3, 4}, 0, 0), (Shape{5, 6, 2, 4}));
  EXPECT_EQ(shape({2, 1, 5, 2, 3}, {4, 1, 3, 4}, 0, 0), (Shape{2, 4, 5, 2, 4}));
  EXPECT_EQ(shape({2, 3}, {2, 3}, 0, 0), Shape{});
  EXPECT_EQ(shape({2, 2, 3}, {3, 3, 4}, 0, 0), Shape{});
  EXPECT_EQ(shape({3}, {3, 4}, 0, 0), Shape{});
}

TEST(BatchMatmul, ComputesItsFormulaInEveryType) {
  for (const DType dtype : {DType::F32, DType::S8, DType::S16}) {
    OneNode node("batch_matmul", {{"adj_x", std::int64_t{1}}});
    const std::int32_t zero = dtype == DType::S8 ? 3 : 0;
    port(node, dtype, {2, 3, 2}, 0.01f, zero, false);
    port(node, dtype, {1, 3, 4}, 0.02f, -zero, true);
    finish(node, dtype == DType::S8 ? 0.1f : 64.0f, zero);
    const NodeRef ref = node.ref();
    const Answers a = run_on_random(node, 31);
    const auto y = reals(ref.in(1), *ref.in(1).constant);
    const double step = dtype == DType::F32 ? 1e-4 : 0.6 * static_cast<double>(ref.out(0).quant.scale[0]);
    for (std::size_t b = 0; b < 2; ++b)
      for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 4; ++j) {
          double sum = 0;
          for (std::size_t k = 0; k < 3; ++k) sum += a.x[b * 6 + k * 2 + i] * y[k * 4 + j];
          EXPECT_NEAR(a.y[(b * 2 + i) * 4 + j], sum, step) << name_of(dtype);
        }
  }
}

// ---- layers that remember

OneNode svdf(DType state) {
  OneNode node("svdf", {{"rank", std::int64_t{2}}});
  const DType x = state == DType::F32 ? DType::F32 : DType::S8;
  port(node, x, {1, 3}, 0.1f, 2, false);
  port(node, x, {4, 3}, 0.02f, 0, true);
  port(node, state, {4, 5}, 0.01f, 0, true);
  node.node.inputs.push_back(kNoTensor);
  port(node, state, {1, 20}, 0.05f, 0, false).state = 0;
  finish(node, 0.2f, -128);
  return node;
}

TEST(Svdf, ChoosesItsKernelByTheState) {
  EXPECT_EQ(kernel_of(svdf(DType::F32)), "svdf_f32");
  EXPECT_EQ(kernel_of(svdf(DType::S16)), "svdf_s8");
  EXPECT_EQ(kernel_of(svdf(DType::S8)), "svdf_s8_state8");
  OneNode stateless = svdf(DType::S16);
  stateless.graph.tensor(stateless.node.inputs[4]).state = -1;
  EXPECT_NE(kernel_of(stateless).find("not kept between inferences"), std::string::npos);
}

TEST(Svdf, RefusesSizesThatDoNotFit) {
  OneNode node = svdf(DType::S16);
  node.node.attributes["rank"] = std::int64_t{3};
  EXPECT_FALSE(node.infer());
  OneNode small = svdf(DType::S16);
  small.graph.tensor(small.node.inputs[4]).type.shape = {1, 19};
  EXPECT_FALSE(small.infer());
}

OneNode lstm(DType x, std::int64_t time_major = 0) {
  OneNode node("unidirectional_sequence_lstm", {{"time_major", time_major}});
  const DType weights = x == DType::F32 ? DType::F32 : DType::S8;
  const DType bias = x == DType::F32 ? DType::F32 : (x == DType::S8 ? DType::S32 : DType::S64);
  port(node, x, {2, 7, 3}, 1.0f / 128, 0, false);
  for (int g = 0; g < 4; ++g) port(node, weights, {5, 3}, 1.0f / 64, 0, true);
  for (int g = 0; g < 4; ++g) port(node, weights, {5, 5}, 1.0f / 64, 0, true);
  for (int g = 0; g < 4; ++g) port(node, bias, {5}, 0, 0, true);
  const std::int32_t batches = time_major == 1 ? 7 : 2;
  port(node, x, {batches, 5}, 1.0f / 128, 0, false).state = 0;
  port(node, x == DType::F32 ? DType::F32 : DType::S16, {batches, 5}, 1.0f / 2048, 0, false).state = 1;
  finish(node, 1.0f / 128);
  return node;
}

std::int64_t field(const OneNode& node, const char* name) {
  const auto calls = node.op().lower(node.ref());
  return calls ? std::get<std::int64_t>(calls->at(0).params.at(name)) : -1;
}

TEST(Lstm, LowersWithTheScalesOfItsTensors) {
  EXPECT_EQ(kernel_of(lstm(DType::F32)), "lstm_f32");
  EXPECT_EQ(kernel_of(lstm(DType::S16)), "lstm_s16");
  const OneNode node = lstm(DType::S8);
  EXPECT_EQ(kernel_of(node), "lstm_s8");
  EXPECT_EQ(field(node, "forget_shift"), -14);  // 2^−15
  EXPECT_EQ(field(node, "input_shift"), -18);   // 2^−30 / 2^−11
  EXPECT_EQ(field(node, "output_shift"), -22);  // 2^−30 / 2^−7
  EXPECT_EQ(field(node, "tanh_multiplier"), 6);
  EXPECT_EQ(field(node, "cell_limit"), 32768);
  OneNode clipped = lstm(DType::S8);
  clipped.node.attributes["cell_clip"] = 2.0;
  EXPECT_EQ(field(clipped, "cell_limit"), 4096);
}

TEST(Lstm, BatchAndTimeChangePlaces) {
  const OneNode batch = lstm(DType::S8), time = lstm(DType::S8, 1);
  EXPECT_EQ(field(batch, "batches"), 2);
  EXPECT_EQ(field(batch, "in_time_step"), 3);
  EXPECT_EQ(field(time, "batches"), 7);
  EXPECT_EQ(field(time, "in_time_step"), 21);
  EXPECT_EQ(field(time, "out_batch_step"), 5);
  EXPECT_EQ(time.ref().out(0).type.shape, (Shape{2, 7, 5}));
}

TEST(Lstm, RefusesACellThatIsNotS16AndMissingState) {
  OneNode node = lstm(DType::S8);
  node.graph.tensor(node.node.inputs[14]).type.dtype = DType::S8;
  EXPECT_FALSE(node.infer());
  OneNode stateless = lstm(DType::S8);
  stateless.graph.tensor(stateless.node.inputs[13]).state = -1;
  EXPECT_NE(kernel_of(stateless).find("not kept between inferences"), std::string::npos);
}

// ---- .tflite and back

TEST(Tflite, WeightedLayersAreWrittenAndReadAgain) {
  std::vector<OneNode> nodes = {s16_layer("conv2d", {3, 2, 2, 2}, DType::S64),
                                dense(DType::S8, DType::S8, true), svdf(DType::S16), lstm(DType::S8, 1)};
  OneNode matmul("batch_matmul", {{"adj_y", std::int64_t{1}}});
  matmul.input(DType::F32, {2, 3}).input(DType::F32, {4, 3}).finish();
  nodes.push_back(matmul);
  OneNode larger("transpose_conv",
                 {{"size", List{7, 6}}, {"stride", List{3, 2}}, {"activation", std::string("relu")}});
  larger.input(DType::F32, {1, 2, 2, 1}).weights(DType::F32, {1, 3, 3, 1}).bias(DType::F32, 1).finish();
  nodes.push_back(larger);
  for (OneNode& node : nodes) {
    SCOPED_TRACE(node.node.op);
    const FormatRule& rule = node.op().formats[0];
    Graph graph = node.graph;
    const auto foreign = rule.write(NodeRef{graph, node.node}, graph);
    ASSERT_TRUE(foreign) << foreign.error().message;
    const auto read = rule.read(*foreign, graph);
    ASSERT_TRUE(read) << read.error().message;
    const Node& again = graph.nodes.back();
    EXPECT_EQ(again.op, node.node.op);
    EXPECT_EQ(again.inputs, node.node.inputs);
    for (const auto& [name, value] : node.node.attributes)
      EXPECT_EQ(again.attributes.at(name), value) << name;
  }
}

TEST(Tflite, LstmsWithPeepholesAreRefusedWithTheReason) {
  const OneNode node = lstm(DType::S8);
  Graph graph = node.graph;
  auto foreign = node.op().formats[0].write(NodeRef{graph, node.node}, graph);
  ASSERT_TRUE(foreign);
  foreign->inputs[9] = foreign->inputs[1];
  const auto read = node.op().formats[0].read(*foreign, graph);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("peepholes"), std::string::npos);
}

}  // namespace
}  // namespace mote::test
