// Each check finds what it is for, and says nothing where there is nothing.
#include "data/checks.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "math/random.h"

namespace mote {
namespace {

/// n samples of a series [8, 1] of noise and features [2]; two labels in turn, ten groups, 60/20/20 by group.
Dataset healthy(std::size_t n = 200) {
  Dataset data;
  data.name = "healthy";
  data.labels = {"N", "V"};
  data.inputs = {{"beat", "mV", 125, {8, 1}, {}, {}}, {"rr", "ms", 0, {2}, {}, {"prev", "next"}}};
  Random random(3);
  for (std::size_t i = 0; i < n; ++i) {
    for (int t = 0; t < 8; ++t) data.inputs[0].values.push_back(static_cast<float>(random.normal()));
    for (int t = 0; t < 2; ++t) data.inputs[1].values.push_back(static_cast<float>(random.normal()));
    data.target.push_back(static_cast<std::int32_t>(i % 2));
    const std::size_t group = i * 10 / n;
    data.group.push_back("p" + std::to_string(group));
    data.split.push_back(group < 6 ? Split::Train : group < 8 ? Split::Validation : Split::Test);
    data.origin.push_back("x.csv:" + std::to_string(i + 2));
  }
  data.load.rows = static_cast<std::int64_t>(n);
  return data;
}

/// The finding whose title holds `part`; Ok with an empty title when there is none.
Finding finding(const Dataset& data, const std::string& part) {
  for (const Finding& found : check_dataset(data).findings) {
    if (found.title.find(part) != std::string::npos) return found;
  }
  return {};
}

void copy_sample(Dataset& data, std::size_t from, std::size_t to) {
  for (DataInput& input : data.inputs) {
    for (std::size_t e = 0; e < input.count(); ++e) {
      input.values[to * input.count() + e] = input.values[from * input.count() + e];
    }
  }
}

TEST(CheckDataset, AHealthySetHasOnlyGoodNews) {
  for (const Finding& found : check_dataset(healthy()).findings) {
    EXPECT_EQ(found.severity, Severity::Ok) << found.title << ": " << found.detail;
  }
  EXPECT_EQ(check_dataset(healthy()).worst(), Severity::Ok);
}

TEST(CheckDataset, AnEmptySetIsNoCrash) {
  Dataset data;
  check_dataset(data);
  EXPECT_EQ(summarize(data).groups, 0);
}

TEST(CheckDataset, ImbalanceIsANoteThenAWarning) {
  Dataset data = healthy();
  EXPECT_EQ(finding(data, "class balance, train").severity, Severity::Ok);
  for (std::size_t i = 0; i < data.size(); ++i) data.target[i] = i % 5 == 0;
  EXPECT_EQ(finding(data, "class balance, train").severity, Severity::Note);
  for (std::size_t i = 0; i < data.size(); ++i) data.target[i] = i % 20 == 0;
  EXPECT_EQ(finding(data, "class balance, train").severity, Severity::Warning);
  EXPECT_NE(finding(data, "class balance, train").detail.find("95.0 %"), std::string::npos);
  EXPECT_EQ(finding(data, "few training samples of 'V'").severity, Severity::Warning);
}

TEST(CheckDataset, LabelsMissingOnOneSideAreFound) {
  Dataset data = healthy();
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Train) data.target[i] = 0;
  }
  EXPECT_EQ(finding(data, "'V' is tested but never trained").severity, Severity::Problem);
  data = healthy();
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Test) data.target[i] = 0;
  }
  EXPECT_EQ(finding(data, "'V' is never tested").severity, Severity::Warning);
}

TEST(CheckDataset, OneLabelAloneIsAProblem) {
  Dataset data = healthy();
  data.labels = {"N"};
  data.target.assign(data.size(), 0);
  EXPECT_EQ(finding(data, "only one label").severity, Severity::Problem);
  EXPECT_EQ(finding(data, "every label is in train and test").title, "");
}

TEST(CheckDataset, MissingValuesAreReported) {
  Dataset data = healthy();
  data.load.dropped = 3;
  EXPECT_EQ(finding(data, "missing values").severity, Severity::Note);
  data.load.zeroed_cells = 500;
  EXPECT_EQ(finding(data, "missing values").severity, Severity::Warning);
  data.load.ignored = 5;
  EXPECT_EQ(finding(data, "ignored by their label").severity, Severity::Note);
}

