// Recordings become samples: series in CSV, windows, rates, pauses, labels, numbers ahead in time, splits in time and in folds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "data/checks.h"
#include "data/detail/manifest.h"
#include "data/detail/resample.h"
#include "data/detail/stamps.h"
#include "data/reader.h"
#include "math/random.h"

namespace mote {
namespace {

/// A project of one series input over columns a and b, labelled by the column "class".
DataSource series_source() {
  DataSource source;
  source.name = "test";
  source.reader = "csv_series";
  source.label_column = "class";
  source.window.length = 4;
  source.window.hop = 4;
  source.validation_fraction = 0;
  source.test_fraction = 0.4;  // of two samples, one
  InputSource input;
  input.name = "motion";
  input.columns = {"a", "b"};
  source.inputs = {input};
  return source;
}

/// "t,a,b,class" and a row a moment: a counts, b is 10 times a; the class changes at row `change`.
std::string rows_text(int rows, int change, double step = 1) {
  std::string text = "t,a,b,class\n";
  for (int i = 0; i < rows; ++i)
    text += text::cat(i * step, ",", i, ",", 10 * i, ",", i < change ? "rest" : "move", "\n");
  return text;
}

Result<std::vector<Recording>> read(const DataSource& source, const std::string& text) {
  const auto reader = find_reader("csv_series");
  return (*reader)->recordings({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                               {"walk.csv", source, {}});
}

Result<Dataset> load(const DataSource& source, const std::string& text) {
  MOTE_TRY(std::vector<Recording> recordings, read(source, text));
  return make_dataset(source, recordings);
}

Dataset loaded(const DataSource& source, const std::string& text) {
  auto data = load(source, text);
  EXPECT_TRUE(data) << data.error().message << " / " << data.error().hint;
  return data ? std::move(*data) : Dataset{};
}

std::string problem(const DataSource& source, const std::string& text) {
  const auto data = load(source, text);
  return data ? "" : data.error().message + " / " + data.error().hint;
}

std::vector<float> sample(const Dataset& data, std::size_t i, std::size_t input = 0) {
  const auto values = data.inputs[input].sample(i);
  return {values.begin(), values.end()};
}

// ---- windows

TEST(Windows, AreCutEveryHopAndKeepTheirChannels) {
  DataSource source = series_source();
  source.window.hop = 2;
  const Dataset data = loaded(source, rows_text(11, 6));
  ASSERT_EQ(data.size(), 4u) << "rows 0-3, 2-5, 4-7, 6-9; row 10 begins none";
  EXPECT_EQ(data.inputs[0].shape, (std::vector<std::int32_t>{4, 2}));
  EXPECT_EQ(sample(data, 1), (std::vector<float>{2, 20, 3, 30, 4, 40, 5, 50}));
  EXPECT_EQ(data.inputs[0].rate_hz, 0) << "no clock";
}

TEST(Windows, CountIsWhatTheLengthSays) {
  for (int rows = 1; rows < 40; ++rows) {
    for (int length = 1; length < 9; ++length) {
      for (int hop = 1; hop < 6; ++hop) {
        DataSource source = series_source();
        source.label_column.clear();
        source.task = "anomaly";
        source.test_fraction = 0.3;
        source.window.length = length;
        source.window.hop = hop;
        const auto data = load(source, rows_text(rows, 0));
        const int expected = rows < length ? 0 : (rows - length) / hop + 1;
        if (expected < 2) continue;  // too few to split
        ASSERT_TRUE(data) << rows << " " << length << " " << hop << " " << data.error().message;
        EXPECT_EQ(data->size(), static_cast<std::size_t>(expected)) << rows << " " << length << " " << hop;
      }
    }
  }
}

TEST(Windows, TakeTheLabelThatTheProjectAsksFor) {
  const std::string text = rows_text(12, 7);  // the second window has three rests and a move
  const auto second = [&](const std::string& how) -> std::string {
    DataSource source = series_source();
    source.labels = {"rest", "move"};
    source.window.label_at = how;
    const Dataset data = loaded(source, text);
    if (data.size() < 3) return "left out";
    return data.labels[static_cast<std::size_t>(data.target[1])];
  };
  EXPECT_EQ(second("last"), "move");
  EXPECT_EQ(second("first"), "rest");
  EXPECT_EQ(second("middle"), "rest");
  EXPECT_EQ(second("most"), "rest");
  EXPECT_EQ(second("any"), "move") << "the later of labels";
  EXPECT_EQ(second("all"), "left out");
}

TEST(Windows, OfShortRecordingsAreDroppedPaddedOrRefused) {
  DataSource source = series_source();
  source.series.rows = 3;
  source.window.hop = 0;
  EXPECT_NE(problem(source, rows_text(6, 3)).find("no window of the wanted length"), std::string::npos);
  source.window.shorter = "pad";
  source.window.align = "start";
  EXPECT_EQ(sample(loaded(source, rows_text(6, 3)), 0), (std::vector<float>{0, 0, 1, 10, 2, 20, 0, 0}));
  source.window.align = "end";
  EXPECT_EQ(sample(loaded(source, rows_text(6, 3)), 1), (std::vector<float>{0, 0, 3, 30, 4, 40, 5, 50}));
  source.window.shorter = "edge";
  EXPECT_EQ(sample(loaded(source, rows_text(6, 3)), 1), (std::vector<float>{3, 30, 3, 30, 4, 40, 5, 50}));
  source.window.shorter = "error";
  EXPECT_NE(problem(source, rows_text(6, 3)).find("shorter than the window"), std::string::npos);
}

TEST(Windows, ShortRecordingsAreCountedByThemselves) {
  DataSource source = series_source();
  source.series.recording = "class";
  const Dataset data = loaded(source, rows_text(11, 8));
  EXPECT_EQ(data.size(), 2u);
  EXPECT_EQ(data.load.shorter, 1);
  EXPECT_EQ(data.load.dropped, 0);
  const auto findings = check_dataset(data).findings;
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                          [](const Finding& of) { return of.title == "shorter than the window"; }));
}

TEST(Windows, NoneAtAllSayWhy) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  source.series.gap = 0.5;
  EXPECT_NE(problem(source, rows_text(20, 10)).find("between pauses of 0.5 s / gap ends recordings"),
            std::string::npos)
      << problem(source, rows_text(20, 10));
  source = series_source();
  source.task = "forecast";
  source.label_column = "";
  source.target.columns = {"a"};
  source.target.horizon = 100;
  EXPECT_NE(problem(source, rows_text(20, 10)).find("no window that has 100 s behind it / horizon looks"),
            std::string::npos)
      << problem(source, rows_text(20, 10));
  source = series_source();
  source.task = "remaining-life";
  source.window.length = source.window.hop = 0;
  EXPECT_NE(problem(source, rows_text(20, 10)).find("at their end nothing remains"), std::string::npos);
}

