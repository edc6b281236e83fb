// What load_dataset promises: columns, values, classes, missing cells, splits, and an error for each way to ask wrongly.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "data/checks.h"
#include "data/reader.h"

namespace mote {
namespace {

constexpr const char* kBeats =
    "label,who,rr,next,s0,s1,s2,part\n"
    "N,p1,800,400,1,2,3,train\n"
    "V,p1,400,800,4,5,6,test\n"
    "N,p2,500,1000,7,8,9,train\n"
    "V,p2,1000,500,10,11,12,validation\n"
    "N,p3,600,600,13,14,15,test\n"
    "V,p3,600,300,16,17,18,train\n";

Table table_of(std::string_view text, std::optional<Split> split = {},
               const std::string& name = "beats.csv") {
  auto table = parse_csv(text, name);
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
  if (!table) return {};
  table->split = split;
  return *table;
}

DataSource source_with(std::vector<std::string> columns, bool series = false) {
  DataSource source;
  source.name = "beats";
  source.inputs = {{"x", std::move(columns), "mV", 125, 0, 1, series}};
  source.label_column = "label";
  source.split_column = "part";
  return source;
}

Dataset made(const DataSource& source, std::string_view text = kBeats) {
  const Table table = table_of(text);
  auto data = make_dataset(source, {&table, 1});
  EXPECT_TRUE(data.has_value()) << (data ? "" : data.error().message + " / " + data.error().hint);
  return data ? *data : Dataset{};
}

/// "message / hint" of the error, "" when there is none.
std::string refused(const DataSource& source, std::string_view text = kBeats) {
  const Table table = table_of(text);
  const auto data = make_dataset(source, {&table, 1});
  if (data) return "";
  EXPECT_FALSE(data.error().hint.empty()) << data.error().message;
  return data.error().message + " / " + data.error().hint;
}

testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' does not say '" << part << "'";
}

// ---- columns and values

TEST(LoadDataset, SeriesAndFeaturesHaveTheirShapes) {
  DataSource source = source_with({"s0..s2"}, true);
  source.inputs.push_back({"rr", {"rr", "next"}, "ms", 125, 0, 1, false});
  const Dataset data = made(source);
  ASSERT_EQ(data.inputs.size(), 2u);
  EXPECT_EQ(data.inputs[0].shape, (std::vector<std::int32_t>{3, 1}));
  EXPECT_EQ(data.inputs[0].rate_hz, 125);
  EXPECT_EQ(data.inputs[0].channels, (std::vector<std::string>{"s0", "s1", "s2"}));
  EXPECT_EQ(data.inputs[1].shape, (std::vector<std::int32_t>{2}));
  EXPECT_EQ(data.inputs[1].rate_hz, 0) << "features have no time axis";
  EXPECT_EQ(Values(std::vector<float>(data.inputs[0].sample(1).begin(), data.inputs[0].sample(1).end())),
            (Values{4, 5, 6}));
  EXPECT_EQ(Values(std::vector<float>(data.inputs[1].sample(1).begin(), data.inputs[1].sample(1).end())),
            (Values{400, 800}));
  EXPECT_EQ(data.labels, (std::vector<std::string>{"N", "V"}));
  EXPECT_EQ(data.target, (std::vector<std::int32_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(data.origin[2], "beats.csv:4");
  EXPECT_TRUE(data.group.empty());
  EXPECT_EQ(data.load.rows, 6);
}

TEST(LoadDataset, OffsetComesOffBeforeTheScale) {
  DataSource source = source_with({"rr"});
  source.inputs[0].offset = 600;
  source.inputs[0].scale = 0.5;
  EXPECT_EQ(made(source).inputs[0].values, (Values{100, -100, -50, 200, 0, 0}));
}

TEST(LoadDataset, DerivesColumns) {
  EXPECT_EQ(made(source_with({"rr / next"})).inputs[0].values, (Values{2, 0.5f, 0.5f, 2, 1, 2}));
  EXPECT_EQ(made(source_with({"s1 - s0"})).inputs[0].values, (Values{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(made(source_with({"s0 + s2"})).inputs[0].values, (Values{4, 10, 16, 22, 28, 34}));
  EXPECT_EQ(made(source_with({"s0 * s1"})).inputs[0].values, (Values{2, 20, 56, 110, 182, 272}));
}

TEST(LoadDataset, MeanIsOverTheGroupIncludingIgnoredRows) {
  DataSource source = source_with({"rr / mean(rr)"});
  source.group_column = "who";
  EXPECT_EQ(made(source).inputs[0].values,
            (Values{800.f / 600, 400.f / 600, 500.f / 750, 1000.f / 750, 1, 1}));
  source.ignore_labels = {"V"};
  source.split_column = "";
  source.split_by = "random";
  source.test_fraction = 0.4;
  source.validation_fraction = 0;
  const Dataset data = made(source);
  EXPECT_EQ(data.inputs[0].values, (Values{800.f / 600, 500.f / 750, 1}));
  EXPECT_EQ(data.load.ignored, 3);
}

TEST(LoadDataset, MeanIsOverTheGroupInAllFiles) {
  const Table tables[] = {table_of("label,who,rr\nN,p1,100\nV,p1,200\n", Split::Train, "a.csv"),
                          table_of("rr,label,who\n600,N,p1\n50,V,p2\n", Split::Test, "b.csv")};
  DataSource source = source_with({"rr - mean(rr)"});
  source.split_column = "";
  source.group_column = "who";
  source.validation_fraction = 0;
  const auto data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->inputs[0].values, (Values{-200, -100, 300, 0}));
}

TEST(LoadDataset, MedianOfTheGroupIgnoresAnOutlier) {
  const char* text =
      "label,who,rr,part\nN,p1,700,train\nV,p1,100000,test\nN,p1,900,train\nN,p2,500,train\nV,p2,600,test\n";
  DataSource source = source_with({"rr / median(rr)", "rr - median( rr )"});
  source.group_column = "who";
  EXPECT_EQ(made(source, text).inputs[0].values,
            (Values{700.f / 900, -200, 100000.f / 900, 99100, 1, 0, 500.f / 550, -50, 600.f / 550, 50}));
  source.inputs[0].columns = {"rr / median(rr)", "rr / mean(rr)"};
  const Dataset both = made(source, text);
  EXPECT_EQ(both.inputs[0].values[0], 700.f / 900) << "mean and median of one column side by side";
  EXPECT_FLOAT_EQ(both.inputs[0].values[1], static_cast<float>(700 / (101600. / 3)));
}

TEST(LoadDataset, ClipLimitsTheValueAfterOffsetAndScale) {
  DataSource source = source_with({"rr"});
  source.inputs[0].offset = 600;
  source.inputs[0].scale = 0.5;
  source.inputs[0].clip_low = -60;
  source.inputs[0].clip_high = 150;
  EXPECT_EQ(made(source).inputs[0].values, (Values{100, -60, -50, 150, 0, 0}));
}

TEST(LoadDataset, ClipDoesNotHideADivisionByZero) {
  DataSource source = source_with({"rr / next"});
  source.inputs[0].clip_low = 0;
  source.inputs[0].clip_high = 3;
  EXPECT_TRUE(says(refused(source, "label,rr,next,part\nN,1,0,train\nN,1,1,test\n"), "not finite"));
}

TEST(LoadDataset, AnExactNameWinsOverRangesAndOperators) {
  const char* text = "label,a - b,x..y,a,b,part\nN,1,2,30,4,train\nN,5,6,70,8,test\n";
  EXPECT_EQ(made(source_with({"a - b", "x..y", "b - a"}), text).inputs[0].values,
            (Values{1, 2, -26, 5, 6, -62}));
  const char* nested = "label,a - b,c,part\nN,10,3,train\nN,20,5,test\n";
  EXPECT_EQ(made(source_with({"a - b - c"}), nested).inputs[0].values, (Values{7, 15}));
}

TEST(LoadDataset, RangesKeepLeadingZerosAndNeedNoOrderInTheFile) {
  const char* text = "label,t09,t08,t10,part\nN,9,8,10,train\nN,19,18,20,test\n";
  EXPECT_EQ(made(source_with({"t08..t10"}), text).inputs[0].values, (Values{8, 9, 10, 18, 19, 20}));
}

TEST(LoadDataset, NumbersMayHaveBlanksSignsAndExponents) {
  const char* text = "label,a,part\nN, 1.5 ,train\nN,-2e3,test\n";
  EXPECT_EQ(made(source_with({"a"}), text).inputs[0].values, (Values{1.5f, -2000}));
}

TEST(LoadDataset, UnknownColumnsNameTheNearest) {
  EXPECT_TRUE(says(refused(source_with({"nex"})), "input 'x': beats.csv: no column 'nex'"));
  EXPECT_TRUE(says(refused(source_with({"nex"})), "'next'"));
  EXPECT_TRUE(says(refused(source_with({"rr / nex"})), "no column 'nex' (of 'rr / nex')"));
  EXPECT_TRUE(says(refused(source_with({"s0..s3"})), "no column 's3' (of the range 's0..s3')"));
  EXPECT_TRUE(says(refused(source_with({"s2..s0"})), "'s2..s0' is not a range"));
  EXPECT_TRUE(says(refused(source_with({"s0..t2"})), "is not a range"));
  EXPECT_TRUE(says(refused(source_with({".."})), "is not a range"));
  EXPECT_TRUE(says(refused(source_with({"s0..s999999999"})), "more than 100,000 columns"));
  EXPECT_TRUE(says(refused(source_with({"mean(rr)"})), "no column 'mean(rr)'"));
  DataSource source = source_with({"rr"});
  source.label_column = "labels";
  EXPECT_TRUE(says(refused(source), "no column 'labels' (label) / did you mean 'label'?"));
  source = source_with({"rr"});
  source.group_column = "subject";
  EXPECT_TRUE(says(refused(source), "no column 'subject' (group)"));
  source = source_with({"rr"});
  source.split_column = "fold";
  EXPECT_TRUE(says(refused(source), "no column 'fold' (split_column)"));
}

TEST(LoadDataset, MeanNeedsGroups) {
  EXPECT_TRUE(says(refused(source_with({"rr / mean(rr)"})), "needs groups"));
}

// ---- missing cells

constexpr const char* kHoles =
    "label,a,b,part\nN,1,2,train\nN,,2,train\nN,nan,2,train\nN,inf,2,train\nN, -INF ,2,train\nN,1,0,test\n";

TEST(LoadDataset, MissingCellsAreAnErrorWithFileLineAndColumn) {
  const auto with = [](const std::string& cell) {
    return refused(source_with({"b", "a"}), "label,a,b,part\nN,1,2,train\nN," + cell + ",2,test\n");
  };
  EXPECT_TRUE(says(with(""), "beats.csv, line 3, column 'a': empty"));
  EXPECT_TRUE(says(with("nan"), "beats.csv, line 3, column 'a': 'nan' is not finite"));
  EXPECT_TRUE(says(with("-inf"), "beats.csv, line 3, column 'a': '-inf' is not finite"));
  EXPECT_TRUE(says(with("abc"), "beats.csv, line 3, column 'a': 'abc' is not a number"));
  EXPECT_TRUE(says(with("\"1,5\""), "write decimals with a point"));
  EXPECT_TRUE(says(with("1e39"), "'a': the value is not finite")) << "beyond a float";
}

TEST(LoadDataset, MissingCellsAreDroppedOrZeroedAndCounted) {
  DataSource source = source_with({"a", "b"});
  source.inputs[0].offset = 10;
  source.missing = "drop";
  Dataset data = made(source, kHoles);
  EXPECT_EQ(data.inputs[0].values, (Values{-9, -8, -9, -10}));
  EXPECT_EQ(data.load.dropped, 4);
  EXPECT_EQ(data.origin.back(), "beats.csv:7");
  source.missing = "zero";
  data = made(source, kHoles);
  EXPECT_EQ(data.inputs[0].values, (Values{-9, -8, 0, -8, 0, -8, 0, -8, 0, -8, -9, -10}));
  EXPECT_EQ(data.load.zeroed_cells, 4);
}

TEST(LoadDataset, DroppedRowsLeaveNothingInAnyInput) {
  DataSource source = source_with({"b"});
  source.inputs.push_back({"y", {"a"}, "", 0, 0, 1, false});
  source.missing = "drop";
  const Dataset data = made(source, kHoles);
  EXPECT_EQ(data.inputs[0].values, (Values{2, 0}));
  EXPECT_EQ(data.inputs[1].values, (Values{1, 1}));
}

TEST(LoadDataset, DivisionByZeroIsMissingToo) {
  EXPECT_TRUE(says(refused(source_with({"a / b"}), "label,a,b,part\nN,1,2,train\nN,1,0,test\n"),
                   "line 3, 'a / b': the value is not finite (division by zero?)"));
}

TEST(LoadDataset, RowsWithoutLabelOrGroup) {
  const char* text = "label,who,a,part\nN,p,1,train\n,p,2,train\nN,,3,train\nN,p,4,test\n";
  DataSource source = source_with({"a"});
  source.group_column = "who";
  source.validation_fraction = 0;
  EXPECT_TRUE(says(refused(source, text), "line 3, column 'label': empty"));
  source.missing = "drop";
  const Dataset data = made(source, text);
  EXPECT_EQ(data.inputs[0].values, (Values{1, 4}));
  EXPECT_EQ(data.load.dropped, 2);
}

// ---- classes

TEST(LoadDataset, LabelsKeepTheGivenOrder) {
  DataSource source = source_with({"rr"});
  source.labels = {"V", "N"};
  EXPECT_EQ(made(source).target, (std::vector<std::int32_t>{1, 0, 1, 0, 1, 0}));
}

TEST(LoadDataset, LabelsThatAreNumbersSortAsNumbers) {
  const char* text = "label,a,part\n10,1,train\n9,2,train\n-1,3,test\n";
  EXPECT_EQ(made(source_with({"a"}), text).labels, (std::vector<std::string>{"-1", "9", "10"}));
}

TEST(LoadDataset, BadLabelsAreErrors) {
  DataSource source = source_with({"rr"});
  source.labels = {"N", "Vent"};
  EXPECT_TRUE(says(refused(source), "beats.csv, line 3, column 'label': unknown label 'V'"));
  source.labels = {"N", "V", "S"};
  EXPECT_TRUE(says(refused(source), "label 'S' has no sample"));
  source.labels = {"N", "N"};
  EXPECT_TRUE(says(refused(source), "'N' twice"));
  source.labels = {"N", "V"};
  source.ignore_labels = {"V"};
  EXPECT_TRUE(says(refused(source), "both a class and ignored"));
  source.labels = {};
  source.ignore_labels = {"N", "V"};
  EXPECT_TRUE(says(refused(source), "no sample is left"));
  std::string many = "label,a,part\n";
  for (int i = 0; i < 1002; ++i) many += text::cat(i, ".5,1,train\n");
  EXPECT_TRUE(says(refused(source_with({"a"}), many), "more than 1000 different labels"));
}

// ---- splits

/// `groups` groups of `each` samples; a third of each group is V.
std::string grouped(int groups, int each) {
  std::string text = "label,who,a\n";
  for (int g = 0; g < groups; ++g) {
    for (int i = 0; i < each; ++i)
      text += text::cat(i % 3 == 0 ? "V" : "N", ",p", g, ",", g * each + i, "\n");
  }
  return text;
}

DataSource splitting(const std::string& by) {
  DataSource source = source_with({"a"});
  source.split_column = "";
  source.split_by = by;
  if (by == "group") source.group_column = "who";
  return source;
}

TEST(LoadDatasetSplit, ByColumn) {
  const Dataset data = made(source_with({"rr"}));
  EXPECT_EQ(data.indices(Split::Train), (std::vector<std::size_t>{0, 2, 5}));
  EXPECT_EQ(data.indices(Split::Validation), (std::vector<std::size_t>{3}));
  EXPECT_EQ(data.indices(Split::Test), (std::vector<std::size_t>{1, 4}));
  const char* other = "label,a,part\nN,1,Train\nN,2,val\nN,3,TEST\nN,4,unused\n";
  EXPECT_EQ(made(source_with({"a"}), other).split,
            (std::vector<Split>{Split::Train, Split::Validation, Split::Test, Split::Unused}));
  EXPECT_TRUE(says(refused(source_with({"a"}), "label,a,part\nN,1,training\n"), "'training' is not a split"));
}

TEST(LoadDatasetSplit, RandomIsStratifiedAndExact) {
  const Dataset data = made(splitting("random"), grouped(10, 30));
  std::map<Split, std::map<int, int>> counts;
  for (std::size_t i = 0; i < data.size(); ++i) ++counts[data.split[i]][data.target[i]];
  for (const Split split : {Split::Validation, Split::Test}) {
    EXPECT_EQ(counts[split][0], 40);
    EXPECT_EQ(counts[split][1], 20);
  }
  EXPECT_EQ(data.indices(Split::Train).size(), 180u);
}

TEST(LoadDatasetSplit, SameSeedSameSplitOtherSeedOther) {
  for (const std::string by : {"random", "group"}) {
    DataSource source = splitting(by);
    const auto first = made(source, grouped(20, 9)).split;
    EXPECT_EQ(first, made(source, grouped(20, 9)).split);
    source.seed = 2;
    EXPECT_NE(first, made(source, grouped(20, 9)).split) << by;
  }
}

TEST(LoadDatasetSplit, GroupsStayWholeAndFractionsAreExactWhereGroupsAllow) {
  const Dataset data = made(splitting("group"), grouped(10, 9));
  std::map<std::string, std::set<Split>> sides;
  for (std::size_t i = 0; i < data.size(); ++i) sides[data.group[i]].insert(data.split[i]);
  for (const auto& [group, splits] : sides) EXPECT_EQ(splits.size(), 1u) << group;
  EXPECT_EQ(data.indices(Split::Test).size(), 18u);
  EXPECT_EQ(data.indices(Split::Validation).size(), 18u);
}

TEST(LoadDatasetSplit, UnequalGroupsComeNear) {
  std::string text = "label,who,a\n";
  for (int g = 1; g <= 20; ++g) {
    for (int i = 0; i < g * g; ++i) text += text::cat(i % 2 == 0 ? "N" : "V", ",p", g, ",", i, "\n");
  }
  const Dataset data = made(splitting("group"), text);
  const double total = static_cast<double>(data.size());
  EXPECT_NEAR(static_cast<double>(data.indices(Split::Test).size()) / total, 0.2, 0.005);
  EXPECT_NEAR(static_cast<double>(data.indices(Split::Validation).size()) / total, 0.2, 0.01);
}

TEST(LoadDatasetSplit, NamedGroupsValidateWhole) {
  const std::string train = "label,who,x\nN,p1,1\nV,p2,2\nN,p3,3\nV,p1,4\nN,p2,5\n";
  const Table tables[] = {table_of(train, Split::Train, "a.csv"),
                          table_of("label,who,x\nN,q1,6\nV,q2,7\n", Split::Test, "b.csv")};
  DataSource source = source_with({"x"});
  source.split_column = "";
  source.split_by = "group";
  source.group_column = "who";
  source.validation_groups = {"p2", "p3"};
  const auto data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->indices(Split::Validation), (std::vector<std::size_t>{1, 2, 4}));
  EXPECT_EQ(data->indices(Split::Train), (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(data->indices(Split::Test), (std::vector<std::size_t>{5, 6}));

  const auto refusal = [&](std::vector<std::string> groups) {
    source.validation_groups = std::move(groups);
    const auto wrong = make_dataset(source, tables);
    return wrong ? std::string() : wrong.error().message + " / " + wrong.error().hint;
  };
  EXPECT_TRUE(says(refusal({"p2", "pp3"}), "no sample has 'pp3' in the column 'who' / did you mean 'p3'?"));
  EXPECT_TRUE(says(refusal({"q2"}), "'q2' has test samples (b.csv:3)"));
  source.group_column = "";
  source.split_by = "random";
  EXPECT_TRUE(says(refusal({"p2"}), "without a group"));
}

TEST(LoadDatasetSplit, NamedGroupsLeaveTheTestShareToTheRest) {
  DataSource source = source_with({"rr"});
  source.split_column = "";
  source.group_column = "who";
  source.split_by = "group";
  source.validation_groups = {"p1"};
  source.test_fraction = 0.5;
  const Dataset data = made(source);
  EXPECT_EQ(data.indices(Split::Validation), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(data.indices(Split::Train).size(), 2u);
  EXPECT_EQ(data.indices(Split::Test).size(), 2u);
}

TEST(LoadDatasetSplit, TooFewGroupsIsAnError) {
  EXPECT_TRUE(says(refused(splitting("group"), grouped(1, 9)), "too few groups for a test split"));
  EXPECT_TRUE(says(refused(splitting("group"), grouped(2, 9)), "too few groups for a validation split"));
  DataSource source = splitting("group");
  source.validation_fraction = 0;
  EXPECT_EQ(made(source, grouped(2, 9)).indices(Split::Test).size(), 9u);
}

TEST(LoadDatasetSplit, ByFileTakesValidationOutOfTrain) {
  const Table tables[] = {table_of(grouped(5, 9), Split::Train, "a.csv"),
                          table_of(grouped(3, 9), Split::Test, "b.csv")};
  DataSource source = splitting("file");
  auto data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->indices(Split::Validation).size(), 9u);
  EXPECT_EQ(data->indices(Split::Test).size(), 27u);
  EXPECT_EQ(data->indices(Split::Test).front(), 45u);
  source.group_column = "who";
  data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  std::set<std::string> groups;
  for (const std::size_t i : data->indices(Split::Validation)) groups.insert(data->group[i]);
  EXPECT_EQ(groups.size(), 1u);
  EXPECT_EQ(data->indices(Split::Validation).size(), 9u);
  source.validation_fraction = 0;
  data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value());
  EXPECT_TRUE(data->indices(Split::Validation).empty());
}

TEST(LoadDatasetSplit, GivenTestFileLeavesTheRestToTheFractions) {
  const Table tables[] = {table_of(grouped(5, 9), {}, "a.csv"),
                          table_of(grouped(3, 9), Split::Test, "b.csv")};
  const auto data = make_dataset(splitting("random"), tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  EXPECT_EQ(data->indices(Split::Test).size(), 27u);
  EXPECT_EQ(data->indices(Split::Validation).size(), 9u);
}

TEST(LoadDatasetSplit, ByTimeTheLastOfTheTrainingFilesValidatesWhereTheTestIsGiven) {
  const Table tables[] = {table_of(grouped(5, 8), Split::Train, "a.csv"),
                          table_of(grouped(2, 8), Split::Test, "b.csv")};
  DataSource source = splitting("time");
  source.group_column = "";
  source.validation_fraction = 0.25;
  const auto data = make_dataset(source, tables);
  ASSERT_TRUE(data.has_value()) << data.error().message;
  ASSERT_EQ(data->size(), 56u);
  for (std::size_t i = 0; i < data->size(); ++i)
    EXPECT_EQ(data->split[i], i < 30 ? Split::Train : i < 40 ? Split::Validation : Split::Test) << i;
}

TEST(LoadDatasetSplit, NothingIsFoldedWhereTheTestIsGiven) {
  const Table tables[] = {table_of(grouped(5, 8), Split::Train, "a.csv"),
                          table_of(grouped(2, 8), Split::Test, "b.csv")};
  DataSource source = splitting("k-fold");
  const auto data = make_dataset(source, tables);
  ASSERT_FALSE(data.has_value());
  EXPECT_NE(data.error().message.find("which samples test is given already"), std::string::npos);
}

TEST(LoadDatasetSplit, NoTrainOrTestSamplesIsAnError) {
  EXPECT_TRUE(
      says(refused(source_with({"a"}), "label,a,part\nN,1,train\nN,2,validation\n"), "no test samples"));
  EXPECT_TRUE(
      says(refused(source_with({"a"}), "label,a,part\nN,1,test\nN,2,validation\n"), "no train samples"));
  EXPECT_TRUE(says(refused(splitting("random"), "label,a\nN,1\n"), "no t"));
  DataSource source = splitting("random");
  source.test_fraction = 0;
  EXPECT_TRUE(says(refused(source, grouped(3, 9)), "no test samples"));
}

// ---- the request

TEST(LoadDataset, RefusesRequestsThatMakeNoSense) {
  const auto refused_with = [](auto change) {
    DataSource source = source_with({"rr"});
    change(source);
    return refused(source);
  };
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs.clear(); }), "no inputs"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs[0].columns.clear(); }), "no columns"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs[0].name = ""; }), "without a name"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs.push_back(s.inputs[0]); }), "named twice"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs[0].scale = 0; }), "scale not 0"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.inputs[0].rate_hz = -1; }), "rate must be"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.label_column = ""; }), "no label"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.missing = "drp"; }), "did you mean 'drop'?"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.split_by = "groups"; }), "did you mean 'group'?"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.split_by = "group"; }), "without a group"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.split_by = "column", s.split_column = ""; }),
                   "without a split_column"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.test_fraction = 1; }), "split share of 1"));
  EXPECT_TRUE(
      says(refused_with([](auto& s) { s.test_fraction = s.validation_fraction = 0.5; }), "nothing to train"));
  EXPECT_TRUE(says(refused_with([](auto& s) { s.test_fraction = -0.1; }), "split share of -0.1"));
}