TEST(CheckDataset, ConstantChannelsAreNamed) {
  Dataset data = healthy();
  for (std::size_t i = 0; i < data.size(); ++i) data.inputs[1].values[2 * i + 1] = 7;
  EXPECT_EQ(finding(data, "input 'rr', 'next' is constant").severity, Severity::Warning);
}

TEST(CheckDataset, ClippedSeriesWarnAndCategoriesDoNot) {
  Dataset data = healthy();
  for (float& value : data.inputs[0].values) value = value > 1.2f ? 1.2f : value;
  EXPECT_EQ(finding(data, "input 'beat' is clipped at its maximum").severity, Severity::Warning);
  EXPECT_EQ(finding(data, "clipped at its minimum").title, "");
  data = healthy();
  for (std::size_t i = 0; i < data.size(); ++i) data.inputs[1].values[2 * i] = static_cast<float>(i % 3);
  EXPECT_EQ(finding(data, "no clipped channels").severity, Severity::Ok);
  EXPECT_NE(finding(data, "no clipped channels").title, "");
}

TEST(CheckDataset, FlatSamplesAreFound) {
  Dataset data = healthy();
  for (std::size_t t = 0; t < 8; ++t) data.inputs[0].values[5 * 8 + t] = 0.25f;
  EXPECT_NE(finding(data, "input 'beat' is flat").detail.find("the first at x.csv:7"), std::string::npos);
}

TEST(CheckDataset, DuplicatesAcrossSplitsAreAProblemWithinANote) {
  Dataset data = healthy();
  copy_sample(data, 0, 190);
  const Finding across = finding(data, "identical samples in test and elsewhere");
  EXPECT_EQ(across.severity, Severity::Problem);
  EXPECT_NE(across.detail.find("x.csv:2 and x.csv:192"), std::string::npos) << across.detail;
  EXPECT_EQ(finding(data, "within a split").title, "");
  data = healthy();
  copy_sample(data, 0, 2);
  EXPECT_EQ(finding(data, "within a split").severity, Severity::Note);
  EXPECT_EQ(finding(data, "in test and elsewhere").title, "");
  copy_sample(data, 0, 1);
  EXPECT_EQ(finding(data, "with different labels").severity, Severity::Warning);
}

TEST(CheckDataset, DuplicatesIncludeNegativeZeroAndIgnoreUnusedSamples) {
  Dataset data = healthy();
  for (DataInput& input : data.inputs) {
    for (std::size_t e = 0; e < input.count(); ++e) {
      input.values[e] = 0.0f;
      input.values[190 * input.count() + e] = -0.0f;
    }
  }
  EXPECT_EQ(finding(data, "in test and elsewhere").severity, Severity::Problem);
  data.split[190] = Split::Unused;
  EXPECT_EQ(finding(data, "in test and elsewhere").title, "");
}

TEST(CheckDataset, GroupsOnTwoSidesAreLeaks) {
  Dataset data = healthy();
  data.group[0] = "p9";
  EXPECT_EQ(finding(data, "groups in test and elsewhere").severity, Severity::Problem);
  data = healthy();
  data.group[0] = "p6";
  EXPECT_EQ(finding(data, "groups in train and validation").severity, Severity::Warning);
  data.group.clear();
  EXPECT_EQ(finding(data, "no group column").severity, Severity::Note);
}

// ---- leakage

/// Windows of 8 steps, hop 4, of two recordings; without groups.
Dataset windowed(const std::string& split_by) {
  Dataset data = healthy(40);
  data.group.clear();
  data.split_by = split_by;
  for (std::size_t i = 0; i < 40; ++i) {
    const double begin = static_cast<double>(i % 20) * 4;
    data.place.push_back({static_cast<std::int32_t>(i / 20), begin, begin + 8});
    data.split[i] = i < 20 ? Split::Train : Split::Test;
  }
  return data;
}

TEST(CheckDataset, AnomaliesOfTrainingGroupsAreTestedWithoutALeak) {
  Dataset data = healthy();
  data.task = Task::Anomaly;
  data.labels = {"normal", "anomaly"};
  data.split_by = "group";
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.target[i] != 0) data.split[i] = Split::Test;
  }
  EXPECT_EQ(finding(data, "no group is in two splits").detail, "10 groups.");
  EXPECT_EQ(finding(data, "groups in test and elsewhere").title, "");
  data.target[1] = 0;  // a normal sample of a training group
  EXPECT_EQ(finding(data, "groups in test and elsewhere").severity, Severity::Problem);
}

