// Windows in figures (`summary`) and machines compared with their own beginning (`normalize = "group"`), from recordings to samples.
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/detail/manifest.h"
#include "data/reader.h"

namespace mote {
namespace {

/// `frames` frames of two channels at 1 Hz: a stays at `level` ± 1, b counts.
Recording recording_of(const std::string& machine, double level, int frames) {
  Stream stream;
  stream.channels = {"a", "b"};
  stream.frame = {2};
  stream.rate_hz = 1;
  for (int i = 0; i < frames; ++i) {
    stream.values.push_back(static_cast<float>(level + (i % 2 == 0 ? 1 : -1)));
    stream.values.push_back(static_cast<float>(i));
  }
  Recording recording;
  recording.origin = machine + ".csv";
  recording.fields = {{"machine", machine}};
  recording.streams = {std::move(stream)};
  return recording;
}

DataSource detector() {
  DataSource source;
  source.name = "test";
  source.task = "anomaly";
  source.group_column = "machine";
  source.split_by = "time";
  source.window.length = 4;
  source.window.hop = 4;
  source.validation_fraction = 0;
  source.test_fraction = 0.5;
  InputSource input;
  input.name = "motion";
  input.columns = {"a", "b"};
  input.summary = {"mean", "range"};
  source.inputs = {input};
  return source;
}

Result<Dataset> load(const DataSource& source) {
  return make_dataset(source, {recording_of("one", 10, 40), recording_of("two", 500, 40)});
}

TEST(Summary, MakesFeaturesOfWindows) {
  const auto data = load(detector());
  ASSERT_TRUE(data) << data.error().message;
  const DataInput& input = data->inputs[0];
  EXPECT_EQ(input.shape, (std::vector<std::int32_t>{4}));
  EXPECT_EQ(input.rate_hz, 0);
  EXPECT_EQ(input.channels, (std::vector<std::string>{"mean(a)", "mean(b)", "range(a)", "range(b)"}));
  const auto second = input.sample(1);  // frames 4 … 7
  EXPECT_EQ((std::vector<float>(second.begin(), second.end())), (std::vector<float>{10, 5.5, 2, 3}));
}

TEST(Summary, ComesAfterOffsetScaleAndLimits) {
  DataSource source = detector();
  source.inputs[0].offset = 10;
  source.inputs[0].scale = 2;
  source.inputs[0].clip_high = 0;
  const auto data = load(source);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->inputs[0].sample(0)[0], -1);  // (±1 · 2, at most 0): −2 and 0
}

TEST(Summary, OfUnknownFiguresOrRowsIsRefused) {
  DataSource source = detector();
  source.inputs[0].summary = {"mean", "meddian"};
  const auto unknown = load(source);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().hint.find("median"), std::string::npos) << unknown.error().hint;

  source = detector();
  source.task = "";
  source.label_column = "class";
  source.group_column = "";
  source.split_by = "random";
  const auto table = parse_csv("a,b,class\n1,2,x\n3,4,y\n", "t.csv");
  ASSERT_TRUE(table);
  const auto rows = make_dataset(source, {&*table, 1});
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().message.find("summary of rows"), std::string::npos) << rows.error().message;
}

TEST(NormalizeByGroup, BringsEachMachinesOwnBeginningTo0And1) {
  DataSource source = detector();
  source.inputs[0].normalize = "group";
  source.inputs[0].summary = {};
  const auto data = load(source);
  ASSERT_TRUE(data) << data.error().message;
  // Channel a of both machines is ±1 about its level: the same after it.
  for (const std::size_t i : data->indices(Split::Test)) {
    EXPECT_NEAR(data->inputs[0].sample(i)[0], 1, 1e-4) << data->origin[i];
    EXPECT_GT(data->inputs[0].sample(i)[1], 1) << "b has grown since then";
  }
  EXPECT_TRUE(data->inputs[0].channel_scale.empty()) << "there is no one scale for all";
}

TEST(NormalizeByGroup, NeedsGroupsWithTrainingSamples) {
  DataSource source = detector();
  source.inputs[0].normalize = "group";
  source.split_by = "group";
  const auto without = load(source);
  ASSERT_FALSE(without);
  EXPECT_NE(without.error().message.find("has no training samples"), std::string::npos)
      << without.error().message;

  source.split_by = "time";
  source.group_column = "";
  const auto ungrouped = load(source);
  ASSERT_FALSE(ungrouped);
  EXPECT_NE(ungrouped.error().message.find("without a group"), std::string::npos)
      << ungrouped.error().message;
}

TEST(FileFields, HaveThePathThatTellsEqualNamesApart) {
  DataSource source;
  const auto fields = FieldSource::open(source);
  ASSERT_TRUE(fields);
  const auto of = fields->of("/data/valve1/3.csv");
  ASSERT_TRUE(of && *of);
  EXPECT_EQ((*of)->at("path"), "valve1/3.csv");
  EXPECT_EQ((*of)->at("file"), "3.csv");
}

}  // namespace
}  // namespace mote