TEST(LoadDataset, RefusesFilesThatAreMissingTwiceOrOfUnknownKind) {
  const auto message = [](const DataSource& source) {
    const auto data = load_dataset(source);
    return data ? std::string() : data.error().message + " / " + data.error().hint;
  };
  DataSource source = splitting("random");
  EXPECT_TRUE(says(message(source), "no files"));
  source.split_by = "file";
  source.files = {"nowhere/beats.csv"};
  EXPECT_TRUE(says(message(source), "without files by split"));
  source.split_by = "random";
  EXPECT_TRUE(says(message(source), "nowhere/beats.csv"));
  source.reader = "csv_wyde";
  EXPECT_TRUE(says(message(source), "did you mean 'csv_wide'?"));
}

TEST(LoadDataset, RefusesAFileOnBothSides) {
  const auto path = std::filesystem::path(MOTE_SOURCE_DIR) / "CMakeLists.txt";
  DataSource source = splitting("file");
  source.split_files = {{Split::Train, {path}}, {Split::Test, {path}}};
  const auto data = load_dataset(source);
  ASSERT_FALSE(data.has_value());
}

TEST(LoadDataset, ColumnsMustMeanTheSameInEveryFile) {
  const Table tables[] = {table_of("label,a0,a1\nN,1,2\n", Split::Train, "a.csv"),
                          table_of("label,a0..a1\nN,1\n", Split::Test, "b.csv")};
  DataSource source = source_with({"a0..a1"});
  source.split_column = "";
  const auto data = make_dataset(source, tables);
  ASSERT_FALSE(data.has_value());
  EXPECT_TRUE(says(data.error().message, "b.csv: input 'x' has 1 columns here, but 2 in other files"));
}

