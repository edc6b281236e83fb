// What `mote data check` says of every real data set: the table below is all of its warnings and problems.  A new check that cries
// wolf changes it, and so does one that no longer hears.  Skipped where the data is not there.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/project.h"
#include "app/project_data.h"
#include "base/text.h"
#include "data/checks.h"
#include "support/files.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

struct Expected {
  std::string set;                    ///< of tests/sets
  std::vector<std::string> findings;  ///< "warning: title", in order
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.set; }

const std::vector<Expected>& all_sets() {
  static const std::vector<Expected> sets = {
      {"ai4i2020",
       {"warning: class balance, train", "warning: class balance, validation",
        "warning: class balance, test"}},
      {"air-quality", {"warning: input 'sensors', test unlike train"}},  // winter is tested
      {"cmapss-fd001", {"warning: the same groups in files of two splits"}},
      {"crop-recommendation", {}},
      {"delhi-climate", {}},
      // A few gross outliers in training, and an hour later the electrodes sit otherwise.
      {"eeg-eye-state",
       {"warning: input 'eeg', validation unlike train", "warning: input 'eeg', test unlike train"}},
      {"esc10", {"warning: few training samples of 10 labels"}},
      {"fan-vibration", {}},
      // Fires of one day have one weather.
      {"forest-fires",
       {"warning: identical samples in test and elsewhere",
        "warning: identical samples in train and validation", "warning: input 'weather', test unlike train"}},
      {"frog-calls",
       {"warning: class balance, train", "warning: class balance, validation",
        "warning: class balance, test"}},
      {"fsdd", {}},
      // ± 4 g is the sensor's range.
      {"gesture-wand-spells",
       {"warning: few training samples of 5 labels",
        "warning: input 'motion', 'aY' is clipped at its minimum",
        "warning: input 'motion', 'aY' is clipped at its maximum",
        "warning: input 'motion', 'aZ' is clipped at its maximum"}},
      // 40 mg/dl is the lowest that the sensor says.
      {"glucose-cgm",
       {"warning: input 'glucose' is clipped at its minimum",
        "warning: input 'glucose' is flat in some samples"}},
      {"metro-traffic", {}},
      {"mitbih-beats",
       {"warning: class balance, train", "warning: class balance, validation", "warning: class balance, test",
        "warning: few training samples of 'Q'"}},
      // One record, split by time: its flutter comes at the end.
      {"mitbih-raw",
       {"warning: class balance, train", "warning: class balance, validation", "warning: class balance, test",
        "problem: label 'A' is tested but never trained", "problem: label 'E' is tested but never trained",
        "warning: label 'R' is never tested", "warning: labels, test unlike train"}},
      {"mnist", {}},
      // A sensor in a room was silent for a week.
      {"nab", {"warning: long pauses are bridged", "warning: input 'value' is flat in some samples"}},
      // Rows a minute apart, in a room where nothing happens.
      {"occupancy",
       {"warning: identical samples in test and elsewhere",
        "warning: identical samples in train and validation", "warning: input 'sensors', test unlike train"}},
      {"optdigits", {}},
      {"plant-disease-apple", {}},
      {"ppg", {"warning: input 'ecg' is clipped at its maximum"}},
      {"sign-language-digits", {}},
      {"skab", {"warning: long pauses are bridged"}},
      {"soil-moisture", {}},
      // Three clips of "silence" cut from the same moment.
      {"speech-commands", {"warning: identical samples in train and validation"}},
      {"trashnet", {}},
      {"wand-digits", {}},
  };
  return sets;
}

class DataFindings : public ::testing::TestWithParam<Expected> {};

TEST_P(DataFindings, AreThoseThatAPersonWouldName) {
  if (!fs::exists(testing::data_folder()))
    GTEST_SKIP() << "no data folder " << testing::data_folder().string() << "; set MOTE_DATA";
  const fs::path file = fs::path(MOTE_SOURCE_DIR) / "tests/sets" / text::cat(GetParam().set, ".toml");
  const auto project = load_project(file);
  ASSERT_TRUE(project) << project.error().message;
  const auto loaded = load_project_data(*project);
  ASSERT_TRUE(loaded) << loaded.error().message;
  std::vector<std::string> found;
  for (const Finding& finding : check_dataset(loaded->data).findings) {
    if (finding.severity >= Severity::Warning)
      found.push_back(text::cat(name_of(finding.severity), ": ", finding.title));
  }
  EXPECT_EQ(found, GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(AllSets, DataFindings, ::testing::ValuesIn(all_sets()),
                         [](const auto& of) { return text::identifier(of.param.set); });

}  // namespace
}  // namespace mote
