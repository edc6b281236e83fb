// Lowering: the calls carry the right constants, and running them gives what the op's formula says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ops/nn/test_nodes.h"
#include "ops/nn/window.h"

namespace mote::test {
namespace {

/// Real values of a tensor's bytes.
std::vector<double> reals(const Tensor& tensor, const Bytes& bytes) {
  std::vector<double> values;
  if (tensor.type.dtype == DType::F32) {
    for (const float v : floats(bytes)) values.push_back(static_cast<double>(v));
    return values;
  }
  const auto last_axis_scale = [&](std::size_t i) {
    if (!tensor.quant.per_channel()) return tensor.quant.scale[0];
    std::size_t inner = 1;
    for (std::size_t d = static_cast<std::size_t>(tensor.quant.axis) + 1; d < tensor.type.shape.size(); ++d)
      inner *= static_cast<std::size_t>(tensor.type.shape[d]);
    return tensor.quant.scale[i / inner % tensor.quant.scale.size()];
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int q = static_cast<std::int8_t>(bytes[i]);
    values.push_back(static_cast<double>(last_axis_scale(i)) *
                     (q - (tensor.quant.per_channel() ? 0 : tensor.quant.zero_point[0])));
  }
  return values;
}

double bias_at(const NodeRef& ref, std::size_t channel) {
  if (!ref.has_in(2)) return 0;
  const Tensor& bias = ref.in(2);
  if (bias.type.dtype == DType::F32) return static_cast<double>(elements<float>(bias)[channel]);
  const auto& scales = ref.in(1).quant.scale;
  const double scale = static_cast<double>(ref.in(0).quant.scale[0]) *
                       static_cast<double>(scales[scales.size() > 1 ? channel : 0]);
  return scale * elements<std::int32_t>(bias)[channel];
}

double activate(const NodeRef& ref, double y) {
  const std::string& word = ref.word("activation");
  if (word == "none") return y;
  return word == "relu" ? std::max(y, 0.0) : std::clamp(y, 0.0, 6.0);
}

/// The formula of conv2d and depthwise_conv2d, straight from their documentation, in double.
std::vector<double> naive_conv(const NodeRef& ref, const std::vector<double>& x) {
  const bool depthwise = ref.node.op == "depthwise_conv2d";
  const std::int64_t multiplier = depthwise ? ref.integer("depth_multiplier") : 1;
  const Shape &in = ref.in(0).type.shape, &out = ref.out(0).type.shape, &w = ref.in(1).type.shape;
  const auto weights = reals(ref.in(1), *ref.in(1).constant);
  const nn::Window window = *nn::conv_window(ref);
  std::vector<double> y;
  for (std::int32_t n = 0; n < out[0]; ++n)
    for (std::int32_t i = 0; i < out[1]; ++i)
      for (std::int32_t j = 0; j < out[2]; ++j)
        for (std::int32_t o = 0; o < out[3]; ++o) {
          double sum = bias_at(ref, static_cast<std::size_t>(o));
          for (std::int32_t a = 0; a < w[1]; ++a)
            for (std::int32_t b = 0; b < w[2]; ++b)
              for (std::int32_t c = 0; c < in[3]; ++c) {
                if (depthwise && c != o / multiplier) continue;
                const std::int32_t row = i * window.h.stride + a * window.h.dilation - window.h.pad;
                const std::int32_t column = j * window.w.stride + b * window.w.dilation - window.w.pad;
                if (row < 0 || row >= in[1] || column < 0 || column >= in[2]) continue;
                const auto at = static_cast<std::size_t>(((n * in[1] + row) * in[2] + column) * in[3] + c);
                const auto tap =
                    depthwise ? (a * w[2] + b) * w[3] + o : ((o * w[1] + a) * w[2] + b) * in[3] + c;
                sum += x[at] * weights[static_cast<std::size_t>(tap)];
              }
          y.push_back(activate(ref, sum));
        }
  return y;
}

std::vector<double> naive_fully_connected(const NodeRef& ref, const std::vector<double>& x) {
  const auto outputs = static_cast<std::size_t>(ref.in(1).type.shape[0]);
  const auto inputs = static_cast<std::size_t>(ref.in(1).type.shape[1]);
  const auto weights = reals(ref.in(1), *ref.in(1).constant);
  std::vector<double> y;
  for (std::size_t n = 0; n < x.size() / inputs; ++n)
    for (std::size_t o = 0; o < outputs; ++o) {
      double sum = bias_at(ref, o);
      for (std::size_t i = 0; i < inputs; ++i) sum += x[n * inputs + i] * weights[o * inputs + i];
      y.push_back(activate(ref, sum));
    }
  return y;
}

/// Within rounding of f32, or one step of the s8 output (saturated at its ends).
void expect_near(const Tensor& out, const Bytes& bytes, const std::vector<double>& expected) {
  const auto got = reals(out, bytes);
  ASSERT_EQ(got.size(), expected.size());
  const bool s8 = out.type.dtype == DType::S8;
  const double scale = s8 ? static_cast<double>(out.quant.scale[0]) : 0;
  const double low = s8 ? scale * (-128 - out.quant.zero_point[0]) : -1e30;
  const double high = s8 ? scale * (127 - out.quant.zero_point[0]) : 1e30;
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], std::clamp(expected[i], low, high), s8 ? scale * 1.001 : 1e-4) << i;
}

