// Every real data set loads by a project of at most 25 lines, tests/sets/<set>.toml, and has the samples, shapes, rates and units
// that its description says.  Skipped where the data is not there.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/project.h"
#include "app/project_data.h"
#include "base/system.h"
#include "base/text.h"
#include "support/files.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

struct Input {
  std::vector<std::int32_t> shape;
  double rate_hz = 0;
  std::string unit;
};

/// What a set's README says, as far as the project keeps it.
struct Expected {
  std::string set;  ///< of tests/sets
  Task task = Task::Classification;
  std::size_t labels = 0;
  std::size_t samples = 0;  ///< all of them: rows, clips, pictures, windows
  std::size_t test = 0;
  std::vector<Input> inputs;
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.set; }

// Counts that the READMEs name are marked; those of windows follow from the rows: (length − window) / hop + 1, a recording.
const std::vector<Expected>& all_sets() {
  using enum Task;
  constexpr double kFiveMinutes = 1.0 / 300, kHour = 1.0 / 3600, kDay = 1.0 / 86400;
  static const std::vector<Expected> sets = {
      {"ai4i2020", Classification, 2, 8000, 1600, {{{8}, 0, ""}}},  // 8000 rows
      {"air-quality", Regression, 0, 7205, 1441, {{{7}, 0, ""}}},   // 7485 rows, those without C6H6 left out
      {"cmapss-fd001",
       Regression,
       0,
       13868,
       50,
       {{{30, 14}, 0, ""}}},  // 80 engines of 16138 rows; 50 test engines
      {"crop-recommendation", Classification, 22, 1760, 352, {{{7}, 0, ""}}},    // 80 a crop
      {"delhi-climate", Regression, 0, 1442, 278, {{{14, 5}, kDay, ""}}},        // 1462 days − 13 − 7
      {"eeg-eye-state", Classification, 2, 742, 142, {{{128, 14}, 128, "µV"}}},  // 11984 rows
      {"esc10", Classification, 10, 80, 20, {{{80000, 1}, 16000, ""}}},          // 60 and 20 clips
      {"fan-vibration", Anomaly, 2, 420, 180, {{{192, 3}, 200, "g"}}},  // 300 normal, 120 with a coin
      {"forest-fires", Regression, 0, 517, 103, {{{8}, 0, ""}}},
      {"frog-calls", Classification, 10, 5752, 1146, {{{22}, 0, ""}}},
      {"fsdd", Classification, 10, 720, 200, {{{8000, 1}, 8000, ""}}},  // 520 and 200
      {"gesture-wand",
       Classification,
       3,
       454,
       138,
       {{{240, 3}, 100, "m/s2"}, {{120, 3}, 50, "degrees/s"}}},  // 160 gestures, windows of 6 long recordings
      {"gesture-wand-spells", Classification, 5, 125, 25, {{{119, 6}, 119, ""}}},  // 100 and 25
      {"glucose-cgm", Regression, 0, 121642, 33514, {{{24, 1}, kFiveMinutes, "mg/dl"}}},
      {"heart-rate", Regression, 0, 127, 24, {{{200, 1}, 100, ""}}},
      {"heart-rate-plain", Regression, 0, 23, 3, {{{200, 1}, 100, ""}}},
      {"metro-traffic", Regression, 0, 12475, 1684, {{{24, 6}, kHour, ""}}},
      {"mitbih-beats", Classification, 5, 8216, 2703, {{{125, 1}, 125, "µV"}}},  // 5513 and 2703
      {"mitbih-raw", Classification, 5, 1858, 313, {{{125, 1}, 125, "mV"}}},
      {"mnist", Classification, 10, 5000, 1000, {{{28, 28, 1}, 0, ""}}},  // 4000 and 1000
      {"mnist-png", Classification, 10, 100, 20, {{{28, 28, 1}, 0, ""}}},
      {"nab", Anomaly, 2, 26553, 6854, {{{24, 1}, kFiveMinutes, ""}}},
      {"occupancy", Classification, 2, 10808, 2665, {{{5}, 0, ""}}},       // 8143 and 2665
      {"optdigits", Classification, 10, 4721, 898, {{{8, 8, 1}, 0, ""}}},  // 3823 and 898
      {"plant-disease-apple", Classification, 4, 560, 160, {{{48, 48, 3}, 0, ""}}},
      {"ppg", Regression, 0, 477, 93, {{{500, 1}, 125, ""}, {{250, 1}, 62.5, ""}}},  // 8 minutes
      {"sign-language-digits", Classification, 10, 640, 160, {{{48, 48, 3}, 0, ""}}},
      {"skab", Anomaly, 2, 9194, 6794, {{{16, 8}, 1, ""}}},
      {"soil-moisture", Regression, 0, 559, 112, {{{126}, 0, ""}}},
      {"speech-commands", Classification, 6, 810, 210, {{{16000, 1}, 16000, ""}}},
      {"trashnet", Classification, 5, 650, 150, {{{48, 64, 3}, 0, ""}}},
      {"umafall-wrist",
       Classification,
       15,
       456,
       124,
       {{{256, 4}, 20, "g"}, {{256, 3}, 20, "degrees/s"}}},               // 332 and 124 traces
      {"wand-digits", Classification, 10, 800, 153, {{{64, 2}, 0, ""}}},  // 80 a digit
  };
  return sets;
}

