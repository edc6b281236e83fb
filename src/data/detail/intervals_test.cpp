// Intervals are in the rows' own time, and a wrong file of them says what is wrong with it.
#include "data/detail/intervals.h"

#include <gtest/gtest.h>

#include "base/system.h"
#include "base/text.h"
#include "data/reader.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

class Intervals : public testing::Test {
 protected:
  Result<ScratchFolder> folder_ = ScratchFolder::make("intervals");
  fs::path file_;

  void SetUp() override {
    ASSERT_TRUE(folder_.has_value()) << folder_.error().message;
    file_ = folder_->path() / "when.json";
  }

  /// The marks of rows at 0, 1, … 5 of the column t.
  std::string marks(const std::string& json, const std::string& unit = "s",
                    const std::string& text = "t,a\n0,1\n1,1\n2,1\n3,1\n4,1\n5,1\n") {
    EXPECT_TRUE(write_text(file_, json));
    DataSource source;
    source.reader = "csv_series";
    source.series.time = {"t"};
    source.series.time_unit = unit;
    source.series.intervals = file_;
    source.inputs.resize(1);
    source.inputs[0].columns = {"a"};
    const auto read = (*find_reader("csv_series"))
                          ->recordings({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                                       {"walk.csv", source, {}});
    if (!read) return read.error().message;
    return text::join((*read)[0].marks.at("interval"), "");
  }
};

TEST_F(Intervals, AreNumbersWhereTheTimesAre) {
  EXPECT_EQ(marks("{\"walk.csv\": [[1, 3]]}"), "011100");
  EXPECT_EQ(marks("{\"walk.csv\": [[\"1\", \"3\"], [5, 5.5]]}"), "011101");
  EXPECT_EQ(marks("{\"walk.csv\": [[1, 3]]}", "ms"), "011100") << "in the unit of the times";
  EXPECT_EQ(marks("{\"data/walk.csv\": [[0, 0]], \"sidewalk.csv\": [[1, 9]]}"), "100000");
}

TEST_F(Intervals, AreDatesWhereTheTimesAre) {
  const std::string text = "t,a\n2020-03-09 10:00:00,1\n2020-03-09 10:01:00,1\n";
  EXPECT_EQ(marks("{\"walk.csv\": [[\"2020-03-09 10:00:30\", \"2020-03-09 11:00\"]]}", "s", text), "01");
  EXPECT_EQ(marks("{\"walk.csv\": [[1, 3]]}", "s", text),
            "when.json, 'walk.csv', interval 1: '1' is no date, but the rows' times are dates");
}

TEST_F(Intervals, SayWhatIsWrong) {
  EXPECT_EQ(marks("{\"walk.csv\": [[1, 3]"), "when.json: is not JSON");
  EXPECT_EQ(marks("[[1, 3]]"), "when.json: is not an object: intervals by file");
  EXPECT_EQ(marks("{\"walk.csv\": 7}"), "when.json, 'walk.csv': is not a list of intervals");
  EXPECT_EQ(marks("{\"walk.csv\": [1, 3]}"), "when.json, 'walk.csv', interval 1: is not a pair");
  EXPECT_EQ(marks("{\"walk.csv\": [[0, 1], [3, 1]]}"),
            "when.json, 'walk.csv', interval 2: begins after its end");
  EXPECT_EQ(marks("{\"walk.csv\": [[true, 1]]}"), "when.json, 'walk.csv', interval 1: 'true' is no time");
  EXPECT_EQ(
      marks("{\"walk.csv\": [[\"2020-03-09 10:00\", 1]]}"),
      "when.json, 'walk.csv', interval 1: '2020-03-09 10:00' is no number, but the rows' times are numbers");
}

}  // namespace
}  // namespace mote