TEST(Lower, LayersWithWeightsComputeTheirFormula) {
  Random random(3);
  int checked = 0;
  for (const OneNode& node : example_nodes()) {
    const NodeRef ref = node.ref();
    if (node.op().quant == nullptr || node.op().quant->weight < 0) continue;
    SCOPED_TRACE(text::cat(node.op().name, " ", name_of(ref.in(0).type.dtype)));
    const auto inputs = random_inputs(ref, random);
    const auto x = reals(ref.in(0), inputs.at(ref.node.inputs[0]));
    const bool dense = node.node.op == "fully_connected";
    expect_near(ref.out(0), run(ref, inputs), dense ? naive_fully_connected(ref, x) : naive_conv(ref, x));
    ++checked;
  }
  EXPECT_EQ(checked, 10);
}

TEST(Lower, PoolsComputeTheirFormula) {
  Random random(5);
  for (const OneNode& node : example_nodes()) {
    const bool mean = node.node.op == "average_pool2d";
    if (!mean && node.node.op != "max_pool2d") continue;
    const NodeRef ref = node.ref();
    const auto inputs = random_inputs(ref, random);
    const auto x = reals(ref.in(0), inputs.at(ref.node.inputs[0]));
    const Shape &in = ref.in(0).type.shape, &out = ref.out(0).type.shape;
    const nn::Window window = *nn::pool_window(ref);
    std::vector<double> y;
    for (std::int32_t i = 0; i < out[1]; ++i)
      for (std::int32_t j = 0; j < out[2]; ++j)
        for (std::int32_t c = 0; c < out[3]; ++c) {
          double sum = 0, most = -1e30;
          int taps = 0;
          const RowSpan rows = window.h.reads({i, i + 1}), columns = window.w.reads({j, j + 1});
          for (std::int32_t row = std::max(rows.begin, 0); row < std::min(rows.end, in[1]); ++row)
            for (std::int32_t column = std::max(columns.begin, 0); column < std::min(columns.end, in[2]);
                 ++column) {
              const double v = x[static_cast<std::size_t>((row * in[2] + column) * in[3] + c)];
              sum += v;
              most = std::max(most, v);
              ++taps;
            }
          y.push_back(activate(ref, mean ? sum / taps : most));
        }
    expect_near(ref.out(0), run(ref, inputs), y);
  }
}

TEST(Lower, ElementWiseOpsComputeTheirFormula) {
  Random random(9);
  for (const OneNode& node : example_nodes()) {
    const std::string& op = node.node.op;
    if (op != "add" && op != "relu" && op != "relu6") continue;
    const NodeRef ref = node.ref();
    const auto inputs = random_inputs(ref, random);
    auto y = reals(ref.in(0), inputs.at(ref.node.inputs[0]));
    if (op == "add") {
      const auto other = reals(ref.in(1), inputs.at(ref.node.inputs[1]));
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = activate(ref, y[i] + other[i]);
    } else {
      for (double& v : y) v = std::clamp(v, 0.0, op == "relu6" ? 6.0 : 1e30);
    }
    expect_near(ref.out(0), run(ref, inputs), y);
  }
}

TEST(Lower, SoftmaxGivesProbabilities) {
  Random random(13);
  for (const OneNode& node : example_nodes()) {
    if (node.node.op != "softmax") continue;
    const NodeRef ref = node.ref();
    const auto inputs = random_inputs(ref, random);
    const auto x = reals(ref.in(0), inputs.at(ref.node.inputs[0]));
    const auto depth = static_cast<std::size_t>(ref.in(0).type.shape.back());
    std::vector<double> y(x.size());
    for (std::size_t r = 0; r < x.size(); r += depth) {
      double sum = 0;
      for (std::size_t c = 0; c < depth; ++c) sum += y[r + c] = std::exp(ref.real("beta") * x[r + c]);
      for (std::size_t c = 0; c < depth; ++c) y[r + c] /= sum;
    }
    expect_near(ref.out(0), run(ref, inputs), y);
  }
}

TEST(Lower, ConcatenationPutsEachElementInItsPlace) {
  Random random(17);
  for (const OneNode& node : example_nodes()) {
    if (node.node.op != "concatenation") continue;
    const NodeRef ref = node.ref();
    const auto axis = static_cast<std::size_t>(ref.integer("axis") < 0 ? 3 : ref.integer("axis"));
    const auto inputs = random_inputs(ref, random);
    const auto got = reals(ref.out(0), run(ref, inputs));
    const Shape& out = ref.out(0).type.shape;
    std::int32_t before = 0;
    for (int k = 0; k < 2; ++k) {
      const Shape& in = ref.in(k).type.shape;
      const auto x = reals(ref.in(k), inputs.at(ref.node.inputs[static_cast<std::size_t>(k)]));
      std::size_t next = 0;
      for (std::int32_t a = 0; a < in[1]; ++a)
        for (std::int32_t b = 0; b < in[2]; ++b)
          for (std::int32_t c = 0; c < in[3]; ++c) {
            std::int32_t at[4] = {0, a, b, c};
            at[axis] += before;
            const auto i = static_cast<std::size_t>((at[1] * out[2] + at[2]) * out[3] + at[3]);
            EXPECT_EQ(got[i], x[next++]);
          }
      before += in[axis];
    }
  }
}

