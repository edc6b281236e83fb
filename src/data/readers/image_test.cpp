// What the reader of pictures promises: the size and colours asked for, raw frames one by one, and no part of a damaged file.
#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

Bytes pgm(int width, int height, std::uint8_t value) {
  Bytes file = bytes_of(text::cat("P5 ", width, " ", height, " 255\n"));
  file.insert(file.end(), static_cast<std::size_t>(width * height), value);
  return file;
}

TEST(Images, APictureIsOneFrameInTheColoursAskedFor) {
  const Bytes file = Builder().text("P6 1 2 255\n").add(Bytes{255, 0, 0, 0, 0, 255}).bytes;
  const auto colours = read_with("image", file);
  ASSERT_TRUE(colours.has_value()) << colours.error().message;
  const Stream& stream = (*colours)[0].streams[0];
  EXPECT_EQ(stream.frame, (std::vector<std::int32_t>{2, 1, 3}));
  EXPECT_EQ(stream.channels, (std::vector<std::string>{"red", "green", "blue"}));
  EXPECT_EQ(stream.values, (std::vector<float>{255, 0, 0, 0, 0, 255}));
  EXPECT_EQ(stream.frames(), 1u);
  Files files;
  files.source.image.channels = 1;
  const auto grey = read_with("image", file, files);
  ASSERT_TRUE(grey.has_value());
  EXPECT_EQ((*grey)[0].streams[0].values, (std::vector<float>{76, 28}));
}

TEST(Images, SidesOfOneAndOfThousandsAreRead) {
  EXPECT_EQ((*read_with("image", pgm(1, 1, 7)))[0].streams[0].values, (std::vector<float>{7, 7, 7}));
  Files files;
  files.source.image.width = 4;
  files.source.image.height = 4;
  for (const char* const how : {"stretch", "crop", "pad"}) {
    files.source.image.fit = how;
    for (const auto& [width, height] : {std::pair{1, 8192}, {8192, 1}, {3, 5}, {1, 1}}) {
      const auto read = read_with("image", pgm(width, height, 9), files);
      ASSERT_TRUE(read.has_value());
      EXPECT_EQ((*read)[0].streams[0].frame, (std::vector<std::int32_t>{4, 4, 3})) << width << "×" << height;
    }
  }
  EXPECT_NE(problem_of("image", pgm(0, 0, 0)).find("0×0"), std::string::npos);
  EXPECT_NE(problem_of("image", pgm(1, 8193, 0)).find("8193"), std::string::npos);
}

TEST(Images, RawFramesAreOneRecordingEach) {
  Files files;
  files.source.image = {2, 1, 1, "stretch", "grey8"};
  const auto read = read_with("image", Bytes{1, 2, 3, 4}, files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[1].streams[0].values, (std::vector<float>{3, 4}));
  EXPECT_EQ((*read)[1].origin, "file, frame 2");
  EXPECT_EQ(problem_of("image", Bytes{1, 2, 3}, files),
            "file: has 3 bytes, which are not whole frames of 2×1 in grey8, 2 bytes each");
  EXPECT_EQ(problem_of("image", {}, files), "file: is empty");
}

TEST(Images, NoPartOfAFileIsRead) { expect_no_part_is_read("image", pgm(3, 2, 5)); }

TEST(Images, StylesThatCannotBeAreErrors) {
  Files files;
  files.source.image.width = 8;
  EXPECT_EQ(problem_of("image", pgm(1, 1, 1), files),
            "file: of the pictures' size one side is given, the other not");
  files.source.image.height = 100000;
  EXPECT_EQ(problem_of("image", pgm(1, 1, 1), files), "file: pictures of 8×100000 pixels cannot be");
  files.source.image.height = 8;
  files.source.image.fit = "squeeze";
  EXPECT_EQ(problem_of("image", pgm(1, 1, 1), files), "file: fit 'squeeze' of pictures is not known");
  files.source.image.fit = "pad";
  files.source.image.channels = 2;
  EXPECT_EQ(problem_of("image", pgm(1, 1, 1), files), "file: pictures of 2 channels cannot be");
  EXPECT_EQ(problem_of("image", bytes_of("not a picture")).substr(0, 5), "file:");
}

TEST(Images, RealPhotographsHaveTheirSize) {
  const auto file = data_folder() / "trashnet" / "cardboard" / "cardboard1.jpg";
  MOTE_NEED_DATA(file);
  Files files;
  const auto whole = read_with("image", *read_file(file), files);
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ((*whole)[0].streams[0].frame, (std::vector<std::int32_t>{96, 128, 3}));
  files.source.image = {32, 32, 1, "crop", ""};
  const auto small = read_with("image", *read_file(file), files);
  ASSERT_TRUE(small.has_value());
  EXPECT_EQ((*small)[0].streams[0].frame, (std::vector<std::int32_t>{32, 32, 1}));
}

}  // namespace
}  // namespace mote
