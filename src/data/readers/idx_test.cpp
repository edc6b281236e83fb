// What the IDX reader promises: items as the header says, labels from beside, and no part of a damaged file.
#include <bit>
#include <cmath>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

Bytes idx(int type, const std::vector<std::uint64_t>& shape, const Bytes& values) {
  Builder file;
  file.big(std::uint64_t(type), 3).big(shape.size(), 1);
  for (const std::uint64_t extent : shape) file.big(extent, 4);
  return file.add(values).bytes;
}

TEST(Idx, PicturesAreFramesInGrey) {
  const auto read = read_with("idx", idx(8, {2, 1, 3}, {0, 1, 2, 253, 254, 255}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  const Stream& stream = (*read)[1].streams[0];
  EXPECT_EQ(stream.frame, (std::vector<std::int32_t>{1, 3, 1}));
  EXPECT_EQ(stream.channels, std::vector<std::string>{"grey"});
  EXPECT_EQ(stream.values, (std::vector<float>{253, 254, 255}));
  EXPECT_EQ((*read)[1].origin, "file, item 2");
  EXPECT_TRUE((*read)[1].fields.empty());
}

TEST(Idx, EveryTypeOfValueIsRead) {
  const auto first = [](int type, const Bytes& bytes) {
    const auto read = read_with("idx", idx(type, {1}, bytes));
    EXPECT_TRUE(read.has_value());
    return read ? (*read)[0].streams[0].values.at(0) : 0.0f;
  };
  EXPECT_EQ(first(0x08, {200}), 200);
  EXPECT_EQ(first(0x09, {200}), -56);
  EXPECT_EQ(first(0x0B, {0xFF, 0xFE}), -2);
  EXPECT_EQ(first(0x0C, {0xFF, 0xFF, 0xFF, 0xFD}), -3);
  EXPECT_EQ(first(0x0D, Builder().big(std::bit_cast<std::uint32_t>(1.5f), 4).bytes), 1.5f);
  EXPECT_EQ(first(0x0E, Builder().big(std::bit_cast<std::uint64_t>(-2.5), 8).bytes), -2.5f);
  EXPECT_TRUE(std::isnan(first(0x0E, Builder().big(std::bit_cast<std::uint64_t>(1e300), 8).bytes)));
}

TEST(Idx, RowsAreChannelsAndLongOnesAndTablesSeries) {
  const auto row = read_with("idx", idx(8, {1, 3}, {1, 2, 3}));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ((*row)[0].streams[0].frame, std::vector<std::int32_t>{3});
  EXPECT_EQ((*row)[0].streams[0].channels, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ((*row)[0].streams[0].frames(), 1u);
  const auto series = read_with("idx", idx(8, {1, 65}, Bytes(65)));
  ASSERT_TRUE(series.has_value());
  EXPECT_EQ((*series)[0].streams[0].frame, std::vector<std::int32_t>{1});
  EXPECT_EQ((*series)[0].streams[0].frames(), 65u);
  const auto table = read_with("idx", idx(9, {1, 3, 2}, {1, 2, 3, 4, 5, 6}));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ((*table)[0].streams[0].frame, std::vector<std::int32_t>{2});
  EXPECT_EQ((*table)[0].streams[0].frames(), 3u);
}

TEST(Idx, LabelsComeFromTheFileBeside) {
  Files files;
  files.name = "some/train-images-idx3-ubyte";
  files.beside["train-labels-idx1-ubyte"] = idx(8, {2}, {7, 3});
  const Bytes images = idx(8, {2, 1, 1}, {10, 20});
  const auto read = read_with("idx", images, files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[0].fields.at("label"), "7");
  EXPECT_EQ((*read)[1].fields.at("label"), "3");
  files.beside["train-labels-idx1-ubyte"] = idx(8, {3}, {7, 3, 1});
  EXPECT_EQ(problem_of("idx", images, files),
            "train-labels-idx1-ubyte: has 3 labels, but some/train-images-idx3-ubyte has 2 items");
  files.beside["train-labels-idx1-ubyte"] = idx(8, {2, 1}, {7, 3});
  EXPECT_NE(problem_of("idx", images, files).find("whole numbers"), std::string::npos);
}

TEST(Idx, PicturesTakeTheSizeAskedFor) {
  Files files;
  files.source.image.width = files.source.image.height = 1;
  const auto read = read_with("idx", idx(8, {1, 2, 2}, {0, 100, 100, 200}), files);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ((*read)[0].streams[0].values, std::vector<float>{100});
}

TEST(Idx, NoPartOfAFileIsRead) { expect_no_part_is_read("idx", idx(8, {2, 2, 2}, Bytes(8))); }

TEST(Idx, WhatDoesNotFitIsAnError) {
  EXPECT_EQ(problem_of("idx", {}), "file: is empty");
  EXPECT_EQ(problem_of("idx", bytes_of("RIFF....WAVE")), "file: is not an IDX file");
  EXPECT_EQ(problem_of("idx", idx(8, {1, 1, 1}, {1, 2})),
            "file: is longer than its header says: 1 bytes of values belong to its header, it has 2");
  EXPECT_EQ(problem_of("idx", idx(7, {1}, {1})), "file: holds values of an unknown type (7)");
  EXPECT_EQ(problem_of("idx", idx(8, {0, 28, 28}, {})), "file: is empty, an axis has no extent");
  EXPECT_EQ(problem_of("idx", idx(8, {1, 1, 1, 1, 1}, {1})), "file: has 5 axes; 1 to 4 are read");
  EXPECT_EQ(problem_of("idx", idx(8, {0xFFFFFFFF, 1}, {1})),
            "file: has 4294967295 items; at most 1000000 are read");
  EXPECT_EQ(problem_of("idx", idx(8, {1, 0xFFFFFFFF, 0xFFFFFFFF}, {1})),
            "file: claims more than 268435456 values");
}

TEST(Idx, MnistIsTenDigitsOfTwentyEight) {
  const auto folder = data_folder() / "mnist";
  MOTE_NEED_DATA(folder);
  Files files;
  files.name = "train-images-idx3-ubyte";
  const auto images = read_file(folder / files.name), labels = read_file(folder / "train-labels-idx1-ubyte");
  ASSERT_TRUE(images.has_value() && labels.has_value());
  files.beside["train-labels-idx1-ubyte"] = *labels;
  const auto read = read_with("idx", *images, files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 4000u);
  std::map<std::string, int> counts;
  for (const Recording& one : *read) ++counts[one.fields.at("label")];
  EXPECT_EQ(counts.size(), 10u);
  for (const auto& [digit, count] : counts) EXPECT_EQ(count, 400) << digit;
  EXPECT_EQ((*read)[0].streams[0].frame, (std::vector<std::int32_t>{28, 28, 1}));
}

}  // namespace
}  // namespace mote
