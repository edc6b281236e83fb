// Each check finds what it is for, and says nothing where there is nothing.
#include "data/checks.h"

#include <gtest/gtest.h>

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
  const Finding across = finding(data, "identical samples in different splits");
  EXPECT_EQ(across.severity, Severity::Problem);
  EXPECT_NE(across.detail.find("x.csv:2 and x.csv:192"), std::string::npos) << across.detail;
  EXPECT_EQ(finding(data, "within a split").title, "");
  data = healthy();
  copy_sample(data, 0, 2);
  EXPECT_EQ(finding(data, "within a split").severity, Severity::Note);
  EXPECT_EQ(finding(data, "different splits").title, "");
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
  EXPECT_EQ(finding(data, "different splits").severity, Severity::Problem);
  data.split[190] = Split::Unused;
  EXPECT_EQ(finding(data, "different splits").title, "");
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
