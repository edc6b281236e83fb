// Every project of examples/ as it stands, on its real data: the goal is reached by the int8 network, which is as good as the
// float one, and the emulated device answers the host's bytes for every test sample.  Minutes.
#include "support/examples.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using testing::Example;

class ExamplesInFull : public ::testing::TestWithParam<Example> {};

TEST_P(ExamplesInFull, ReachTheirGoals) {
  const Example& example = GetParam();
  const fs::path data = testing::data_folder() / example.data;
  if (!fs::exists(data)) GTEST_SKIP() << "no data in " << data;
  const auto folder = ScratchFolder::make("examples");
  ASSERT_TRUE(folder.has_value());
  const fs::path project = fs::path(MOTE_SOURCE_DIR) / "examples" / example.name / "mote.toml";
  const auto report = testing::flow_report(project.string(), (folder->path() / "out").string());
  ASSERT_TRUE(report.has_value());
  testing::expect_same_bytes(*report);
  const double real = testing::figure_of(*report, "float", example.figure),
               reached = testing::figure_of(*report, "int8", example.figure),
               trivial = testing::trivial_figure(*report, example.figure);
  std::printf("%s: %s float %.4g, int8 %.4g, trivial %.4g\n", example.name.c_str(), example.figure.c_str(),
              real, reached, trivial);
  if (example.figure == "rmse") {
    EXPECT_LE(reached, example.of_baseline ? example.goal * trivial : example.goal);
    return;
  }
  // Goals are stated to a tenth of a point.
  EXPECT_GE(std::round(reached * 1000) / 1000, example.goal);
  const double sample = 1 / report->at("samples").get<double>();
  EXPECT_GE(reached, real - std::max(0.01, sample) - 1e-9) << "int8 is worse than float";
}

INSTANTIATE_TEST_SUITE_P(Data, ExamplesInFull, ::testing::ValuesIn(testing::examples()),
                         [](const auto& given) {
                           std::string name = given.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mote