// ---- the real heartbeats

std::filesystem::path real_beats() {
  const char* folder = std::getenv("MOTE_DATA");
  const std::filesystem::path root = folder != nullptr
                                         ? std::filesystem::path(folder)
                                         : std::filesystem::path(MOTE_SOURCE_DIR) / "../shared/data";
  return root / "mitbih-beats";
}

DataSource real_source() {
  DataSource source;
  source.name = "mitbih-beats";
  source.split_files = {{Split::Train, {real_beats() / "beats_train.csv"}},
                        {Split::Test, {real_beats() / "beats_test.csv"}}};
  source.split_by = "file";
  source.inputs = {{"beat", {"s0..s124"}, "mV", 125, 0, 0.001, true},
                   {"rr", {"rr_prev_ms / mean(rr_prev_ms)", "rr_prev_ms / rr_next_ms"}, "", 0, 0, 1, false}};
  source.label_column = "aami";
  source.labels = {"N", "S", "V", "F"};
  source.ignore_labels = {"Q"};
  source.group_column = "record";
  return source;
}

TEST(RealBeats, CountsAreThoseOfTheirDescription) {
  if (!std::filesystem::exists(real_beats())) GTEST_SKIP() << "no mitbih-beats below MOTE_DATA";
  const auto data = load_dataset(real_source());
  ASSERT_TRUE(data.has_value()) << data.error().message;
  const DataSummary summary = summarize(*data);
  const auto& counts = summary.counts;
  std::vector<std::int64_t> train = counts[0];
  for (std::size_t k = 0; k < 4; ++k) train[k] += counts[1][k];
  EXPECT_EQ(train, (std::vector<std::int64_t>{3300, 710, 1303, 192}));
  EXPECT_EQ(counts[2], (std::vector<std::int64_t>{1650, 285, 589, 174}));
  EXPECT_EQ(data->indices(Split::Test).size(), 2698u);
  EXPECT_EQ(data->load.ignored, 13);
  EXPECT_EQ(summary.groups, 33);
  const double fraction = static_cast<double>(data->indices(Split::Validation).size()) / 5505;
  EXPECT_NEAR(fraction, 0.2, 0.02);
  EXPECT_EQ(data->inputs[0].sample(0)[50], 0.784f);
  for (const Finding& finding : check_dataset(*data).findings) {
    EXPECT_NE(finding.title, "groups in test and elsewhere") << finding.detail;
    EXPECT_NE(finding.title, "groups in train and validation") << finding.detail;
  }
}

TEST(RealBeats, WithoutIgnoringTheFifthLabelIsAnErrorWithItsLine) {
  if (!std::filesystem::exists(real_beats())) GTEST_SKIP() << "no mitbih-beats below MOTE_DATA";
  DataSource source = real_source();
  source.ignore_labels = {};
  const auto data = load_dataset(source);
  ASSERT_FALSE(data.has_value());
  EXPECT_TRUE(says(data.error().message, "column 'aami': unknown label 'Q'"));
}

}  // namespace
}  // namespace mote
