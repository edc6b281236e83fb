// What the reader of NumPy's arrays promises: samples by the first axis, labels from beside or within, no part of a damaged file.
#include <cmath>
#include <limits>

#include "data/readers/reader_testing.h"
#include "math/npz.h"

namespace mote {
namespace {

using namespace reader_testing;

NpyArray whole_numbers(const std::vector<std::uint8_t>& values, std::vector<std::int64_t> shape) {
  return {"|u1", std::move(shape), values};
}

TEST(Npy, TheFirstAxisCountsTheSamples) {
  const std::vector<float> values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const auto series = read_with("npy", write_npy(from_floats(values, {2, 3, 2})));
  ASSERT_TRUE(series.has_value()) << series.error().message;
  ASSERT_EQ(series->size(), 2u);
  EXPECT_EQ((*series)[1].streams[0].frame, std::vector<std::int32_t>{2});
  EXPECT_EQ((*series)[1].streams[0].frames(), 3u);
  EXPECT_EQ((*series)[1].streams[0].values, (std::vector<float>{6, 7, 8, 9, 10, 11}));
  EXPECT_EQ((*series)[1].streams[0].channels, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ((*series)[1].origin, "file, item 2");
  const auto rows = read_with("npy", write_npy(from_floats(values, {3, 4})));
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ((*rows)[2].streams[0].frame, std::vector<std::int32_t>{4});
  EXPECT_EQ((*rows)[2].streams[0].frames(), 1u);
  const auto pictures = read_with("npy", write_npy(whole_numbers({1, 2, 3, 4, 5, 6}, {1, 1, 2, 3})));
  ASSERT_TRUE(pictures.has_value());
  EXPECT_EQ((*pictures)[0].streams[0].frame, (std::vector<std::int32_t>{1, 2, 3}));
  const auto grey = read_with("npy", write_npy(whole_numbers({1, 2, 3, 4}, {1, 2, 2})));
  ASSERT_TRUE(grey.has_value());
  EXPECT_EQ((*grey)[0].streams[0].frame, (std::vector<std::int32_t>{2, 2, 1}));
}

TEST(Npy, LabelsComeFromTheFileBeside) {
  Files files;
  files.name = "train.npy";
  files.beside["train_labels.npy"] = write_npy(whole_numbers({5, 9}, {2}));
  const Bytes samples = write_npy(from_floats(std::vector<float>{1, 2}, {2}));
  const auto read = read_with("npy", samples, files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[1].fields.at("label"), "9");
  files.beside["train_labels.npy"] = write_npy(from_floats(std::vector<float>{1, 0.5f, 0, 2}, {2, 2}));
  const auto several = read_with("npy", samples, files);
  ASSERT_TRUE(several.has_value());
  EXPECT_EQ((*several)[0].fields.at("label0"), "1");
  EXPECT_EQ((*several)[0].fields.at("label1"), "0.5");
  files.beside["train_labels.npy"] = write_npy(whole_numbers({5}, {1}));
  EXPECT_EQ(problem_of("npy", samples, files), "train_labels.npy: are labels for 1 samples, there are 2");
  files.beside["train_labels.npy"] = bytes_of("5,9");
  EXPECT_EQ(problem_of("npy", samples, files).substr(0, 17), "train_labels.npy:");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  files.beside["train_labels.npy"] = write_npy(from_floats(std::vector<float>{1, nan}, {2}));
  EXPECT_EQ(problem_of("npy", samples, files),
            "train_labels.npy: the label of sample 1 (from 0) is not a number");
}

TEST(Npz, SamplesAreXAndLabelsY) {
  const NpyArray x = from_floats(std::vector<float>{1, 2, 3}, {3}), y = whole_numbers({0, 1, 0}, {3, 1});
  const auto read = read_with("npy", write_npz({{"x", x}, {"y", y}, {"other", x}}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[1].fields.at("label"), "1");
  const auto only = read_with("npy", write_npz({{"arr_0", x}}));
  ASSERT_TRUE(only.has_value());
  EXPECT_TRUE((*only)[0].fields.empty());
  EXPECT_EQ(problem_of("npy", write_npz({{"a", x}, {"b", y}})),
            "file: which of its 2 arrays holds the samples is not clear");
}

TEST(Npy, MissingValuesAreNanWhateverTheFileHas) {
  const float infinite = std::numeric_limits<float>::infinity();
  const auto read = read_with("npy", write_npy(from_floats(std::vector<float>{infinite, 1}, {2})));
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(std::isnan((*read)[0].streams[0].values[0]));
}

TEST(Npy, NoPartOfAFileIsRead) {
  expect_no_part_is_read("npy", write_npy(from_floats(std::vector<float>{1, 2, 3, 4}, {2, 2})));
  expect_no_part_is_read("npy", write_npz({{"x", from_floats(std::vector<float>{1, 2}, {2})}}));
}

TEST(Npy, WhatDoesNotFitIsAnError) {
  EXPECT_EQ(problem_of("npy", {}), "file: is empty");
  EXPECT_EQ(problem_of("npy", bytes_of("a,b\n1,2\n")).substr(0, 5), "file:");
  EXPECT_EQ(problem_of("npy", write_npy(from_floats(std::vector<float>{1}, {}))),
            "file: has 0 axes; 1 to 5 are read");
  EXPECT_EQ(problem_of("npy", write_npy(whole_numbers({}, {0, 3}))), "file: is empty, an axis has no extent");
  EXPECT_EQ(problem_of("npy", write_npy(whole_numbers(Bytes(1'000'001), {1'000'001}))),
            "file: has 1000001 items; at most 1000000 are read");
}

}  // namespace
}  // namespace mote
