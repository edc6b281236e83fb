// The synthetic heartbeats are what their header says: deterministic, in the format, with the marks of their classes.
#include "data/synth/ecg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "data/checks.h"
#include "data/reader.h"

namespace mote {
namespace {

EcgOptions few(int subjects = 6, int beats = 40) {
  EcgOptions options;
  options.subjects = subjects;
  options.beats_per_subject = beats;
  return options;
}

std::string csv(const EcgOptions& options) {
  const auto text = synthesize_ecg_csv(options);
  EXPECT_TRUE(text.has_value());
  return text ? *text : "";
}

TEST(SynthEcg, SaysWhatItIsInTheFirstLine) {
  const std::string text = csv(few(1, 2));
  EXPECT_TRUE(text::starts_with(text, "# synthetic ECG (McSharry et al. 2003), seed 1,"))
      << text.substr(0, 100);
  EXPECT_NE(text.substr(0, text.find('\n')).find("not measured from a person"), std::string::npos);
}

TEST(SynthEcg, SameSeedSameBytesOtherSeedOther) {
  EcgOptions options = few(2, 10);
  const std::string first = csv(options);
  EXPECT_EQ(first, csv(options));
  options.seed = 2;
  EXPECT_NE(first, csv(options));
}

TEST(SynthEcg, ASubjectDoesNotDependOnHowManyThereAre) {
  const auto alone = synthesize_ecg(few(1, 20), 0), among = synthesize_ecg(few(9, 20), 0);
  ASSERT_TRUE(alone.has_value() && among.has_value());
  EXPECT_EQ(alone->microvolt, among->microvolt);
}

TEST(SynthEcg, RefusesOptionsOutOfRange) {
  for (const EcgOptions& options : {few(0), few(1001), few(1, 0), few(1, 10'001), few(1000, 201)}) {
    EXPECT_FALSE(synthesize_ecg_csv(options).has_value())
        << options.subjects << " x " << options.beats_per_subject;
  }
  EcgOptions options;
  options.noise = -1;
  EXPECT_FALSE(synthesize_ecg_csv(options).has_value());
  options.noise = NAN;
  EXPECT_FALSE(synthesize_ecg_csv(options).has_value());
  EXPECT_FALSE(synthesize_ecg(few(3), 3).has_value());
}

TEST(SynthEcg, WindowsFitAndIntervalsAgreeWithTheRecording) {
  for (int subject = 0; subject < 6; ++subject) {
    const auto recording = synthesize_ecg(few(), subject);
    ASSERT_TRUE(recording.has_value());
    ASSERT_EQ(recording->beats.size(), 40u);
    for (std::size_t k = 0; k < recording->beats.size(); ++k) {
      const EcgBeat& beat = recording->beats[k];
      ASSERT_GE(beat.sample, 50u);
      ASSERT_LE(beat.sample + 75, recording->microvolt.size());
      ASSERT_GT(beat.rr_prev_ms, 200);
      ASSERT_LT(beat.rr_prev_ms, 2500);
      if (k == 0) continue;
      EXPECT_EQ(beat.rr_prev_ms, recording->beats[k - 1].rr_next_ms);
      const double apart = 8.0 * static_cast<double>(beat.sample - recording->beats[k - 1].sample);
      EXPECT_NEAR(apart, beat.rr_prev_ms, 25);
    }
  }
}

TEST(SynthEcg, WithoutNoiseThePeakOfANormalBeatIsAtItsMark) {
  EcgOptions options = few();
  options.noise = 0;
  for (int subject = 0; subject < options.subjects; ++subject) {
    const auto recording = synthesize_ecg(options, subject);
    ASSERT_TRUE(recording.has_value());
    for (const EcgBeat& beat : recording->beats) {
      if (beat.label != 'N') continue;
      std::size_t peak = beat.sample - 12;
      for (std::size_t i = beat.sample - 12; i < beat.sample + 12; ++i) {
        if (recording->microvolt[i] > recording->microvolt[peak]) peak = i;
      }
      EXPECT_NEAR(static_cast<double>(peak), static_cast<double>(beat.sample), 2.0);
    }
  }
}

TEST(SynthEcg, EctopicBeatsComeEarlyAndAllClassesOccur) {
  const EcgOptions options = few(20, 60);
  std::map<char, double> count, early;
  for (int subject = 0; subject < options.subjects; ++subject) {
    const auto recording = synthesize_ecg(options, subject);
    ASSERT_TRUE(recording.has_value());
    for (const EcgBeat& beat : recording->beats) {
      count[beat.label] += 1;
      early[beat.label] += static_cast<double>(beat.rr_prev_ms) / beat.rr_next_ms;
    }
  }
  EXPECT_EQ(count.size(), 4u);
  const double total = 20 * 60;
  EXPECT_GT(count['N'] / total, 0.55);
  EXPECT_LT(count['N'] / total, 0.85);
  for (const char label : {'S', 'V', 'F'}) EXPECT_GT(count[label], 15) << label;
  for (const char label : {'S', 'V'}) EXPECT_LT(early[label] / count[label], 0.8) << label;
  EXPECT_NEAR(early['N'] / count['N'], 1.1, 0.15);
}

TEST(SynthEcg, LoadsAsADatasetThatPassesTheChecks) {
  const auto table = parse_csv(csv(EcgOptions{}), "synthetic.csv");
  ASSERT_TRUE(table.has_value()) << table.error().message;
  DataSource source;
  source.name = "synthetic";
  source.inputs = {{"beat", {"s0..s124"}, "mV", 125, 0, 0.001, true},
                   {"rr", {"rr_prev_ms / mean(rr_prev_ms)", "rr_prev_ms / rr_next_ms"}, "", 0, 0, 1, false}};
  source.label_column = "label";
  source.labels = {"N", "S", "V", "F"};
  source.group_column = "subject";
  source.split_by = "group";
  const auto data = make_dataset(source, {&*table, 1});
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->size(), 2400u);
  EXPECT_EQ(data->indices(Split::Test).size(), 480u);
  for (const Finding& finding : check_dataset(*data).findings) {
    EXPECT_NE(finding.severity, Severity::Problem) << finding.title << ": " << finding.detail;
  }
  const InputSummary beat = summarize(*data).inputs[0];
  EXPECT_GT(beat.all.minimum, -5) << "mV";
  EXPECT_LT(beat.all.maximum, 5) << "mV";
}

}  // namespace
}  // namespace mote
