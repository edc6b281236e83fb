// What the reader of strokes promises: each stroke with its label, and no part of a document that is not JSON.
#include <cmath>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

const std::string kTwo =
    R"({"strokes": [{"index": 0, "strokePoints": [{"x": 0.5, "y": -1}, {"x": 1, "y": 0}], "label": "7"},
 {"strokePoints": [{"y": 2, "x": 1e-1}], "label": 3}], "version": null})";

TEST(Strokes, EachIsARecordingWithItsLabel) {
  const auto read = read_with("strokes", bytes_of(kTwo));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  const Stream& first = (*read)[0].streams[0];
  EXPECT_EQ(first.channels, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(first.values, (std::vector<float>{0.5f, -1, 1, 0}));
  EXPECT_EQ(first.rate_hz, 0);
  EXPECT_TRUE(first.times.empty());
  EXPECT_EQ((*read)[0].fields.at("label"), "7");
  EXPECT_EQ((*read)[1].fields.at("label"), "3");
  EXPECT_EQ((*read)[1].origin, "file, stroke 2");
  EXPECT_EQ((*read)[1].streams[0].values, (std::vector<float>{0.1f, 2}));
}

TEST(Strokes, NoPartOfADocumentIsRead) { expect_no_part_is_read("strokes", bytes_of(kTwo)); }

TEST(Strokes, WhatIsNotAListOfStrokesIsAnError) {
  const auto problem = [](std::string_view json) { return problem_of("strokes", bytes_of(json)); };
  EXPECT_EQ(problem(""), "file: is empty");
  EXPECT_EQ(problem("{}"), "file: has no strokes");
  EXPECT_EQ(problem(R"({"strokes": []})"), "file: has no strokes");
  EXPECT_EQ(problem(R"({"strokes": 5})"), "file: 'strokes' is a plain value");
  EXPECT_EQ(problem(R"({"strokes": {}})"), "file: 'strokes' is an object, not a list");
  EXPECT_EQ(problem(R"({"strokes": [{"label": "1"}]})"), "file: stroke 1: has no points");
  EXPECT_EQ(problem(R"({"strokes": [{"strokePoints": [{"x": 1}]}]})"),
            "file: stroke 1, point 1: lacks x or y");
  EXPECT_EQ(problem(R"({"strokes": [{"strokePoints": [{"x": "a", "y": 1}]}]})"),
            "file: stroke 1: 'a' is not a number");
  EXPECT_EQ(problem("{\"strokes\":\n[NaN]}"), "file, line 2: is not JSON from byte 14 on");
  EXPECT_EQ(problem("x,y\n1,2\n"), "file, line 1: is not JSON from byte 1 on");
}

TEST(Strokes, NumbersTooLargeAreMissing) {
  const auto read = read_with(
      "strokes", bytes_of(R"({"strokes": [{"strokePoints": [{"x": 1e200, "y": null}, {"x": 0, "y": 0}]}]})"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const std::vector<float>& values = (*read)[0].streams[0].values;
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]));
  EXPECT_TRUE((*read)[0].fields.empty());
}

TEST(Strokes, DepthIsLimitedBeforeItIsFollowed) {
  EXPECT_EQ(problem_of("strokes", Bytes(5'000'000, '[')), "file: is nested deeper than 16 levels");
}

TEST(Strokes, TheWandsDigitsAreEightyOfEach) {
  const auto folder = data_folder() / "wand-digits";
  MOTE_NEED_DATA(folder);
  for (int digit = 0; digit < 10; ++digit) {
    const auto read = read_with("strokes", *read_file(folder / text::cat("petewarden_", digit, ".json")));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->size(), 80u);
    for (const Recording& stroke : *read) EXPECT_EQ(stroke.fields.at("label"), text::cat(digit));
  }
}

}  // namespace
}  // namespace mote