TEST(Windows, PicturesOfSeveralSizesNeedOne) {
  DataSource source = series_source();
  source.window.length = source.window.hop = 0;
  source.inputs[0].columns = {};
  std::vector<Recording> pictures(2);
  for (int i = 0; i < 2; ++i) {
    Stream stream;
    stream.frame = {2 + i, 2, 1};
    stream.channels = {"grey"};
    stream.values.assign(static_cast<std::size_t>(4 + 2 * i), 1);
    pictures[static_cast<std::size_t>(i)] = {text::cat(i, ".png"), {stream}, {}, {{"class", "a"}}};
  }
  const auto data = make_dataset(source, pictures);
  ASSERT_FALSE(data);
  EXPECT_NE(data.error().message.find("1.png: input 'motion' is 3 x 2 x 1 here"), std::string::npos)
      << data.error().message;
  EXPECT_NE(data.error().hint.find("size = [width, height]"), std::string::npos) << data.error().hint;
}

TEST(Windows, OneARecordingLieWhereTheProjectSays) {
  DataSource source = series_source();
  source.series.rows = 10;
  source.window.hop = 0;
  for (const auto& [align, first] :
       {std::pair<std::string, float>("start", 0), std::pair<std::string, float>("center", 3),
        std::pair<std::string, float>("end", 6)}) {
    source.window.align = align;
    EXPECT_EQ(sample(loaded(source, rows_text(20, 10)), 0)[0], first) << align;
  }
}

TEST(Windows, AreStretchedToStepsWhereRecordingsDiffer) {
  DataSource source = series_source();
  source.window = {};
  source.window.steps = 5;
  source.series.recording = "class";
  const Dataset data = loaded(source, rows_text(14, 9));  // 9 rows and 5
  ASSERT_EQ(data.size(), 2u);
  EXPECT_EQ(data.inputs[0].shape, (std::vector<std::int32_t>{5, 2}));
  EXPECT_NEAR(sample(data, 0)[0], 0, 0.51) << "two frames become one: their mean";
  EXPECT_NEAR(sample(data, 0)[8], 8, 0.51);
  EXPECT_EQ(sample(data, 1), (std::vector<float>{9, 90, 10, 100, 11, 110, 12, 120, 13, 130}));
  source.window.steps = 0;
  EXPECT_NE(problem(source, rows_text(14, 9)).find("5 x 2 here, but 9 x 2"), std::string::npos);
}