TEST(CheckDataset, OverlappingWindowsOnTwoSidesAreAProblem) {
  Dataset data = windowed("random");
  EXPECT_EQ(finding(data, "overlap").title, "");
  EXPECT_EQ(finding(data, "no recording is in two splits").severity, Severity::Ok);
  data.split[25] = Split::Train;  // its neighbours 24 and 26 share half of it
  const Finding found = finding(data, "windows of test overlap");
  EXPECT_EQ(found.severity, Severity::Problem);
  EXPECT_NE(found.detail.find("2 windows, the first is x.csv:26"), std::string::npos) << found.detail;
  data.split[24] = data.split[26] = Split::Unused;
  EXPECT_EQ(finding(data, "overlap").title, "");
}

TEST(CheckDataset, TouchingWindowsDoNotOverlap) {
  Dataset data = windowed("time");
  for (std::size_t i = 0; i < 40; ++i) {
    data.place[i].begin = 0.1 * static_cast<double>(i);
    data.place[i].end = 0.1 * static_cast<double>(i + 1);  // rounded otherwise than the next one's begin
    data.place[i].recording = 0;
    data.split[i] = i % 2 == 0 ? Split::Train : Split::Test;
  }
  EXPECT_EQ(finding(data, "overlap").title, "");
}

TEST(CheckDataset, LongWindowsAreFoundBehindShortOnes) {
  Dataset data = windowed("random");
  data.place[20] = {0, 100, 101};
  EXPECT_EQ(finding(data, "overlap").title, "");
  data.place[0] = {0, -5, 1000};
  EXPECT_NE(finding(data, "windows of test overlap").detail.find("1 windows"), std::string::npos);
}

TEST(CheckDataset, ARecordingOnTwoSidesIsAProblemUnlessSplitByTime) {
  Dataset data = windowed("random");
  data.place[39].begin = 500;
  data.place[39].end = 508;
  data.split[39] = Split::Train;
  EXPECT_EQ(finding(data, "recordings in test and elsewhere").severity, Severity::Problem);
  data.split_by = "time";
  EXPECT_EQ(finding(data, "recordings in test").title, "");
  EXPECT_EQ(finding(data, "recordings are split by time").severity, Severity::Note);
}

TEST(CheckDataset, PicturesOfOneFileAreNoNeighbours) {
  Dataset data = windowed("random");
  data.inputs.erase(data.inputs.begin() + 1);
  data.inputs[0].shape = {2, 2, 2};
  data.split[39] = Split::Train;
  EXPECT_EQ(finding(data, "recordings").title, "");
}

TEST(CheckDataset, GroupsSplitByTimeAreWhatWasAskedFor) {
  Dataset data = healthy();
  data.group[0] = "p9";
  data.split_by = "time";
  EXPECT_EQ(finding(data, "groups are split by time").severity, Severity::Note);
  EXPECT_NE(finding(data, "groups are split by time").detail.find("1 of 10 groups"), std::string::npos);
  data.split_by = "file";
  EXPECT_EQ(finding(data, "the same groups in files").severity, Severity::Warning);
}

TEST(CheckDataset, AnOrderInTimeThatIsThatOfNamesIsSaid) {
  Dataset data = windowed("time");
  EXPECT_EQ(finding(data, "order in time").title, "");
  data.load.order = TimeOrder::Names;
  EXPECT_EQ(finding(data, "order in time").severity, Severity::Note);
  EXPECT_NE(finding(data, "order in time").detail.find("ordered by their names"), std::string::npos);
  data.load.order = TimeOrder::Files;
  EXPECT_NE(finding(data, "order in time").detail.find("as the project lists"), std::string::npos);
}

TEST(CheckDataset, SilenceEqualsSilenceWithoutALeak) {
  Dataset data = healthy();
  data.inputs.erase(data.inputs.begin() + 1);
  for (const std::size_t i : {0u, 190u}) {
    for (std::size_t t = 0; t < 8; ++t) data.inputs[0].values[i * 8 + t] = 0;
  }
  EXPECT_EQ(finding(data, "identical samples in").title, "");
  EXPECT_NE(finding(data, "is flat").title, "");
}

