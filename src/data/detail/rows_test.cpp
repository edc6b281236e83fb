// Rows that are samples: gaps in a series that lies along the row are filled as in a recording.
#include "data/detail/rows.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

/// A project of one input over s0..s3, split by the column "part".
DataSource source_with(const std::string& missing, bool series = true) {
  DataSource source;
  source.name = "rows";
  source.label_column = "label";
  source.split_column = "part";
  source.validation_fraction = 0;
  source.missing = missing;
  source.inputs = {{"x", {"s0..s3"}, "", 0, 0, 1, series}};
  return source;
}

Dataset made(const DataSource& source, const std::string& rows) {
  const auto table = parse_csv("label,s0,s1,s2,s3,part\n" + rows, "rows.csv");
  EXPECT_TRUE(table) << table.error().message;
  auto data = make_dataset(source, {&*table, 1});
  EXPECT_TRUE(data) << data.error().message;
  return data ? std::move(*data) : Dataset{};
}

constexpr const char* kGap = "N,1,,,4,train\nN,1,2,3,,test\n";

TEST(SeriesInRows, GapsAreHeldOrInterpolatedAlongTheRow) {
  EXPECT_EQ(made(source_with("hold"), kGap).inputs[0].values, (Values{1, 1, 1, 4, 1, 2, 3, 3}));
  const Dataset lines = made(source_with("interpolate"), "N,1,,,4,train\nN,1,2,,3,test\n");
  EXPECT_EQ(lines.inputs[0].values, (Values{1, 2, 3, 4, 1, 2, 2.5f, 3}));
  EXPECT_EQ(lines.load.zeroed_cells, 0);
  EXPECT_EQ(lines.load.dropped, 0);
}

TEST(SeriesInRows, OfSeveralChannelsAreFilledEachByItself) {
  DataSource source = source_with("hold");
  source.inputs[0].shape = {2, 2};  // s0 and s1, then s2 and s3
  EXPECT_EQ(made(source, "N,1,9,,8,train\nN,1,2,3,,test\n").inputs[0].values,
            (Values{1, 9, 1, 8, 1, 2, 3, 2}));
}

TEST(SeriesInRows, OfWhichNothingIsThereAreDroppedAndCounted) {
  const std::string rows = "N,1,2,3,4,train\nN,,,,,train\nN,,2,3,4,train\nN,4,3,2,1,test\n";
  const Dataset data = made(source_with("hold"), rows);
  EXPECT_EQ(data.inputs[0].values, (Values{1, 2, 3, 4, 4, 3, 2, 1}));
  EXPECT_EQ(data.load.dropped, 2) << "a beginning without a value before it cannot be held either";
}

TEST(SeriesInRows, FeaturesHaveNoNeighboursToFillThemFrom) {
  const Dataset data = made(source_with("hold", false), "N,1,,3,4,train\nN,1,2,3,4,train\nN,4,3,2,1,test\n");
  EXPECT_EQ(data.inputs[0].values, (Values{1, 2, 3, 4, 4, 3, 2, 1}));
  EXPECT_EQ(data.load.dropped, 1);
  EXPECT_EQ(data.load.zeroed_cells, 0);
}

/// The error of a row whose only value is this cell; empty where there is none.
Error refused_cell(const std::string& cell, const std::string& missing, char decimal = '.') {
  const std::string rows = "label,s0,part\nN,1,train\nN," + cell + ",train\nN,2,test\n";
  const auto table = parse_csv(rows, "rows.csv");
  DataSource source = source_with(missing, false);
  source.csv.decimal = decimal;
  source.inputs[0].columns = {"s0"};
  const auto data = make_dataset(source, {&*table, 1});
  return data ? Error{} : data.error();
}

TEST(Cells, ThatAreNoNumbersSayTheWayOut) {
  const auto hint = [](const std::string& cell) { return refused_cell(cell, "error").hint; };
  EXPECT_NE(hint("N/A").find("missing_values = [\"N/A\"]"), std::string::npos) << hint("N/A");
  EXPECT_NE(hint("\"1,5\"").find("decimal = \",\""), std::string::npos) << hint("\"1,5\"");
}

TEST(Cells, OfTextAreNeverMissingValues) {
  for (const char* missing : {"error", "drop", "zero", "hold", "interpolate"}) {
    for (const std::string cell : {"abc", "0x10", "1 000", "NA", "-", "1.2.3", "--inf"}) {
      const Error problem = refused_cell(cell, missing);
      EXPECT_EQ(problem.message, "rows.csv, line 3, column 's0': '" + cell + "' is not a number") << missing;
      EXPECT_NE(problem.hint.find("missing_values = [\"" + cell + "\"]"), std::string::npos) << problem.hint;
    }
  }
  for (const std::string cell : {"", "nan", "NaN", "inf", "-INF", "1e999"}) {
    EXPECT_NE(refused_cell(cell, "error").message, "") << cell;
    EXPECT_EQ(refused_cell(cell, "zero").message, "") << cell;
  }
}

TEST(Cells, OfTextAreNoPartOfAGroupsFigures) {
  const auto table = parse_csv("who,s0,part\na,1,train\na,abc,unused\na,1,test\n", "rows.csv");
  DataSource source = source_with("drop", false);
  source.label_column = "who";
  source.group_column = "who";
  source.inputs[0].columns = {"s0 / mean(s0)"};
  const auto data = make_dataset(source, {&*table, 1});
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().message, "rows.csv, line 3, column 's0': 'abc' is not a number");
}

TEST(Cells, WithACommaNameBothReadings) {
  const std::string hint = refused_cell("\"1,234\"", "drop").hint;
  EXPECT_NE(hint.find("1.234"), std::string::npos) << hint;
  EXPECT_NE(hint.find("1234"), std::string::npos) << hint;
  const std::string million = refused_cell("\"1,234,567\"", "drop").hint;
  EXPECT_NE(million.find("1234567"), std::string::npos) << million;
}

TEST(Cells, WithAPointAreAmbiguousWhereTheDecimalMarkIsAComma) {
  EXPECT_EQ(refused_cell("\"1,5\"", "error", ',').message, "");
  EXPECT_EQ(refused_cell("-12", "error", ',').message, "");
  for (const char* missing : {"error", "drop"}) {
    const Error problem = refused_cell("1.234", missing, ',');
    EXPECT_NE(problem.message.find("line 3, column 's0': '1.234' has a point"), std::string::npos);
    EXPECT_NE(problem.hint.find("write 1,234 if"), std::string::npos) << problem.hint;
    EXPECT_NE(problem.hint.find("or 1234 if"), std::string::npos) << problem.hint;
  }
  EXPECT_NE(refused_cell("0.25", "error", ',').hint.find("write 0,25"), std::string::npos);
  EXPECT_NE(refused_cell("\"1.234,5\"", "error", ',').hint.find("1234,5"), std::string::npos);
  EXPECT_EQ(refused_cell("\"a,b\"", "error", ',').hint.find("decimal"), std::string::npos);
}

TEST(Cells, OfMissingWordsMayBeWrittenWithEitherDecimalMark) {
  for (const std::string word : {"-1.5", "-1,5"}) {
    CsvStyle style{{}, {word}, ','};
    const auto table = parse_csv("a;b\n-1,5;2\n", "rows.csv", style);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows[0][0], "") << word;
  }
}

}  // namespace
}  // namespace mote