TEST(Windows, LieAroundMarkedMoments) {
  DataSource source = series_source();
  source.label_column = "event";
  source.window.around = "event";
  source.window.before = 1;
  source.window.length = 3;
  source.window.hop = 0;
  std::string text = "a,b,event\n";
  for (int i = 0; i < 20; ++i)
    text += text::cat(i, ",0,", i == 5 ? "N" : i == 12 ? "V" : i == 19 ? "N" : "", "\n");
  const Dataset data = loaded(source, text);
  ASSERT_EQ(data.size(), 2u) << "the last one reaches over the end";
  EXPECT_EQ(sample(data, 0), (std::vector<float>{4, 0, 5, 0, 6, 0}));
  EXPECT_EQ(sample(data, 1)[0], 11);
  EXPECT_EQ(data.labels, (std::vector<std::string>{"N", "V"}));
}

// ---- time

TEST(Series, IrregularStampsComeToAUniformRate) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].columns = {"a"};
  source.inputs[0].rate_hz = 2;
  source.window.length = 2;
  source.window.hop = 2;
  std::string text = "t,a,class\n";
  for (const double t : {0.0, 0.3, 1.1, 1.9, 2.2, 3.4, 4.0, 4.5, 5.0, 6.0})
    text += text::cat(t, ",", 100 * t, ",", t < 2 ? "x" : "y", "\n");
  const Dataset data = loaded(source, text);
  EXPECT_EQ(data.inputs[0].rate_hz, 2);
  ASSERT_EQ(data.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(sample(data, i)[k], 200 * static_cast<double>(i) + 50 * static_cast<double>(k), 15)
          << "a line stays a line, but for means of crowded frames";
}

TEST(Series, LongPausesEndARecording) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.series.gap = 2;
  source.inputs[0].rate_hz = 1;
  std::string text = rows_text(8, 4);
  for (int i = 0; i < 8; ++i) text += text::cat(100 + i, ",", 100 + i, ",0,move\n");
  const Dataset data = loaded(source, text);
  EXPECT_EQ(data.size(), 4u) << "two of each half, none across the pause";
  EXPECT_EQ(sample(data, 2)[0], 100);
  source.series.gap = 0;
  EXPECT_GT(loaded(source, text).size(), 20u) << "the pause is bridged";
}

TEST(Series, LongPausesThatAreBridgedAreCounted) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  std::string text = rows_text(20, 10);
  EXPECT_EQ(loaded(source, text).load.bridged, 0);
  for (int i = 0; i < 8; ++i) text += text::cat(39 + i, ",1,2,move\n");  // 20 s
  for (int i = 0; i < 8; ++i) text += text::cat(76 + i, ",1,2,move\n");  // 30 s
  for (int i = 0; i < 8; ++i) text += text::cat(93 + i, ",1,2,move\n");  // 10 s: ten steps
  const Dataset data = loaded(source, text);
  EXPECT_EQ(data.load.bridged, 2);
  EXPECT_EQ(data.load.longest_pause, 30);
  EXPECT_EQ(data.load.longest_in, "walk.csv");
  const auto findings = check_dataset(data).findings;
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [](const Finding& of) { return of.title == "long pauses are bridged"; });
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->severity, Severity::Warning);
  EXPECT_NE(found->detail.find("the longest 30 s in walk.csv"), std::string::npos) << found->detail;
  EXPECT_NE(found->detail.find("gap = 10 "), std::string::npos) << found->detail;
  source.window.length = source.window.hop = 25;
  EXPECT_EQ(loaded(source, text).load.bridged, 1) << "less than a hop";
  source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  source.series.gap = 10;
  EXPECT_EQ(loaded(source, text).load.bridged, 0);
}

TEST(Series, TimeThatGoesBackwardsIsAnErrorUnlessSorted) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  std::string text = rows_text(9, 4);
  text += "4.5,0,0,move\n";
  EXPECT_EQ(problem(source, text).substr(0, 40), "walk.csv, line 11: the time goes backwar");
  source.series.sort = true;
  EXPECT_EQ(problem(source, text), "");
}

TEST(Series, StampsThatRepeatCountOnce) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  const std::string once = rows_text(8, 4), twice = once + "7,99,99,move\n";
  EXPECT_EQ(loaded(source, once).inputs[0].values, loaded(source, twice).inputs[0].values);
}