TEST(CheckDataset, AFewEqualRowsOfFeaturesAreAWarning) {
  Dataset data = healthy();
  data.inputs.erase(data.inputs.begin());
  copy_sample(data, 0, 190);
  EXPECT_EQ(finding(data, "identical samples in test").severity, Severity::Warning);
  for (std::size_t i = 0; i < 6; ++i) copy_sample(data, i, 180 + i);
  EXPECT_EQ(finding(data, "identical samples in test").severity, Severity::Problem);
}

// ---- drift

TEST(CheckDataset, DriftOfMeanSpreadAndRangeIsMeasured) {
  Dataset data = healthy(2000);
  DataInput& rr = data.inputs[1];
  rr.channel_offset = {800, 800};  // readings around 800 ms, deviation 50 ms
  rr.channel_scale = {0.02, 0.02};
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Test) rr.values[2 * i + 1] = 3 * rr.values[2 * i + 1] + 2;
  }
  const DataCheck check = check_dataset(data);
  const auto drift = std::find_if(check.drift.begin(), check.drift.end(), [](const Drift& of) {
    return of.channel == "next" && of.split == Split::Test;
  });
  ASSERT_NE(drift, check.drift.end());
  EXPECT_NEAR(drift->shift, 2, 0.2);
  EXPECT_NEAR(drift->spread, 3, 0.3);
  EXPECT_NEAR(drift->mean, 900, 10);
  EXPECT_NEAR(drift->trained_mean, 800, 5);
  EXPECT_NEAR(drift->outside, 0.4, 0.1);
  const Finding found = finding(data, "input 'rr', test unlike train");
  EXPECT_EQ(found.severity, Severity::Warning);
  EXPECT_NE(found.detail.find("'next' has mean"), std::string::npos) << found.detail;
  EXPECT_EQ(found.detail.find("'prev'"), std::string::npos) << found.detail;
  EXPECT_EQ(finding(data, "input 'beat', test unlike").title, "");
}

TEST(CheckDataset, OfAnomaliesOnlyNormalSamplesMayDrift) {
  Dataset data = healthy(2000);
  data.task = Task::Anomaly;
  data.labels = {"normal", "anomaly"};
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Test) data.target[i] = 0;
    if (data.target[i] == 1) data.inputs[1].values[2 * i] += 50;
  }
  EXPECT_EQ(finding(data, "unlike train").title, "");
  const Finding counts = finding(data, "normal and anomalous");
  EXPECT_EQ(counts.severity, Severity::Ok);
  EXPECT_NE(counts.detail.find("test 200 normal and 200 anomalous"), std::string::npos) << counts.detail;
  for (std::int32_t& target : data.target) target = 0;
  EXPECT_EQ(finding(data, "no anomalous sample in the test").severity, Severity::Problem);
}

TEST(CheckDataset, LabelsOfOtherSharesAreFound) {
  Dataset data = healthy(2000);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Test) data.target[i] = i % 5 == 0;
  }
  EXPECT_EQ(finding(data, "labels, test unlike train").severity, Severity::Note);
  EXPECT_NE(finding(data, "labels, test unlike train").detail.find("30.0 %"), std::string::npos);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Test) data.target[i] = i % 20 == 0;
  }
  EXPECT_EQ(finding(data, "labels, test unlike train").severity, Severity::Warning);
}

// ---- other tasks

Dataset numbers(std::size_t n = 400) {
  Dataset data = healthy(n);
  data.task = Task::Regression;
  data.labels.clear();
  data.target.assign(n, 0);
  data.number = {{"moisture"}, "%", 30, 0.1, {}, {}, false};  // (30 ± 10) %
  Random random(5);
  for (std::size_t i = 0; i < n; ++i) data.number.values.push_back(static_cast<float>(random.normal()));
  return data;
}

TEST(CheckDataset, NumbersAreDescribedInTheUsersUnit) {
  Dataset data = numbers();
  EXPECT_NE(
      finding(data, "number 'moisture'").detail.find("always answering that mean errs by 9.74 % (RMSE)"),
      std::string::npos)
      << finding(data, "number 'moisture'").detail;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Test) data.number.values[i] += 4;
  }
  const Finding found = finding(data, "the number to predict, test unlike train");
  EXPECT_EQ(found.severity, Severity::Warning);
  EXPECT_NE(found.detail.find("instead of 30"), std::string::npos) << found.detail;
  for (float& value : data.number.values) value = 1;
  EXPECT_EQ(finding(data, "'moisture' never changes").severity, Severity::Problem);
}

