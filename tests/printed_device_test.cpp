// The printed sources, their parameters known to the compiler, answer as the host's functions do: where a compiler's optimizer
// goes wrong on constant shapes, it is seen here.  GCC 12 did, at -O2 on x86-64, for convolutions to four channels.
#include <gtest/gtest.h>

#include "app/device_run.h"
#include "support/quantized_network.h"

namespace mote {
namespace {

// A series of `steps` values → conv1d → global max → dense → softmax.
Module series_network(int steps, int channels, int kernel, int stride, std::uint64_t seed) {
  testing::Network net(seed);
  const TensorId x = net.input("x", {1, steps, 1, 1});
  const TensorId conv =
      net.layer("conv2d", "conv1",
                {x, net.constant("conv1.weights", {channels, kernel, 1, 1}, -0.5, 0.5),
                 net.constant("conv1.bias", {channels}, -0.2, 0.2)},
                {{"padding", std::string("same")}, {"stride", std::vector<std::int64_t>{stride, 1}}});
  const TensorId active = net.layer("relu", "relu1", {conv});
  const std::int64_t rows = net.graph().tensor(active).type.shape[1];
  const TensorId pool = net.layer(
      "max_pool2d", "pool1", {active},
      {{"kernel", std::vector<std::int64_t>{rows, 1}}, {"stride", std::vector<std::int64_t>{rows, 1}}});
  return net.finish({net.layer("softmax", "softmax1", {net.dense("dense1", pool, 2)})});
}

Cases random_bytes(const Module& module, std::uint32_t count, std::uint64_t seed) {
  Random random(seed);
  Cases cases{count, Bytes(count * input_bytes(module))};
  for (std::uint8_t& byte : cases.bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return cases;
}

struct SeriesShape {
  int steps, channels, kernel, stride;
};
void PrintTo(const SeriesShape& s, std::ostream* out) {
  *out << s.steps << "x" << s.channels << "k" << s.kernel << "s" << s.stride;
}

class PrintedSeriesNetworks : public ::testing::TestWithParam<SeriesShape> {};

TEST_P(PrintedSeriesNetworks, AnswerAsTheHostsFunctions) {
  const SeriesShape s = GetParam();
  const Module module =
      testing::quantized(testing::canonical(series_network(s.steps, s.channels, s.kernel, s.stride, 3)), 4);
  const auto target = find_target("host");
  ASSERT_TRUE(target);
  for (const auto optimize : {PlanOptions::Optimize::Speed, PlanOptions::Optimize::Size}) {
    DeviceRunOptions options;
    options.plan.optimize = optimize;
    options.measure = false;
    const auto run = run_on_device(module, *target, random_bytes(module, 20, 5), options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, PrintedSeriesNetworks,
                         ::testing::Values(SeriesShape{8, 4, 8, 1}, SeriesShape{8, 4, 5, 1},
                                           SeriesShape{125, 4, 7, 2}, SeriesShape{64, 8, 4, 1},
                                           SeriesShape{33, 5, 9, 2}, SeriesShape{16, 3, 3, 1}));

/// GCC 12 for Arm dropped this one at -O2: the two runs' addresses, computed from each other, looked like null.
TEST(PrintedTranspose, IsNotDropped) {
  for (const Shape& shape :
       {Shape{1, 13, 16}, Shape{1, 16, 13}, Shape{1, 8, 8}, Shape{1, 26, 16}, Shape{2, 7, 32}}) {
    testing::Network net(3);
    const TensorId x = net.input("x", shape);
    const TensorId swapped = net.layer("transpose", "transpose1", {net.layer("relu", "relu1", {x})},
                                       {{"permutation", std::vector<std::int64_t>{0, 2, 1}}});
    const Module module =
        testing::quantized(testing::canonical(net.finish({net.dense("dense1", swapped, 3)})), 4);
    for (const char* name : {"host", "cortex-m4", "cortex-m55"}) {
      const auto target = find_target(name);
      ASSERT_TRUE(target);
      DeviceRunOptions options;
      options.measure = false;
      const auto run = run_on_device(module, *target, random_bytes(module, 2, 5), options);
      ASSERT_TRUE(run) << run.error().message;
      EXPECT_TRUE(run->matches()) << name << ": " << run->first_mismatch;
    }
  }
}

}  // namespace
}  // namespace mote
