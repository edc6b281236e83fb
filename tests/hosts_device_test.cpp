// The vectors of application processors where they run: random layers of sizes around their blocks on this machine, and by QEMU's
// user mode on AArch64 with plain NEON and with the dot product instructions, answer what the simulator answers.
#include <gtest/gtest.h>

#include <map>

#include "support/drawn_device_run.h"

namespace mote {
namespace {
using namespace testing;

std::int32_t some_channels(Draw& d) {
  constexpr std::int32_t counts[] = {1, 3, 8, 15, 16, 17, 31, 32, 33, 48, 49, 63, 64, 65, 100, 130};
  return counts[d.between(0, static_cast<int>(std::size(counts)) - 1)];
}

void draw_convolution(Draw& d, bool depthwise) {
  const std::int32_t in_c = some_channels(d), out_c = depthwise ? in_c : some_channels(d);
  const bool point = !depthwise && d.chance(0.4), same = d.chance(0.6), dilated = same && d.chance(0.2);
  const std::int32_t h = point ? 1 : d.between(1, 5), w = point ? 1 : d.between(1, 5);
  const TensorId x = d.input(
      DType::S8, {d.chance(0.8) ? 1 : 2, d.between(same ? 1 : h, 9), d.between(same ? 1 : w, 9), in_c},
      d.quant());
  const TensorId weights =
      depthwise ? draw_weights(d, {1, h, w, out_c}, 3) : draw_weights(d, {out_c, h, w, in_c}, 0);
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.8)) inputs.push_back(draw_bias(d, x, weights, out_c, !depthwise));
  const std::vector<std::int64_t> stride = {dilated ? 1 : d.between(1, 2), dilated ? 1 : d.between(1, 3)};
  d.layer(depthwise ? "depthwise_conv2d" : "conv2d", inputs,
          {{"stride", stride},
           {"dilation", std::vector<std::int64_t>(2, dilated ? 2 : 1)},
           {"padding", std::string(same ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          quant_of_sum(d, x, weights, std::int64_t{h} * w * (depthwise ? 1 : in_c)));
}

void draw_dense(Draw& d) {
  const std::int32_t depth = d.between(1, 200), units = some_channels(d);
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

void draw_mean(Draw& d) {
  const std::int32_t h = d.between(1, 8), w = d.between(1, 8);
  const TensorId x = d.input(DType::S8, {1, h, w, some_channels(d)}, d.quant());
  d.layer("average_pool2d", {x},
          {{"kernel", std::vector<std::int64_t>{d.between(1, h), d.between(1, w)}},
           {"stride", std::vector<std::int64_t>{d.between(1, 3), d.between(1, 3)}},
           {"padding", std::string(d.chance(0.5) ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          d.quant_of(x));
}

class Hosts : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, Hosts, ::testing::Values("host", "aarch64", "rpi5"), [](const auto& target) {
  const std::string name = target.param;
  return name == "host" ? "ThisMachine" : name == "aarch64" ? "Neon" : "DotProduct";
});

TEST_P(Hosts, VectorsAnswerAsTheSimulator) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  for (const std::uint64_t seed : {1u, 2u}) {
    Draw d(seed, DType::S8, false);
    for (int i = 0; i < 16; ++i) draw_convolution(d, false);
    for (int i = 0; i < 16; ++i) draw_convolution(d, true);
    for (int i = 0; i < 10; ++i) draw_dense(d);
    for (int i = 0; i < 4; ++i) draw_sum(d);
    for (int i = 0; i < 6; ++i) draw_mean(d);
    ASSERT_EQ(d.refusal(), "");
    d.finish();
    DeviceRunOptions options;
    options.measure = false;
    const auto plan = make_plan(d.module(), *target, options.plan);
    ASSERT_TRUE(plan) << plan.error().message;
    std::map<KernelId, int> uses;
    for (const Call* call : calls_of(*plan))
      uses[call->variant->kernel] += call->variant->name == "simd" ? 1 : 0;
    for (const char* kernel :
         {"conv2d_s8", "depthwise_conv2d_s8", "fully_connected_s8", "add_s8", "average_pool2d_s8"})
      EXPECT_GE(uses[kernel], 3) << kernel;
    expect_the_hosts_answers(d, *target, options);
  }
}

TEST(Speed, IsToldOnOneThreadAndOnTwoOfThisMachineAlone) {
  const auto host = find_target("host"), emulated = find_target("aarch64");
  ASSERT_TRUE(host && emulated);
  if (!missing_tools(*host).empty()) GTEST_SKIP() << missing_tools(*host)[0].package << " is not installed";
  Draw d(3, DType::S8, false);
  draw_dense(d);
  d.finish();
  DeviceRunOptions options;
  options.measure = false;
  options.speed = true;
  const auto run = run_on_device(d.module(), *host, drawn_cases(d, 3), options);
  ASSERT_TRUE(run) << run.error().message;
  ASSERT_EQ(run->per_second.size(), 2u);
  for (const double rate : run->per_second) EXPECT_GT(rate, 1000);  // of some thousand products
  if (!missing_tools(*emulated).empty()) return;
  const auto elsewhere = run_on_device(d.module(), *emulated, drawn_cases(d, 3), options);
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_TRUE(elsewhere->per_second.empty());
}

}  // namespace
}  // namespace mote
