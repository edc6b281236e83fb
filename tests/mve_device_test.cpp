// The kernels for MVE on an emulated Cortex-M55, on random layers of the sizes around their blocks: the device answers what the
// host answers, with parameters known to the compiler (speed) and read from flash (size).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/drawn_device_run.h"

namespace mote {
namespace {
using namespace testing;

std::int64_t pick_of(Draw& d, std::initializer_list<std::int64_t> values) {
  return *(values.begin() + d.between(0, static_cast<int>(values.size()) - 1));
}

void draw_convolution(Draw& d, const std::string& op) {
  const bool depthwise = op == "depthwise_conv2d";
  const auto in_c = static_cast<std::int32_t>(depthwise ? pick_of(d, {1, 5, 7, 8, 9, 16, 17, 24, 40})
                                                        : pick_of(d, {1, 3, 8, 15, 16, 20, 32, 33, 64, 80}));
  const auto out_c =
      static_cast<std::int32_t>(depthwise ? in_c : pick_of(d, {1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 24}));
  const bool point = !depthwise && d.chance(0.4), three = d.chance(0.4), same = d.chance(0.6);
  const std::int32_t h = point ? 1 : three ? 3 : d.between(1, 5), w = point ? 1 : three ? 3 : d.between(1, 5);
  const std::int32_t in_h = d.between(same ? 1 : h, 8), in_w = d.between(same ? 1 : w, 8);
  const bool dilated = d.chance(0.2) && same;
  const std::vector<std::int64_t> dilation(2, dilated ? 2 : 1);
  const std::vector<std::int64_t> stride = {dilated ? 1 : d.between(1, 2), dilated ? 1 : d.between(1, 3)};
  const TensorId x = d.input(DType::S8, {d.chance(0.8) ? 1 : 2, in_h, in_w, in_c}, d.quant());
  const TensorId weights =
      depthwise ? draw_weights(d, {1, h, w, out_c}, 3) : draw_weights(d, {out_c, h, w, in_c}, 0);
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.8)) inputs.push_back(draw_bias(d, x, weights, out_c, !depthwise));
  d.layer(op, inputs,
          {{"stride", stride},
           {"dilation", dilation},
           {"padding", std::string(same ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          quant_of_sum(d, x, weights, std::int64_t{h} * w * (depthwise ? 1 : in_c)));
}

void draw_dense(Draw& d) {
  const auto depth = static_cast<std::int32_t>(pick_of(d, {1, 8, 15, 16, 17, 32, 40, 48, 64, 100, 160}));
  const auto units = static_cast<std::int32_t>(pick_of(d, {1, 2, 7, 8, 9, 16, 20}));
  const TensorId x = d.input(DType::S8, {d.between(1, 3), depth}, d.quant());
  Quant q = {{static_cast<float>(std::ldexp(d.uniform(1, 2), -8))}, {0}, 0};
  const TensorId weights = d.constant(DType::S8, {units, depth}, q);
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.7)) inputs.push_back(draw_bias(d, x, weights, units));
  d.layer("fully_connected", inputs, {{"activation", d.word(kActivations)}},
          quant_of_sum(d, x, weights, depth));
}

void draw_sum(Draw& d) {
  const Shape shape = {static_cast<std::int32_t>(pick_of(d, {1, 7, 8, 9, 64, 101}))};
  const TensorId a = d.input(DType::S8, shape, d.quant()), b = d.input(DType::S8, shape, d.quant());
  d.layer("add", {a, b}, {{"activation", d.word(kActivations)}}, d.quant());
}

void draw_pool(Draw& d, const std::string& op) {
  const auto channels = static_cast<std::int32_t>(pick_of(d, {1, 5, 8, 9, 16, 17, 33}));
  const std::int32_t in_h = d.between(1, 8), in_w = d.between(1, 8);
  const TensorId x = d.input(DType::S8, {1, in_h, in_w, channels}, d.quant());
  const bool whole = d.chance(0.3);
  d.layer(op, {x},
          {{"kernel",
            std::vector<std::int64_t>{whole ? in_h : d.between(1, in_h), whole ? in_w : d.between(1, in_w)}},
           {"stride", std::vector<std::int64_t>{d.between(1, 3), d.between(1, 3)}},
           {"padding", std::string(d.chance(0.5) ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          d.quant_of(x));
}

/// How often variants of MVE run, by kernel.
std::map<KernelId, int> uses_of_mve(const Plan& plan) {
  std::map<KernelId, int> uses;
  for (const Step& step : plan.steps) {
    const Call* call = std::get_if<Call>(&step.what);
    if (call != nullptr && call->variant->name.substr(0, 3) == "mve") ++uses[call->variant->kernel];
  }
  return uses;
}

void expect_the_hosts_answers(std::uint64_t seed, PlanOptions::Optimize optimize) {
  const auto target = find_target("cortex-m55");
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  Draw d(seed, DType::S8, false);
  for (int i = 0; i < 16; ++i) draw_convolution(d, "conv2d");
  for (int i = 0; i < 16; ++i) draw_convolution(d, "depthwise_conv2d");
  for (int i = 0; i < 10; ++i) draw_dense(d);
  for (int i = 0; i < 6; ++i) draw_sum(d);
  for (int i = 0; i < 6; ++i) draw_pool(d, i % 2 == 0 ? "average_pool2d" : "max_pool2d");
  ASSERT_EQ(d.refusal(), "");
  d.finish();
  DeviceRunOptions options;
  options.plan.optimize = optimize;
  options.plan.prefer = "mve";
  options.measure = false;
  const auto plan = make_plan(d.module(), *target, options.plan);
  ASSERT_TRUE(plan) << plan.error().message;
  const auto uses = uses_of_mve(*plan);
  for (const char* kernel : {"conv2d_s8", "depthwise_conv2d_s8", "fully_connected_s8", "add_s8",
                             "average_pool2d_s8", "max_pool2d_s8"}) {
    EXPECT_GE(uses.count(kernel) > 0 ? uses.at(kernel) : 0, 2) << kernel;
  }
  expect_the_hosts_answers(d, *target, options);
}

TEST(Mve, AnswersAsTheHostWithKnownParameters) {
  expect_the_hosts_answers(1, PlanOptions::Optimize::Speed);
  expect_the_hosts_answers(2, PlanOptions::Optimize::Speed);
}
TEST(Mve, AnswersAsTheHostWithParametersInFlash) {
  expect_the_hosts_answers(3, PlanOptions::Optimize::Size);
  expect_the_hosts_answers(4, PlanOptions::Optimize::Size);
}

}  // namespace
}  // namespace mote
