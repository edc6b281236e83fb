// The fast variants on the cores that they are for, emulated: random layers of sizes around their blocks answer as on the host,
// with parameters known to the compiler (speed) and read from flash (size).
#include <gtest/gtest.h>

#include "support/drawn_device_run.h"

namespace mote {
namespace {
using namespace testing;

/// Deep enough for several segments of taps, with three to many pixels and any number of channels modulo four.
void draw_deep_convolution(Draw& d) {
  const std::int32_t in_c = d.between(17, 70), out_c = d.between(1, 13), kernel = d.chance(0.5) ? 1 : 3;
  const TensorId x = d.input(DType::S8, {1, d.between(kernel, 5), d.between(kernel, 5), in_c}, d.quant());
  const TensorId weights = draw_weights(d, {out_c, kernel, kernel, in_c}, 0);
  const std::vector<TensorId> inputs = {x, weights, draw_bias(d, x, weights, out_c, true)};
  d.layer("conv2d", inputs,
          {{"stride", std::vector<std::int64_t>{1, 1}},
           {"dilation", std::vector<std::int64_t>{1, 1}},
           {"padding", std::string(d.chance(0.5) ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          quant_of_sum(d, x, weights, std::int64_t{kernel} * kernel * in_c));
}

/// 3×3, of more rows and columns than one chunk; channels are a multiple of `unit`.
void draw_wide_depthwise(Draw& d, std::int32_t unit = 1) {
  const std::int32_t channels = unit * d.between(1, 20 / unit), stride = d.between(1, 2);
  const TensorId x = d.input(DType::S8, {1, d.between(3, 20), d.between(3, 20), channels}, d.quant());
  const TensorId weights = draw_weights(d, {1, 3, 3, channels}, 3);
  const std::vector<TensorId> inputs = {x, weights, draw_bias(d, x, weights, channels, false)};
  d.layer("depthwise_conv2d", inputs,
          {{"stride", std::vector<std::int64_t>{stride, stride}},
           {"dilation", std::vector<std::int64_t>{1, 1}},
           {"padding", std::string(d.chance(0.5) ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          quant_of_sum(d, x, weights, 9));
}

void draw_dense(Draw& d) {
  const std::int32_t depth = d.between(1, 70), units = d.between(1, 20);
  const TensorId x = d.input(DType::S8, {d.between(1, 3), depth}, d.quant());
  const Quant quant = {{static_cast<float>(std::ldexp(d.uniform(1, 2), -8))}, {0}, 0};
  const TensorId weights = d.constant(DType::S8, {units, depth}, quant);
  d.layer("fully_connected", {x, weights, draw_bias(d, x, weights, units)},
          {{"activation", d.word(kActivations)}}, quant_of_sum(d, x, weights, depth));
}

void draw_sum(Draw& d) {
  const Shape shape = {d.between(1, 70)};
  const TensorId a = d.input(DType::S8, shape, d.quant()), b = d.input(DType::S8, shape, d.quant());
  d.layer("add", {a, b}, {{"activation", d.word(kActivations)}}, d.quant());
}

/// Sums of up to 25 taps and maxima, of any number of channels modulo four.
void draw_pools(Draw& d) {
  for (const char* op : {"average_pool2d", "max_pool2d"}) {
    const std::int32_t kernel = d.between(1, 5), stride = d.between(1, 2);
    const Quant quant = d.quant();
    const TensorId x =
        d.input(DType::S8, {1, d.between(kernel, 8), d.between(kernel, 8), d.between(1, 19)}, quant);
    d.layer(op, {x},
            {{"kernel", std::vector<std::int64_t>{kernel, kernel}},
             {"stride", std::vector<std::int64_t>{stride, stride}},
             {"padding", std::string(d.chance(0.5) ? "same" : "valid")},
             {"activation", d.word(kActivations)}},
            quant);
  }
}

void draw_product(Draw& d) {
  const Shape shape = {d.between(1, 70)};
  const TensorId a = d.input(DType::S8, shape, d.quant()), b = d.input(DType::S8, shape, d.quant());
  d.layer("mul", {a, b}, {{"activation", d.word(kActivations)}}, d.quant());
}

void expect_the_hosts_answers(const char* target_name, std::uint64_t seed, const char* variant,
                              PlanOptions::Optimize optimize) {
  const auto target = find_target(target_name);
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  Draw d(seed, DType::S8, false);
  const std::string name = variant;
  const bool dense = name == "eights" || name == "dsp" || name == "dsp_wide";
  for (int i = 0; i < 10; ++i) {
    if (name == "triple" || name.substr(0, 3) == "dsp") {
      make_conv2d(d, "conv2d");
      make_conv2d(d, "depthwise_conv2d");
      draw_deep_convolution(d);
      draw_wide_depthwise(d);
    }
    // Whole fours, and outputs over the whole of s8, which one activation of several leaves them.
    for (int n = 0; n < 3 && name.substr(0, 7) == "dsp_3x3"; ++n) draw_wide_depthwise(d, 4);
    if (dense) draw_dense(d);
    if (name == "tables") draw_sum(d);
    if (name == "dsp") {
      draw_pools(d);
      draw_product(d);
    }
  }
  ASSERT_EQ(d.refusal(), "");
  d.finish();
  DeviceRunOptions options;
  options.plan.optimize = optimize;
  options.plan.prefer = variant;
  options.measure = false;
  const auto plan = make_plan(d.module(), *target, options.plan);
  ASSERT_TRUE(plan) << plan.error().message;
  int uses = 0;
  for (const Step& step : plan->steps) {
    const Call* call = std::get_if<Call>(&step.what);
    uses += call != nullptr && call->variant->name == name ? 1 : 0;
  }
  EXPECT_GE(uses, name == "triple" ? 20 : 5);
  expect_the_hosts_answers(d, *target, options);
}

constexpr auto kSpeed = PlanOptions::Optimize::Speed, kSize = PlanOptions::Optimize::Size;

class SmallCores : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    , SmallCores, ::testing::Values("cortex-m0", "cortex-m3", "rv32imc"), [](const auto& core) {
      return std::string(core.param[0] == 'r' ? "RiscV" : core.param[8] == '0' ? "M0" : "M3");
    });

TEST_P(SmallCores, ConvolutionsAnswerAsOnTheHost) {
  expect_the_hosts_answers(GetParam(), 1, "triple", kSpeed);
  expect_the_hosts_answers(GetParam(), 2, "triple", kSize);
}
TEST_P(SmallCores, DenseLayersAnswerAsOnTheHost) {
  expect_the_hosts_answers(GetParam(), 3, "eights", kSpeed);
  expect_the_hosts_answers(GetParam(), 4, "eights", kSize);
}
class DspVariants : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, DspVariants,
                         ::testing::Values("dsp", "dsp_wide", "dsp_two", "dsp_lines", "dsp_backward",
                                           "dsp_3x3", "dsp_3x3_backward"),
                         [](const auto& variant) { return std::string(variant.param); });

TEST_P(DspVariants, AnswerOnACortexM4AsOnTheHost) {
  expect_the_hosts_answers("cortex-m4", 6, GetParam(), kSpeed);
  expect_the_hosts_answers("cortex-m4", 7, GetParam(), kSize);
}
/// A few small layers at a time, as memory is.
TEST(PairVariants, AnswerOnAnAvrAsOnTheHost) {
  const auto target = find_target("avr");
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  int uses = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Draw d(seed, DType::S8, false);
    make_conv2d(d, "conv2d");
    make_conv2d(d, "depthwise_conv2d");
    draw_deep_convolution(d);
    draw_dense(d);
    ASSERT_EQ(d.refusal(), "");
    d.finish();
    DeviceRunOptions options;
    options.plan.optimize = seed % 2 == 0 ? kSize : kSpeed;
    options.plan.prefer = "pairs";
    options.measure = false;
    const auto plan = make_plan(d.module(), *target, options.plan);
    ASSERT_TRUE(plan) << plan.error().message;
    for (const Call* call : calls_of(*plan)) uses += call->variant->name == "pairs" ? 1 : 0;
    expect_the_hosts_answers(d, *target, options);
  }
  EXPECT_GE(uses, 20);
}

TEST(DspSums, AnswerOnACortexM4AsOnTheHost) { expect_the_hosts_answers("cortex-m4", 8, "tables", kSpeed); }

TEST_P(SmallCores, SumsAnswerAsOnTheHost) { expect_the_hosts_answers(GetParam(), 5, "tables", kSpeed); }

}  // namespace
}  // namespace mote
