// Where groups do not suffice for a split, the message proposes what does: each proposal is tried.
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/reader.h"

namespace mote {
namespace {

/// Rows of groups by their sizes: p1, p2, …
Table table_of(const std::vector<int>& sizes) {
  std::string text = "label,who,a\n";
  int row = 0;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    for (int i = 0; i < sizes[g]; ++i, ++row)
      text += text::cat(row % 2 ? "x" : "y", ",p", g + 1, ",", row, "\n");
  }
  return *parse_csv(text, "rows.csv");
}

DataSource by_group() {
  DataSource source;
  source.name = "rows";
  source.label_column = "label";
  source.group_column = "who";
  source.split_by = "group";
  source.inputs = {{"x", {"a"}, "", 0, 0, 1, false}};
  return source;
}

/// "message / hint", or "" where it works.
std::string refused(const DataSource& source, const std::vector<int>& sizes) {
  const Table table = table_of(sizes);
  const auto data = make_dataset(source, {&table, 1});
  return data ? "" : data.error().message + " / " + data.error().hint;
}

void expect_others_work(const std::vector<int>& sizes) {
  for (const char* const how : {"time", "random"}) {
    DataSource source = by_group();
    source.split_by = how;
    EXPECT_EQ(refused(source, sizes), "") << how;
  }
}

TEST(FewGroups, OneGroupAloneHasOtherSplits) {
  const std::string said = refused(by_group(), {60});
  EXPECT_NE(said.find("too few groups for a test split: all samples to choose from are of 'p1'"),
            std::string::npos)
      << said;
  EXPECT_EQ(said.find("_share"), std::string::npos) << "no share helps: " << said;
  expect_others_work({60});
}

TEST(FewGroups, AHugeOneAmongSmallOnesLeavesNamedGroupsToValidation) {
  const std::vector<int> sizes = {83, 6, 5, 6};
  const std::string said = refused(by_group(), sizes);
  EXPECT_NE(said.find("beside the test there is only 'p1', with 83 % of the samples"), std::string::npos)
      << said;
  EXPECT_NE(said.find("validation_groups = [\"p3\"]"), std::string::npos) << said;
  EXPECT_NE(said.find("validation_share = 0"), std::string::npos) << said;
  DataSource source = by_group();
  source.validation_groups = {"p3"};
  EXPECT_EQ(refused(source, sizes), "");
  source = by_group();
  source.validation_fraction = 0;
  EXPECT_EQ(refused(source, sizes), "");
  expect_others_work(sizes);
}

TEST(FewGroups, OfTwoNoneIsLeftForValidation) {
  const std::vector<int> sizes = {50, 10};
  const std::string said = refused(by_group(), sizes);
  EXPECT_NE(said.find("too few groups for a validation split"), std::string::npos) << said;
  EXPECT_EQ(said.find("validation_groups"), std::string::npos) << "then none would be left to test: " << said;
  DataSource source = by_group();
  source.validation_fraction = 0;
  EXPECT_EQ(refused(source, sizes), "");
  expect_others_work(sizes);
}

TEST(FewGroups, BesideAGivenTestGoWithoutValidation) {
  Table tables[] = {table_of({20}), table_of({10})};
  tables[0].split = Split::Train;
  tables[1].split = Split::Test;
  DataSource source = by_group();
  source.split_by = "file";
  const auto data = make_dataset(source, tables);
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().hint, "a group stays whole: validation_share = 0 trains without one");
  source.validation_fraction = 0;
  EXPECT_TRUE(make_dataset(source, tables));
}

}  // namespace
}  // namespace mote
