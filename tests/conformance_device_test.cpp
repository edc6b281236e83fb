// Two of the one-operator models of each operator (conformance_test.cpp) on an emulated Cortex-M4.
#include "app/device_run.h"
#include "passes/pipeline.h"
#include "support/conformance.h"

namespace mote {
namespace {

class OneOperatorFirmwares : public ::testing::TestWithParam<const char*> {};

TEST_P(OneOperatorFirmwares, AnswerEveryByte) {
  auto models = testing::conformance_models(GetParam());
  if (models.empty()) GTEST_SKIP() << testing::conformance_folder() << " is not there; set MOTE_DATA";
  if (models.size() > 2) models = {models.front(), models.back()};
  const auto target = find_target("cortex-m4");
  ASSERT_TRUE(target);
  for (const std::string& path : models) {
    SCOPED_TRACE(path);
    auto given = testing::read_conformance(path);
    ASSERT_TRUE(given) << given.error().message;
    const auto module = canonicalize(std::move(given->module));
    ASSERT_TRUE(module) << module.error().message;
    Cases cases{1, {}};
    for (const Bytes& input : given->inputs)
      cases.bytes.insert(cases.bytes.end(), input.begin(), input.end());
    DeviceRunOptions options;
    options.measure = false;
    const auto run = run_on_device(*module, *target, cases, options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    EXPECT_EQ(run->outputs, given->golden);
  }
}

INSTANTIATE_TEST_SUITE_P(Seanet, OneOperatorFirmwares, ::testing::ValuesIn(testing::kConformanceOps),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace mote