TEST(CheckDataset, EqualInputsWithOtherNumbersAreNoLeak) {
  Dataset data = numbers();
  copy_sample(data, 0, 390);
  EXPECT_EQ(finding(data, "identical samples in test").title, "");
  EXPECT_EQ(finding(data, "identical samples with different numbers").severity, Severity::Note);
  data.number.values[390] = data.number.values[0];
  EXPECT_EQ(finding(data, "identical samples in test").severity, Severity::Problem);
}

TEST(CheckDataset, LabelsOfMultiLabelTasksAreCountedEach) {
  Dataset data = healthy();
  data.task = Task::MultiLabel;
  data.target.assign(data.size(), 0);
  data.number.names = data.labels;
  for (std::size_t i = 0; i < data.size(); ++i) {
    data.number.values.push_back(i % 2 == 0 ? 1.0f : 0.0f);
    data.number.values.push_back(data.split[i] == Split::Train ? 0.0f : 1.0f);
  }
  EXPECT_EQ(finding(data, "label 'V' is tested but never trained").severity, Severity::Problem);
  EXPECT_NE(finding(data, "labels, train").detail.find("120 samples with 0.5 labels each"),
            std::string::npos);
}

TEST(CheckDataset, BlackPixelsAreNoClipping) {
  Dataset data = healthy();
  data.inputs.erase(data.inputs.begin() + 1);
  data.inputs[0].shape = {2, 2, 2};
  for (float& value : data.inputs[0].values) value = std::max(value, 0.0f);
  EXPECT_EQ(finding(data, "no clipped channels").severity, Severity::Ok);
  EXPECT_NE(finding(data, "no clipped channels").title, "");
}

TEST(CheckDataset, ManyConstantChannelsAreOneFinding) {
  Dataset data = healthy();
  data.inputs.erase(data.inputs.begin());
  data.inputs[0].shape = {10};
  data.inputs[0].channels.clear();
  data.inputs[0].values = Values(std::vector<float>(data.size() * 10, 3.0f));
  EXPECT_EQ(finding(data, "10 channels of input 'rr' are constant").severity, Severity::Warning);
  EXPECT_NE(finding(data, "10 channels").detail.find("'channel 0': always 3 ms"), std::string::npos);
}

TEST(CheckDataset, WindowsLeftOutAreAShareOfAllWindows) {
  Dataset data = windowed("random");
  data.load.rows = 2;  // recordings
  data.load.dropped = 10;
  EXPECT_NE(finding(data, "missing values").detail.find("10 windows (20.0 %)"), std::string::npos);
}

TEST(Summarize, NumbersHaveOneHistogramScale) {
  const DataSummary summary = summarize(numbers());
  ASSERT_EQ(summary.numbers.size(), 1u);
  EXPECT_EQ(summary.numbers[0].unit, "%");
  EXPECT_NEAR(summary.numbers[0].by_split[0].mean, 30, 2);
  std::int64_t all = 0;
  for (const ChannelSummary& of : summary.numbers[0].by_split) {
    for (const std::int64_t count : of.histogram) all += count;
  }
  EXPECT_EQ(all, 400);
}

TEST(Summarize, CountsRangesAndExamples) {
  Dataset data = healthy();
  data.inputs[1].values[0] = 50;
  data.inputs[1].values[1] = -60;
  const DataSummary summary = summarize(data, 3);
  EXPECT_EQ(summary.counts[0], (std::vector<std::int64_t>{60, 60}));
  EXPECT_EQ(summary.counts[2], (std::vector<std::int64_t>{20, 20}));
  EXPECT_EQ(summary.groups, 10);
  EXPECT_EQ(summary.inputs[1].channels[0].name, "prev");
  EXPECT_EQ(summary.inputs[1].channels[0].maximum, 50);
  EXPECT_EQ(summary.inputs[1].all.minimum, -60);
  EXPECT_NEAR(summary.inputs[0].all.mean, 0, 0.1);
  EXPECT_NEAR(summary.inputs[0].all.deviation, 1, 0.1);
  EXPECT_EQ(summary.inputs[0].channels.size(), 1u);
  EXPECT_EQ(summary.examples[0], (std::vector<std::size_t>{0, 58, 118}));
  EXPECT_EQ(summary.examples[1].size(), 3u);
}

}  // namespace
}  // namespace mote