TEST(Series, UnevenTimesNeedARate) {
  DataSource source = series_source();
  source.series.time = {"t"};
  std::string text = rows_text(8, 4);
  text += "8.5,8,80,move\n";
  EXPECT_NE(problem(source, text).find("has no rate, and its times are not even / rate = 1 would be near"),
            std::string::npos)
      << problem(source, text);
  source.window.length = source.window.hop = 1200;
  EXPECT_NE(problem(source, rows_text(8, 4, 300) + "2500,8,80,move\n").find("/ period = 300 would be near"),
            std::string::npos);
}

TEST(Series, EvenTimesAreTheirOwnRate) {
  DataSource source = series_source();
  source.series.time = {"t"};
  const Dataset data = loaded(source, rows_text(8, 4));
  EXPECT_EQ(data.inputs[0].rate_hz, 1);
  ASSERT_EQ(data.size(), 2u);
  EXPECT_EQ(sample(data, 1), (std::vector<float>{4, 40, 5, 50, 6, 60, 7, 70}));
  source.window.length = source.window.hop = 1200;
  EXPECT_NEAR(loaded(source, rows_text(8, 4, 300)).inputs[0].rate_hz, 1 / 300., 1e-9);
  source.window.length = source.window.hop = 0.08;
  EXPECT_EQ(loaded(source, rows_text(8, 4, 0.02)).inputs[0].rate_hz, 50) << "sums of rounded numbers";
}

TEST(Series, SensorsInTurnBecomeStreamsOfTheirOwnRates) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.series.time_unit = "ms";
  source.series.sensor = "sensor";
  source.window.length = 1;
  source.window.hop = 1;
  source.inputs[0].columns = {"a"};
  source.inputs[0].rate_hz = 20;
  source.inputs[0].stream = "0";
  source.inputs.push_back(source.inputs[0]);
  source.inputs[1].name = "rotation";
  source.inputs[1].stream = "1";
  source.inputs[1].rate_hz = 10;
  std::string text = "t,a,sensor,class\n";
  for (int i = 0; i < 200; ++i) {
    text += text::cat(50 * i, ",", i, ",0,", i < 100 ? "x" : "y", "\n");
    text += text::cat(50 * i + 7, ",", 1000 + i, ",1,x\n");
  }
  const Dataset data = loaded(source, text);
  ASSERT_EQ(data.inputs.size(), 2u);
  EXPECT_EQ(data.inputs[0].shape, (std::vector<std::int32_t>{20, 1}));
  EXPECT_EQ(data.inputs[1].shape, (std::vector<std::int32_t>{10, 1}));
  EXPECT_LT(sample(data, 0)[0], 2);
  EXPECT_GE(sample(data, 0, 1)[0], 999);
  source.inputs[1].stream = "2";
  EXPECT_NE(problem(source, text).find("no stream '2'"), std::string::npos);
}

TEST(Series, CalendarsGiveChannelsOfTheDay) {
  DataSource source = series_source();
  source.series.time = {"date", "clock"};
  source.inputs[0].columns = {"day_sin", "day_cos", "a"};
  source.inputs[0].rate_hz = 1.0 / 3600;
  source.window.length = 24 * 3600;
  source.window.hop = 24 * 3600;
  std::string text = "date,clock,a,class\n";
  for (int h = 0; h < 96; ++h)
    text += text::cat("0", 1 + h / 24, "/02/2020,", h % 24, ":00,", h, ",", h < 48 ? "x" : "y", "\n");
  const Dataset data = loaded(source, text);
  ASSERT_EQ(data.size(), 4u);
  EXPECT_NEAR(sample(data, 1)[3 * 6], 1, 1e-6) << "six o'clock is a quarter of the circle";
  EXPECT_NEAR(sample(data, 1)[3 * 12 + 1], -1, 1e-6) << "noon is half of it";
  EXPECT_EQ(sample(data, 1)[2], 24);
}

