// Chains that run some rows at a time: on emulated cores they answer as on the host, and their layers' figures add up.
#include <gtest/gtest.h>

#include <numeric>

#include "app/device_run.h"
#include "support/quantized_network.h"
#include "support/random_network.h"

namespace mote {
namespace {
using namespace testing;

class StreamedRows : public ::testing::TestWithParam<const char*> {};

TEST_P(StreamedRows, AnswerAsOnTheHost) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  DeviceRunOptions options;
  options.plan.optimize = PlanOptions::Optimize::Ram;
  int loops = 0;
  for (const std::uint64_t seed : {2u, 5u, 9u}) {
    const Module module = quantized(canonical(random_image_network(seed, 8, 24)), seed);
    Cases cases;
    cases.count = 3;
    for (std::uint64_t one = 0; one < cases.count; ++one) {
      for (const Bytes& input : random_case(module, seed + one))
        cases.bytes.insert(cases.bytes.end(), input.begin(), input.end());
    }
    const auto run = run_on_device(module, *target, cases, options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    EXPECT_GT(run->layer_bytes, 0u);
    double in_layers = 0;
    for (const LayerFigures& layer : run->layers) {
      loops += layer.name.find(" rows ") != std::string::npos;
      in_layers += layer.instructions.value_or(0);
    }
    if (run->instructions) {
      EXPECT_NEAR(in_layers / *run->instructions, 1.0, 0.05);
    }
  }
  EXPECT_GT(loops, 6);
}

INSTANTIATE_TEST_SUITE_P(, StreamedRows,
                         ::testing::Values("cortex-m4", "cortex-m0", "cortex-m55", "rv32imc", "host"),
                         [](const auto& given) {
                           std::string name = given.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace mote