TEST(Lower, ConstantsAreNamedAfterTheLayer) {
  OneNode node("conv2d");
  node.input(DType::S8, {1, 3, 3, 1})
      .weights(DType::S8, {2, 3, 3, 1}, {0.1f, 0.2f})
      .bias(DType::S32, 2)
      .finish();
  const auto calls = node.op().lower(node.ref());
  ASSERT_TRUE(calls) << calls.error().message;
  std::vector<std::string> names;
  for (const Arg& arg : calls->at(0).args) {
    if (const auto* rom = std::get_if<Arg::Rom>(&arg.what)) names.push_back(rom->constant->name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"the_layer_weights", "the_layer_bias", "the_layer_multiplier",
                                             "the_layer_shift"}));
}

TEST(Lower, FullyConnectedHasOneMultiplierOrOneAnOutput) {
  const auto table_size = [](std::vector<float> scales) {
    OneNode node("fully_connected");
    node.input(DType::S8, {1, 4}).weights(DType::S8, {3, 4}, std::move(scales)).finish();
    const auto calls = node.op().lower(node.ref());
    EXPECT_TRUE(calls);
    const auto& rom = std::get<Arg::Rom>(calls->at(0).args[3].what);
    return std::pair(std::get<std::int64_t>(calls->at(0).params.at("requant_step")), rom.constant->shape);
  };
  EXPECT_EQ(table_size({0.1f}), (std::pair(std::int64_t{0}, Shape{1})));
  EXPECT_EQ(table_size({0.1f, 0.2f, 0.3f}), (std::pair(std::int64_t{1}, Shape{3})));
}

TEST(Lower, EveryCallHasAReferenceVariantAndItsFields) {
  for (const OneNode& node : example_nodes()) {
    if (node.op().view) continue;
    const auto calls = node.op().lower(node.ref());
    ASSERT_TRUE(calls) << node.op().name << ": " << calls.error().message;
    for (const KernelCall& call : *calls) {
      EXPECT_EQ(reference_of(call.kernel).kernel, call.kernel);
      EXPECT_FALSE(call.params.fields.empty());
    }
    EXPECT_TRUE(node.op().verify == nullptr || node.op().verify(node.ref(), Stage::Quantized))
        << node.op().name;
  }
}

TEST(Lower, RefusesS8WithoutScales) {
  for (const OneNode& example : example_nodes()) {
    OneNode node = example;
    if (node.op().verify == nullptr) continue;  // moves bytes, whatever they mean
    if (node.op().view || node.ref().in(0).type.dtype != DType::S8) continue;
    for (Tensor& tensor : node.graph.tensors) tensor.quant = {};
    EXPECT_FALSE(node.op().lower(node.ref())) << node.op().name;
    EXPECT_FALSE(node.op().verify(node.ref(), Stage::Quantized)) << node.op().name;
  }
}

TEST(Verify, PoolsNeedOneScale) {
  OneNode node("max_pool2d");
  node.input(DType::S8, {1, 4, 4, 1}).finish(0.06f, -3);
  EXPECT_TRUE(node.op().verify(node.ref(), Stage::Imported));
  EXPECT_FALSE(node.op().verify(node.ref(), Stage::Quantized));
}

TEST(Verify, SoftmaxInS8HasTheGivenScale) {
  OneNode node("softmax");
  node.input(DType::S8, {1, 4}).finish(1.0f / 128.0f, 0);
  EXPECT_FALSE(node.op().verify(node.ref(), Stage::Quantized));
}

TEST(Work, CountsMultiplicationsAndBytes) {
  OneNode conv("conv2d", {{"padding", std::string("same")}});
  conv.input(DType::S8, {1, 6, 5, 3}).weights(DType::S8, {4, 3, 2, 3}).bias(DType::S32, 4).finish();
  EXPECT_EQ(conv.op().work(conv.ref()).macs, 6 * 5 * 4 * 3 * 2 * 3);
  EXPECT_EQ(conv.op().work(conv.ref()).weight_bytes, 4 * 3 * 2 * 3 + 16);
  OneNode dense("fully_connected");
  dense.input(DType::F32, {2, 6}).weights(DType::F32, {3, 6}).finish();
  EXPECT_EQ(dense.op().work(dense.ref()).macs, 2 * 3 * 6);
  EXPECT_EQ(dense.op().work(dense.ref()).weight_bytes, 3 * 6 * 4);
}

}  // namespace
}  // namespace mote::test