TEST(Stamps, AreSecondsSince1970) {
  EXPECT_EQ(parse_stamp("1970-01-01", false), 0);
  EXPECT_EQ(parse_stamp("2020-03-09 10:34:33", false), 1583750073);
  EXPECT_EQ(parse_stamp("2020-03-09T10:34:33Z", false), 1583750073);
  EXPECT_EQ(parse_stamp("2020-03-09T10:34:33+02:00", false), 1583750073 - 7200);
  EXPECT_EQ(parse_stamp("09/03/2020 10:34", false), 1583750040);
  EXPECT_EQ(parse_stamp("03/09/2020 10:34", true), 1583750040);
  EXPECT_EQ(parse_stamp("9.3.2020", false), parse_stamp("2020-03-09", false));
  EXPECT_EQ(parse_stamp("2000-02-29", false), 951782400);
  EXPECT_NEAR(*parse_stamp("2015-09-01 13:45:00.250000", false), 1441115100.25, 1e-6);
  for (const char* bad :
       {"", "hello", "2019-02-29", "2020-13-01", "31/02/2020", "2020-03-09 25:00:00", "2020-03-09 10:61",
        "2020-03-09 10", "2020/03-09", "1e400", "2020-03-09 10:34:33 garbage"})
    EXPECT_FALSE(parse_stamp(bad, false)) << bad;
}

// ---- values

TEST(Series, MissingValuesAreRefusedHeldInterpolatedOrDropped) {
  std::string text = "a,b,class\n";
  for (int i = 0; i < 16; ++i)
    text += text::cat(i == 5 || i == 6 ? "" : text::cat(i), ",0,", i < 8 ? "x" : "y", "\n");
  DataSource source = series_source();
  EXPECT_NE(problem(source, text).find("walk.csv: line 7, column 'a': no value, but input 'motion'"),
            std::string::npos)
      << problem(source, text);
  source.missing = "hold";
  EXPECT_EQ(sample(loaded(source, text), 1), (std::vector<float>{4, 0, 4, 0, 4, 0, 7, 0}));
  source.missing = "interpolate";
  EXPECT_EQ(sample(loaded(source, text), 1), (std::vector<float>{4, 0, 5, 0, 6, 0, 7, 0}));
  source.missing = "zero";
  EXPECT_EQ(sample(loaded(source, text), 1), (std::vector<float>{4, 0, 0, 0, 0, 0, 7, 0}));
  source.missing = "drop";
  EXPECT_EQ(loaded(source, text).size(), 3u);
}

/// Column a of 400 rows with one other cell; the project names no columns.
Result<Dataset> with_cell(const std::string& cell, const std::string& missing) {
  DataSource source = series_source();
  source.inputs[0].columns.clear();
  source.missing = missing;
  std::string text = "t,a,note,class\n";
  for (int i = 0; i < 400; ++i)
    text += text::cat(i, ",", i == 200 ? cell : text::cat(i), ",", i == 7 ? "7" : "ok", ",",
                      i % 8 < 4 ? "x" : "y", "\n");
  return load(source, text);
}

TEST(Series, AColumnOfNumbersStaysOneThoughACellIsNot) {
  for (const std::string cell : {"nan", "", "Inf"}) {
    const auto data = with_cell(cell, "hold");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->inputs[0].channels, (std::vector<std::string>{"t", "a"})) << "words are no channel";
  }
  for (const std::string cell : {"Low", "\"1,5\""}) {
    const auto data = with_cell(cell, "hold");
    ASSERT_FALSE(data) << cell;
    EXPECT_NE(data.error().message.find("walk.csv, line 202, column 'a': "), std::string::npos);
    EXPECT_NE(data.error().hint.find("name the columns"), std::string::npos) << data.error().hint;
  }
}

TEST(Series, DecimalCommasAreReadInTimesAndValues) {
  DataSource source = series_source();
  source.csv.decimal = ',';
  source.series.time = {"t"};
  std::string text = "t;a;b;class\n";
  for (int i = 0; i < 40; ++i)
    text += text::cat(i / 2, i % 2 ? ",5" : "", ";", i, ",25;0;", i % 2 ? "x" : "y", "\n");
  EXPECT_EQ(sample(loaded(source, text), 1)[0], 8.25f) << "2 rows a second";
  EXPECT_NE(problem(source, "t;a;b;class\n0.5;1;2;x\n").find("a time has a comma too"), std::string::npos);
}

TEST(Series, TimesOutOfRangeAreNamed) {
  DataSource source = series_source();
  source.series.time = {"t"};
  const std::string said = problem(source, "t,a,b,class\n0,1,2,x\n1e300,1,2,x\n");
  EXPECT_EQ(said.substr(0, 59), "walk.csv, line 3, column 't': the time '1e300' is out of ra") << said;
}

TEST(Series, CellsThatAreNoNumbersAreNamed) {
  DataSource source = series_source();
  std::string text = rows_text(8, 4);
  text += "8,Low,0,move\n";
  EXPECT_EQ(problem(source, text).substr(0, 54), "walk.csv, line 10, column 'a': 'Low' is not a number /");
  for (const char* bad : {"nan", "inf", "1e999"}) {
    std::string with =
        rows_text(8, 4) + text::cat("8,", bad, ",0,move\n9,1,1,move\n10,1,1,move\n11,1,1,move\n");
    EXPECT_NE(problem(source, with), "") << bad;
  }
}

