// Random layers on an emulated device: it answers what the host answers.
#pragma once

#include <gtest/gtest.h>

#include "app/device_run.h"
#include "support/random_ops/random_ops.h"

namespace mote::testing {

/// The inputs of `count` random cases of the finished model, one behind another.
inline Cases drawn_cases(Draw& d, std::uint32_t count) {
  Cases cases;
  cases.count = count;
  for (const auto& one : random_cases(d, static_cast<int>(count))) {
    for (const Bytes& input : one) cases.bytes.insert(cases.bytes.end(), input.begin(), input.end());
  }
  return cases;
}

/// Builds the finished model for the target and runs three cases on it.
inline void expect_the_hosts_answers(Draw& d, const Target& target, const DeviceRunOptions& options) {
  const auto run = run_on_device(d.module(), target, drawn_cases(d, 3), options);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->matches()) << run->first_mismatch;
  EXPECT_GT(run->compared_bytes, 0u);
}

}  // namespace mote::testing
