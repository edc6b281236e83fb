// What raw camera frames become, pixel by pixel.
#include "data/camera.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

Bytes pixels_of(const Bytes& bytes, std::string_view format, int width, int height, int channels = 3) {
  const auto frames = decode_camera_frames(bytes, format, width, height, channels, "frames");
  EXPECT_TRUE(frames.has_value()) << frames.error().message;
  return frames ? (*frames)[0].pixels : Bytes();
}

std::string problem_of(const Bytes& bytes, std::string_view format, int width, int height) {
  const auto frames = decode_camera_frames(bytes, format, width, height, 3, "frames");
  EXPECT_FALSE(frames.has_value());
  return frames ? std::string() : frames.error().message;
}

TEST(CameraFrames, Rgb565IsReadInBothOrders) {
  // Pure red, green, blue, and white.
  EXPECT_EQ(pixels_of({0x00, 0xF8, 0xE0, 0x07, 0x1F, 0x00, 0xFF, 0xFF}, "rgb565", 4, 1),
            (Bytes{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}));
  EXPECT_EQ(pixels_of({0xF8, 0x00, 0x07, 0xE0, 0x00, 0x1F, 0xFF, 0xFF}, "rgb565be", 4, 1),
            (Bytes{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}));
  EXPECT_EQ(pixels_of({0xFF, 0xFF}, "rgb565", 1, 1, 1), Bytes{255});
}

TEST(CameraFrames, Yuv422IsReadInBothOrders) {
  // Without colour, brightness is grey; two pixels share a colour.
  EXPECT_EQ(pixels_of({10, 128, 200, 128}, "yuyv", 2, 1), (Bytes{10, 10, 10, 200, 200, 200}));
  EXPECT_EQ(pixels_of({10, 128, 200, 128}, "yuv422", 2, 1), (Bytes{10, 10, 10, 200, 200, 200}));
  EXPECT_EQ(pixels_of({128, 10, 128, 200}, "uyvy", 2, 1), (Bytes{10, 10, 10, 200, 200, 200}));
  EXPECT_EQ(pixels_of({10, 3, 200, 250}, "yuv422", 2, 1, 1), (Bytes{10, 200}));
  // Red of full range is Y 76, U 85, V 255: within the rounding of YUV, 255, 0, 0.
  const Bytes red = pixels_of({76, 85, 76, 255}, "yuv422", 2, 1);
  EXPECT_NEAR(red[0], 255, 2);
  EXPECT_NEAR(red[1], 0, 2);
  EXPECT_NEAR(red[2], 0, 2);
}

TEST(CameraFrames, EveryBayerPatternOfOneColourGivesThatColour) {
  for (const std::string pattern : {"rggb", "bggr", "grbg", "gbrg"}) {
    Bytes mosaic;
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 6; ++x) {
        const char letter = pattern[std::size_t(y % 2 * 2 + x % 2)];
        mosaic.push_back(letter == 'r' ? 200 : letter == 'g' ? 100 : 50);
      }
    const Bytes pixels = pixels_of(mosaic, "bayer-" + pattern, 6, 4);
    ASSERT_EQ(pixels.size(), 72u);
    for (std::size_t i = 0; i < 24; ++i) {
      EXPECT_EQ(pixels[3 * i], 200) << pattern << i;
      EXPECT_EQ(pixels[3 * i + 1], 100) << pattern << i;
      EXPECT_EQ(pixels[3 * i + 2], 50) << pattern << i;
    }
  }
}

TEST(CameraFrames, BayerColoursAreTheMeanOfTheirNeighbours) {
  // Green at (1, 1) of bayer-grbg is its own; red left and right of it is none: red is in row 0 and 2, above and below.
  const Bytes mosaic = {0, 10, 0, 12, 40, 99, 60, 0, 0, 30, 0, 0, 0, 0, 0, 0};
  const Bytes pixels = pixels_of(mosaic, "bayer-grbg", 4, 4);
  const std::size_t at = (1 * 4 + 1) * 3;
  EXPECT_EQ(pixels[at], 20);      // (10 + 30) / 2
  EXPECT_EQ(pixels[at + 1], 99);  // itself
  EXPECT_EQ(pixels[at + 2], 50);  // (40 + 60) / 2
}

TEST(CameraFrames, SizesThatDoNotFitAreErrors) {
  EXPECT_EQ(problem_of(Bytes(5), "rgb565", 2, 1),
            "frames: has 5 bytes, which are not whole frames of 2×1 in rgb565, 4 bytes each");
  EXPECT_EQ(problem_of({}, "grey8", 2, 1), "frames: is empty");
  EXPECT_EQ(problem_of(Bytes(4), "grey8", 0, 1), "frames: frames of 0×1 pixels cannot be; 1 to 8192 a side");
  EXPECT_EQ(problem_of(Bytes(6), "yuv422", 3, 1), "frames: yuv422 has pairs of pixels; a width of 3 is odd");
  EXPECT_EQ(problem_of(Bytes(2), "bayer-rggb", 2, 1),
            "frames: bayer-rggb has squares of four pixels; 2×1 is odd");
  EXPECT_EQ(problem_of(Bytes(4), "rgb566", 2, 1), "frames: 'rgb566' is no format of frames");
}

}  // namespace
}  // namespace mote
