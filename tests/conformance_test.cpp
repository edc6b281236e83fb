// One-operator models with TensorFlow Lite Micro's answers (data/conformance/tflm-seanet): the host's are the same bytes.
// conformance_device_test.cpp runs some of them on an emulated core.
#include "support/conformance.h"
#include "sim/sim.h"

namespace mote {
namespace {

class OneOperatorModels : public ::testing::TestWithParam<const char*> {};

TEST_P(OneOperatorModels, AnswerEveryByte) {
  const auto models = testing::conformance_models(GetParam());
  if (models.empty()) GTEST_SKIP() << testing::conformance_folder() << " is not there; set MOTE_DATA";
  std::uint64_t bytes = 0;
  for (const std::string& path : models) {
    SCOPED_TRACE(path);
    const auto given = testing::read_conformance(path);
    ASSERT_TRUE(given) << given.error().message;
    auto sim = Sim::make(given->module);
    ASSERT_TRUE(sim) << sim.error().message;
    sim->invoke(std::vector<std::span<const std::uint8_t>>(given->inputs.begin(), given->inputs.end()));
    const auto out = sim->output(0);
    EXPECT_EQ(Bytes(out.begin(), out.end()), given->golden);
    bytes += given->golden.size();
  }
  std::printf("%s: %zu models, %llu bytes compared\n", GetParam(), models.size(),
              static_cast<unsigned long long>(bytes));
}

INSTANTIATE_TEST_SUITE_P(Seanet, OneOperatorModels, ::testing::ValuesIn(testing::kConformanceOps),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace mote
