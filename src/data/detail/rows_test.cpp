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

TEST(Cells, ThatAreNoNumbersSayTheWayOut) {
  const auto hint = [](const std::string& cell) {
    const auto table = parse_csv("label,s0,part\nN,1,train\nN," + cell + ",test\n", "rows.csv");
    DataSource source = source_with("error", false);
    source.inputs[0].columns = {"s0"};
    const auto data = make_dataset(source, {&*table, 1});
    return data ? std::string() : data.error().hint;
  };
  EXPECT_NE(hint("N/A").find("missing_values = ['N/A']"), std::string::npos) << hint("N/A");
  EXPECT_NE(hint("\"1,5\"").find("decimal = \",\""), std::string::npos) << hint("\"1,5\"");
}

}  // namespace
}  // namespace mote