TEST(Series, MagnitudeIsTheLengthOfAVector) {
  DataSource source = series_source();
  source.inputs[0].columns = {"magnitude(a, b)", "is(class, move)"};
  const Dataset data = loaded(source, rows_text(8, 4));
  EXPECT_NEAR(sample(data, 0)[6], std::sqrt(9 + 900), 1e-4);
  EXPECT_EQ(sample(data, 0)[7], 0);
  EXPECT_EQ(sample(data, 1)[7], 1);
}

TEST(Series, ChannelsAreNormalizedByTrainingSamplesAlone) {
  DataSource source = series_source();
  source.split_by = "time";
  source.test_fraction = 0.5;
  source.inputs[0].normalize = "standard";
  const Dataset data = loaded(source, rows_text(64, 10));
  double sum = 0, squares = 0;
  std::size_t count = 0;
  for (const std::size_t i : data.indices(Split::Train)) {
    for (const float value : data.inputs[0].sample(i)) {
      sum += value;
      squares += value * value;
      ++count;
    }
  }
  EXPECT_NEAR(sum / static_cast<double>(count), 0, 1e-5);
  EXPECT_NEAR(squares / static_cast<double>(count), 1, 1e-4);
  EXPECT_NEAR(data.inputs[0].channel_offset[0], 15.5, 1e-9) << "rows 0 … 31 train";
  EXPECT_GT(sample(data, data.size() - 1)[0], 2) << "the test is not looked at";
}

// ---- numbers

TEST(Forecasts, LookAheadFromTheWindowsEnd) {
  DataSource source = series_source();
  source.label_column.clear();
  source.task = "forecast";
  source.target.columns = {"b"};
  source.target.horizon = 3;
  source.window.hop = 1;
  source.split_by = "time";
  const Dataset data = loaded(source, rows_text(40, 0));
  ASSERT_EQ(data.size(), 34u) << "the last three windows have nothing to foresee";
  for (std::size_t i = 0; i < data.size(); ++i) {
    EXPECT_NEAR(data.number.real(i, data.number.sample(i)[0]), 10.0 * static_cast<double>(i + 6), 1e-3);
    EXPECT_EQ(data.number.last[i], 10 * static_cast<float>(i + 3));
  }
  source.target.change = true;
  const Dataset changes = loaded(source, rows_text(40, 0));
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_NEAR(changes.number.real(i, changes.number.sample(i)[0]), 10.0 * static_cast<double>(i + 6), 1e-3);
}

TEST(RemainingLife, CountsToTheEndOfEachRecordingAndIsCapped) {
  DataSource source = series_source();
  source.label_column.clear();
  source.task = "remaining-life";
  source.series.rows = 20;
  source.target.cap = 10;
  source.window.hop = 1;
  source.group_column = "part";
  source.split_by = "group";
  source.test_fraction = 0.5;
  const Dataset data = loaded(source, rows_text(40, 0));
  ASSERT_EQ(data.size(), 34u);
  for (std::size_t i = 0; i < 17; ++i)
    EXPECT_NEAR(data.number.real(i, data.number.sample(i)[0]), std::min(10.0, 16.0 - static_cast<double>(i)),
                1e-4)
        << i;
}

// ---- splits

TEST(SplitByTime, TrainsBeforeItTestsAndLeavesOutWhatLiesAcross) {
  DataSource source = series_source();
  source.split_by = "time";
  source.window.hop = 1;
  source.test_fraction = 0.2;
  source.validation_fraction = 0.2;
  source.label_column = "part";
  source.series.rows = 100;
  const Dataset data = loaded(source, rows_text(100, 50));
  double train = 0, test = 1e9;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Train) train = std::max(train, data.place[i].end);
    if (data.split[i] == Split::Test) test = std::min(test, data.place[i].begin);
  }
  EXPECT_LE(train, 60);
  EXPECT_GE(test, 80);
  EXPECT_EQ(data.indices(Split::Unused).size(), 6u) << "three windows across each border";
}

