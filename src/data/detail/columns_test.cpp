// A range of columns is what its two ends say: never a column more or less.
#include "data/detail/columns.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace mote {
namespace {

/// The columns of `text`, joined; or the message of the error.
std::string columns_of(const std::string& text, const std::string& header) {
  Table table;
  table.file = "x.csv";
  table.columns = text::split(header, ',');
  const auto rules = parse_columns(text, table);
  if (!rules) return rules.error().message;
  std::vector<std::string> names;
  for (const ColumnRule& rule : *rules) names.push_back(rule.name);
  return text::join(names, ",");
}

TEST(Ranges, OfOneWordAreItsNumbersWhereverTheyStand) {
  EXPECT_EQ(columns_of("a0..a3", "label,a0,a1,a2,a3,b"), "a0,a1,a2,a3");
  EXPECT_EQ(columns_of("a0..a3", "a3,a2,label,a1,a0"), "a0,a1,a2,a3");
  EXPECT_EQ(columns_of("s08..s10", "s08,s09,s10"), "s08,s09,s10");
}

TEST(Ranges, OfOneWordWithAHoleNameWhatIsMissing) {
  EXPECT_EQ(columns_of("a0..a3", "a0,temperature,a2,a3"), "x.csv: no column 'a1' (of the range 'a0..a3')");
  EXPECT_EQ(columns_of("a0..a3", "a0,a2,a3"), "x.csv: no column 'a1' (of the range 'a0..a3')");
  EXPECT_EQ(columns_of("s00..s10", "s00,s01,s02,s03,s04,s05,s06,s07,s08,s10"),
            "x.csv: no column 's09' (of the range 's00..s10')");
}

TEST(Ranges, OfOneWordBackwardsOrOfOtherDigitsAreRefused) {
  EXPECT_EQ(columns_of("a3..a0", "a3,a2,a1,a0"), "x.csv: 'a3..a0' is not a range of columns");
  EXPECT_EQ(columns_of("a1..a03", "a1,a2,a03"), "x.csv: 'a1..a03' is not a range of columns");
}

TEST(Ranges, OfNumbersAloneRiseInEqualSteps) {
  EXPECT_EQ(columns_of("454..462", "t,454,458,462,u"), "454,458,462");
  EXPECT_EQ(columns_of("0..2", "0,1,2"), "0,1,2");
  EXPECT_EQ(columns_of("0..3", "0,1,3"), "x.csv: column '3' breaks the range '0..3'");
  EXPECT_EQ(columns_of("454..462", "454,458,label,462"), "x.csv: column 'label' breaks the range '454..462'");
}

TEST(Ranges, OfOtherNamesTakeWhatStandsBetween) {
  EXPECT_EQ(columns_of("AF3..F8", "AF3,F7,F8,class"), "AF3,F7,F8");
  EXPECT_EQ(columns_of("ax..az", "ax,ay,az"), "ax,ay,az");
  EXPECT_EQ(columns_of("az..ax", "ax,ay,az"), "x.csv: 'az..ax' is not a range of columns");
}

}  // namespace
}  // namespace mote