fs::path project_of(const std::string& set) {
  return fs::path(MOTE_SOURCE_DIR) / "tests" / "sets" / (set + ".toml");
}

class DataSets : public ::testing::TestWithParam<Expected> {};
INSTANTIATE_TEST_SUITE_P(, DataSets, ::testing::ValuesIn(all_sets()),
                         [](const auto& of) { return text::identifier(of.param.set); });

TEST_P(DataSets, LoadsAsItsDescriptionSays) {
  if (!fs::is_directory(testing::data_folder())) GTEST_SKIP() << "no data sets; set MOTE_DATA";
  const Expected& expected = GetParam();
  const auto project = load_project(project_of(expected.set));
  ASSERT_TRUE(project) << project.error().message << "\n" << project.error().hint;
  const auto loaded = load_project_data(*project);
  ASSERT_TRUE(loaded) << loaded.error().message << "\n" << loaded.error().hint;
  const Dataset& data = loaded->data;
  EXPECT_EQ(data.task, expected.task);
  EXPECT_EQ(data.labels.size(), expected.labels);
  EXPECT_EQ(data.size(), expected.samples);
  EXPECT_EQ(data.indices(Split::Test).size(), expected.test);
  EXPECT_FALSE(data.indices(Split::Train).empty());
  EXPECT_FALSE(data.indices(Split::Validation).empty());
  ASSERT_EQ(data.inputs.size(), expected.inputs.size());
  for (std::size_t k = 0; k < data.inputs.size(); ++k) {
    EXPECT_EQ(data.inputs[k].shape, expected.inputs[k].shape);
    EXPECT_DOUBLE_EQ(data.inputs[k].rate_hz, expected.inputs[k].rate_hz);
    EXPECT_EQ(data.inputs[k].unit, expected.inputs[k].unit);
    EXPECT_EQ(data.inputs[k].values.size(), data.size() * data.inputs[k].count());
  }
  EXPECT_EQ(data.number.values.size(), data.task == Task::Regression ? data.size() : 0);
  EXPECT_EQ(data.origin.size(), data.size());
}

TEST(DataSetProjects, HaveAtMostTwentyFiveLines) {
  std::size_t projects = 0;
  for (const auto& entry : fs::directory_iterator(project_of("x").parent_path())) {
    const auto content = read_text(entry.path());
    ASSERT_TRUE(content);
    int lines = 0;
    for (const std::string& line : text::split(*content, '\n')) {
      const std::string_view words = text::trim(line);
      lines += !words.empty() && words[0] != '#' ? 1 : 0;
    }
    EXPECT_LE(lines, 25) << entry.path();
    ++projects;
  }
  EXPECT_EQ(projects, all_sets().size()) << "a project that no test loads";
}

}  // namespace
}  // namespace mote
