// Rows at a time with the variants of every core, followed on the host: drawn int8 networks answer as the reference does.
#include <gtest/gtest.h>

#include "sim/sim.h"
#include "support/quantized_network.h"
#include "support/random_network.h"
#include "targets/target.h"

namespace mote {
namespace {
using namespace testing;

bool has_loops(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return std::holds_alternative<Loop>(step.what); });
}

TEST(StreamedRowsOnTheHost, AnswerAsTheReference) {
  int loops = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Module module = quantized(canonical(random_image_network(seed, 4 + static_cast<int>(seed % 5),
                                                                   12 + static_cast<int>(seed % 20))),
                                    seed);
    auto reference = Sim::make(module);
    ASSERT_TRUE(reference) << reference.error().message;
    for (const char* name : {"cortex-m0", "cortex-m4", "cortex-m55", "rv32imc"}) {
      const auto target = find_target(name);
      ASSERT_TRUE(target) << target.error().message;
      PlanOptions options;
      options.optimize = PlanOptions::Optimize::Ram;
      auto plan = make_plan(module, *target, options);
      ASSERT_TRUE(plan) << plan.error().message;
      loops += has_loops(*plan);
      auto streamed = Sim::follow(module, std::move(*plan));
      ASSERT_TRUE(streamed) << streamed.error().message;
      for (std::uint64_t one = 0; one < 3; ++one) {
        const std::vector<Bytes> inputs = random_case(module, seed + one);
        const std::vector<std::span<const std::uint8_t>> spans(inputs.begin(), inputs.end());
        reference->invoke(spans);
        streamed->invoke(spans);
        const auto expected = reference->output(0), got = streamed->output(0);
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), got.begin(), got.end()))
            << "seed " << seed << " as on " << name << "\n"
            << to_text(module);
      }
    }
  }
  EXPECT_GT(loops, 60);
}

}  // namespace
}  // namespace mote