/// Recordings of 40 rows, a file each.
struct Log {
  std::string name, begin;  ///< begin: the stamp of the first row, "" where it has no clock
};
/// The names of those that are tested; the last of them, by the shares.
std::set<std::string> tested_of(const std::vector<Log>& logs, DataSource source, TimeOrder* order = nullptr) {
  source.label_column.clear();
  source.target.columns = {"b"};
  source.split_by = "time";
  source.test_fraction = 1.0 / static_cast<double>(logs.size());
  std::vector<Recording> recordings;
  for (const Log& log : logs) {
    std::string text = log.begin.empty() ? "a,b\n" : "t,a,b\n";
    const auto number = text::to_double(log.begin);
    for (int i = 0; i < 40; ++i) {
      const std::string stamp =
          number ? text::cat(*number + i) : text::cat(log.begin, ":", i < 10 ? "0" : "", i);
      text += text::cat(log.begin.empty() ? "" : stamp + ",", i, ",", 2 * i, "\n");
    }
    source.series.time = log.begin.empty() ? std::vector<std::string>{} : std::vector<std::string>{"t"};
    auto one = read(source, text);
    EXPECT_TRUE(one) << one.error().message;
    one->at(0).origin = log.name;
    one->at(0).fields["path"] = log.name;
    recordings.push_back(std::move(one->at(0)));
  }
  const auto data = make_dataset(source, recordings);
  EXPECT_TRUE(data) << data.error().message;
  std::set<std::string> tested;
  for (const std::size_t i : data->indices(Split::Test))
    tested.insert(data->origin[i].substr(0, data->origin[i].find(' ')));
  if (order != nullptr) *order = data->load.order;
  return tested;
}

TEST(SplitByTime, TakesRecordingsByTheirStampsWhateverTheirNames) {
  DataSource source = series_source();
  TimeOrder order = TimeOrder::Names;
  using Names = std::set<std::string>;
  EXPECT_EQ(tested_of({{"a", "2020-03-02 10:00"}, {"b", "2020-03-01 10:00"}}, source, &order), Names{"a"});
  EXPECT_EQ(order, TimeOrder::Given);
  EXPECT_EQ(tested_of({{"a", "1700009000"}, {"b", "1700000000"}, {"c", "1700000500"}}, source, &order),
            Names{"a"});
  EXPECT_EQ(order, TimeOrder::Given);
  EXPECT_EQ(tested_of({{"a", "900"}, {"b", "0"}, {"c", "400"}}, source, &order), Names{"a"})
      << "a counter that goes on";
  EXPECT_EQ(order, TimeOrder::Given);
}

TEST(SplitByTime, OfRecordingsWithoutAClockFollowsTheNumbersInTheirNamesAndSaysSo) {
  DataSource source = series_source();
  TimeOrder order = TimeOrder::Given;
  using Names = std::set<std::string>;
  EXPECT_EQ(tested_of({{"log_1", ""}, {"log_10", ""}, {"log_2", ""}}, source, &order), Names{"log_10"});
  EXPECT_EQ(order, TimeOrder::Names);
  EXPECT_EQ(tested_of({{"log_1", "5"}, {"log_10", "0"}, {"log_2", "2"}}, source, &order), Names{"log_10"})
      << "seconds since the device was switched on";
  EXPECT_EQ(order, TimeOrder::Names);
  EXPECT_EQ(tested_of({{"z", ""}, {"y", ""}, {"x", ""}}, source, &order), Names{"x"}) << "as they are listed";
  EXPECT_EQ(order, TimeOrder::Files);
}

TEST(SplitByTime, KeepsWhatWasRecordedAtTheSameTimeOnOneSide) {
  DataSource source = series_source();
  source.label_column.clear();
  source.target.columns = {"b"};
  source.split_by = "time";
  source.series.time = {"t"};
  std::vector<Recording> recordings;
  for (const std::string name : {"left", "right"}) {
    std::string text = "t,a,b\n";
    for (int i = 0; i < 60; ++i) text += text::cat("2020-03-01 10:00:", i < 10 ? "0" : "", i, ",", i, ",0\n");
    auto one = read(source, text);
    ASSERT_TRUE(one);
    recordings.push_back(std::move(one->at(0)));
    recordings.back().fields["path"] = name;
  }
  const auto data = make_dataset(source, recordings);
  ASSERT_TRUE(data) << data.error().message;
  double train = 0, test = 1e9;
  for (std::size_t i = 0; i < data->size(); ++i) {
    if (data->split[i] == Split::Train) train = std::max(train, data->place[i].end);
    if (data->split[i] == Split::Test) test = std::min(test, data->place[i].begin);
  }
  EXPECT_LE(train, test);
}

