// Every project of examples/, trained for seconds: the flow goes through, the emulated device answers the host's bytes, and the
// answers are better than one that does not look at the sample.  What the full training reaches: examples_real_test.cpp.
#include "support/examples.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using testing::Example;

const fs::path kExamples = fs::path(MOTE_SOURCE_DIR) / "examples";

/// Lines that are neither blank nor a comment.
int lines_of(const std::string& project) {
  int count = 0;
  for (const std::string& line : text::split(project, '\n')) {
    const std::string_view words = text::trim(line);
    count += !words.empty() && words.front() != '#';
  }
  return count;
}

TEST(Examples, StandInTheTableOfGoals) {
  std::vector<std::string> folders, named;
  for (const auto& entry : fs::directory_iterator(kExamples))
    if (entry.is_directory()) folders.push_back(entry.path().filename().string());
  for (const Example& example : testing::examples()) named.push_back(example.name);
  std::sort(folders.begin(), folders.end());
  EXPECT_EQ(folders, named);
  for (const std::string& folder : folders)
    EXPECT_TRUE(fs::exists(kExamples / folder / "README.md")) << folder;
}

TEST(Examples, AreProjectsOfAtMost25Lines) {
  for (const Example& example : testing::examples()) {
    if (example.name == "heart-monitor") continue;  // its network is written out
    const auto project = read_text(kExamples / example.name / "mote.toml");
    ASSERT_TRUE(project.has_value()) << example.name;
    EXPECT_LE(lines_of(*project), 25) << example.name;
  }
}

class ExamplesInShort : public ::testing::TestWithParam<Example> {};

TEST_P(ExamplesInShort, LearnSomethingAndAnswerTheSameOnTheDevice) {
  const Example& example = GetParam();
  const fs::path data = testing::data_folder() / example.data;
  if (!fs::exists(data)) GTEST_SKIP() << "no data in " << data;
  const auto folder = ScratchFolder::make("examples");
  ASSERT_TRUE(folder.has_value());
  const auto project = read_text(kExamples / example.name / "mote.toml");
  ASSERT_TRUE(project.has_value());
  const std::string file = (folder->path() / "mote.toml").string();
  ASSERT_TRUE(write_text(file, testing::shortened(*project, example.short_epochs)));
  const auto report = testing::flow_report(file, (folder->path() / "out").string());
  ASSERT_TRUE(report.has_value());
  testing::expect_same_bytes(*report);
  const double reached = testing::figure_of(*report, "int8", example.figure),
               trivial = testing::trivial_figure(*report, example.figure);
  std::printf("%s: %s %.4g, trivial %.4g\n", example.name.c_str(), example.figure.c_str(), reached, trivial);
  if (example.figure == "rmse")
    EXPECT_LT(reached, trivial * std::max(1.0, example.of_baseline ? example.goal : 0.0));
  else
    EXPECT_GT(reached, trivial);
}

INSTANTIATE_TEST_SUITE_P(Data, ExamplesInShort, ::testing::ValuesIn(testing::examples()),
                         [](const auto& given) {
                           std::string name = given.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mote
