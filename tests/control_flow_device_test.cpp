// Loops, branches and memory on devices: the firmware's answers are the host's, byte for byte, inference after inference.
#include <gtest/gtest.h>

#include "app/device_run.h"
#include "support/control_networks.h"
#include "support/random_network.h"

namespace mote {
namespace {

Cases random_cases(const Module& module, std::uint32_t count) {
  Cases cases{count, {}};
  for (std::uint32_t i = 0; i < count; ++i) {
    for (const Bytes& input : testing::random_case(module, i + 1))
      cases.bytes.insert(cases.bytes.end(), input.begin(), input.end());
  }
  return cases;
}

void expect_the_hosts_answers(const std::string& target_name) {
  const auto target = find_target(target_name);
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  for (const testing::ControlNetwork& network : testing::control_networks()) {
    SCOPED_TRACE(network.name);
    for (const auto optimize : {PlanOptions::Optimize::Speed, PlanOptions::Optimize::Size}) {
      DeviceRunOptions options;
      options.plan.optimize = optimize;
      options.measure = false;
      options.sequence = true;
      const auto run = run_on_device(network.module, *target, random_cases(network.module, 60), options);
      ASSERT_TRUE(run) << run.error().message;
      EXPECT_TRUE(run->matches()) << run->first_mismatch;
      EXPECT_GT(run->compared_bytes, 0u);
      EXPECT_GT(run->layer_bytes, 0u);
    }
  }
}

TEST(ControlFlow, OnTheHostAnswersAsTheSimulator) { expect_the_hosts_answers("host"); }
TEST(ControlFlow, OnACortexM4AnswersAsTheHost) { expect_the_hosts_answers("cortex-m4"); }

}  // namespace
}  // namespace mote
