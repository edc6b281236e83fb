// The cycle estimate of a real network on the emulated Cortex-M4: plausible, repeatable, and its layers add up.
// What single instructions cost is tested in src/emulate/emulate_device_test.cpp.
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "app/model_cases.h"
#include "codegen/codegen.h"
#include "emulate/cycle_plugin.h"
#include "emulate/emulate.h"

namespace mote {
namespace {

std::filesystem::path keyword_spotting_model() {
  const char* data = std::getenv("MOTE_DATA");
  const std::filesystem::path root =
      data ? std::filesystem::path(data) : std::filesystem::path(MOTE_SOURCE_DIR) / "../shared/data";
  return root / "models/mlperf-tiny/kws_ref_model.tflite";
}

class CycleEstimateOfKeywordSpotting : public testing::Test {
 protected:
  void SetUp() override {
    ModelRequest request;
    request.model = keyword_spotting_model().string();
    if (!std::filesystem::exists(request.model)) GTEST_SKIP() << request.model << " is not there";
    const auto target = find_target(request.target);
    ASSERT_TRUE(target);
    for (const MissingTool& tool : missing_tools(*target))
      GTEST_SKIP() << tool.program << " is not installed";
    if (cycle_plugin_arguments(*target).empty()) GTEST_SKIP() << "the plugin is not built";
    const auto model = prepare(request);
    ASSERT_TRUE(model) << model.error().message;
    const auto plan = make_plan(model->module, model->target, model->plan);
    ASSERT_TRUE(plan) << plan.error().message;
    const auto program = make_program(model->module, *plan, {});
    ASSERT_TRUE(program) << program.error().message;
    program_ = *program;
    target_ = *target;
    input_ = Bytes(input_bytes(model->module), 7);
  }

  RunOutput run(const Firmware& firmware, bool estimate) const {
    RunOptions options;
    options.estimate_cycles = estimate;
    const auto out = firmware.run(input_, 1, options);
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    return out ? *out : RunOutput{};
  }

  Program program_;
  Target target_;
  Bytes input_;
};

TEST_F(CycleEstimateOfKeywordSpotting, IsPlausibleRepeatableAndTheSumOfItsLayers) {
  const auto firmware = Firmware::build(program_, target_);
  ASSERT_TRUE(firmware) << firmware.error().message;
  const RunOutput measured = run(*firmware, false), first = run(*firmware, true),
                  second = run(*firmware, true);
  EXPECT_FALSE(measured.cycles_estimated.has_value()) << "not asked for";
  EXPECT_EQ(first.outputs, measured.outputs);
  ASSERT_TRUE(first.cycles_estimated && measured.instructions);
  EXPECT_EQ(first.cycles_estimated, second.cycles_estimated);
  EXPECT_EQ(first.layer_cycles, second.layer_cycles);

  const double per_instruction = *first.cycles_estimated / *measured.instructions;
  EXPECT_GT(per_instruction, 1.0);
  EXPECT_LT(per_instruction, 2.5);
  ASSERT_EQ(first.layer_cycles.size(), program_.layers.size());
  const double sum = std::accumulate(first.layer_cycles.begin(), first.layer_cycles.end(), 0.0);
  EXPECT_NEAR(sum, *first.cycles_estimated, 0.02 * *first.cycles_estimated);
}

// Two ways of counting that share nothing: the plugin's blocks and marks, and the emulator's clock.
TEST_F(CycleEstimateOfKeywordSpotting, IsTheInstructionCountWhenEveryInstructionCostsOne) {
  for (auto& [kind, cycles] : target_.cycle_model.cycles) cycles = kind == "multiple_each" ? 0 : 1;
  const auto firmware = Firmware::build(program_, target_);
  ASSERT_TRUE(firmware) << firmware.error().message;
  const RunOutput measured = run(*firmware, false), counted = run(*firmware, true);
  ASSERT_TRUE(counted.cycles_estimated && measured.instructions);
  constexpr double clock_resolution = 2 * 40;  // a tick is 40 instructions; reading it costs some, too
  EXPECT_NEAR(*counted.cycles_estimated, *measured.instructions, clock_resolution);
}

}  // namespace
}  // namespace mote