TEST(SplitInFolds, TestsEverySampleOnceAndKeepsGroupsWhole) {
  DataSource source = series_source();
  source.split_by = "k-fold";
  source.folds = 4;
  source.series.rows = 8;
  source.group_column = "part";
  source.window.hop = 4;
  std::multiset<std::string> tested;
  for (source.fold = 1; source.fold <= 4; ++source.fold) {
    const Dataset data = loaded(source, rows_text(128, 60));
    std::set<std::string> train, test;
    for (std::size_t i = 0; i < data.size(); ++i) {
      (data.split[i] == Split::Test ? test : train).insert(data.group[i]);
      if (data.split[i] == Split::Test) tested.insert(data.origin[i]);
    }
    for (const std::string& group : test) EXPECT_EQ(train.count(group), 0u);
  }
  EXPECT_EQ(tested.size(), 32u);
  EXPECT_EQ(std::set<std::string>(tested.begin(), tested.end()).size(), 32u);
}

TEST(Anomalies, NeverTrain) {
  DataSource source = series_source();
  source.task = "anomaly";
  source.normal_labels = {"rest"};
  source.window.label_at = "any";
  const Dataset data = loaded(source, rows_text(200, 150));
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.target[i] == 1) {
      EXPECT_EQ(data.split[i], Split::Test);
    }
  }
  EXPECT_EQ(data.labels, (std::vector<std::string>{"normal", "anomaly"}));
}

// ---- rates

TEST(Resampling, KeepsTonesInBandAndRemovesThoseAbove) {
  const auto tone = [](double hz, double rate, int frames) {
    std::vector<float> values;
    for (int i = 0; i < frames; ++i)
      values.push_back(static_cast<float>(exact::cos(6.283185307179586 * hz * i / rate)));
    return values;
  };
  const auto level = [](const std::vector<float>& values) {
    double squares = 0;
    for (std::size_t i = values.size() / 4; i < values.size() * 3 / 4; ++i) squares += values[i] * values[i];
    return std::sqrt(squares / (static_cast<double>(values.size()) / 2));
  };
  for (const auto& [from, to] : {std::pair(16000.0, 8000.0), std::pair(360.0, 125.0),
                                 std::pair(8000.0, 16000.0), std::pair(44100.0, 16000.0)}) {
    const double band = std::min(from, to) / 2;
    const auto low = resample_uniform(tone(0.5 * band, from, 8000), 1, from, to);
    EXPECT_NEAR(static_cast<double>(low.size()), 8000 * to / from, 1);
    EXPECT_NEAR(level(low), std::sqrt(0.5), 0.01) << from << " to " << to;
    const auto expected = tone(0.5 * band, to, static_cast<int>(low.size()));
    for (std::size_t i = low.size() / 4; i < low.size() * 3 / 4; i += 7)
      EXPECT_NEAR(low[i], expected[i], 0.01);
    if (to < from) {
      EXPECT_LT(level(resample_uniform(tone(1.3 * band, from, 8000), 1, from, to)), 0.002);
    }
  }
}

TEST(Resampling, KeepsConstants) {
  for (const float value : resample_uniform(std::vector<float>(300, 3.0f), 1, 100, 37))
    EXPECT_NEAR(value, 3, 1e-5);
}

// ---- words about files

TEST(PathPatterns, TakeWordsFromTheEndOfAPath) {
  using Fields = std::map<std::string, std::string>;
  EXPECT_EQ(match_path("{label}/{who}_{n}.wav", "/data/yes/ab_7.wav"),
            (Fields{{"label", "yes"}, {"who", "ab"}, {"n", "7"}}));
  EXPECT_EQ(match_path("fan_0_{speed}_{w}_weight{m}/{n}.csv", "x/fan_0_low_0_weight-moving/3.csv"),
            (Fields{{"speed", "low"}, {"w", "0"}, {"m", "-moving"}, {"n", "3"}}));
  EXPECT_FALSE(match_path("{a}/{b}.csv", "b.csv"));
  EXPECT_FALSE(match_path("{a}.csv", "x/b.wav"));
  EXPECT_TRUE(match_path(std::string(200, '{'), "x").has_value() || true) << "never hangs";
  std::string many;
  for (int i = 0; i < 60; ++i) many += "{}a";
  EXPECT_FALSE(match_path(many + "b", std::string(400, 'a')));
}

// ---- bad input

TEST(Series, AnyBytesGiveRecordingsOrAnErrorButNeverACrash) {
  DataSource source = series_source();
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  const std::string good = rows_text(30, 12);
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good.substr(0, random.below(good.size() + 1));
    for (std::uint64_t k = random.below(6); k > 0 && !text.empty(); --k)
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    const auto data = load(source, text);
    if (!data) {
      EXPECT_FALSE(data.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace mote
