// Pictures: what is in the file arrives, channels and sizes are as asked for, damaged files are refused with their name.
#include "data/image.h"

#include <gtest/gtest.h>

#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

Bytes bytes_of(const std::string& words) { return Bytes(words.begin(), words.end()); }

// A 3×2 picture: red, green, blue / black, grey, white.
Bytes ppm() {
  Bytes out = bytes_of("P6\n3 2\n255\n");
  for (const int v : {255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255})
    out.push_back(static_cast<std::uint8_t>(v));
  return out;
}

// The same 2×1 grey picture, 10 and 200, as a PNG with stored (uncompressed) deflate blocks.
Bytes png() {
  return {0x89, 'P', 'N', 'G', 13,  10,   26,   10,   0, 0,   0,    13,   'I', 'H', 'D', 'R', 0, 0,
          0,    2,   0,   0,   0,   1,    8,    0,    0, 0,   0,    0,    0,   0,   0,   0,   0, 0,
          14,   'I', 'D', 'A', 'T', 0x78, 0x01, 0x01, 3, 0,   0xfc, 0xff, 0,   10,  200, 0,   0, 0,
          0,    0,   0,   0,   0,   0,    0,    0,    0, 'I', 'E',  'N',  'D', 0,   0,   0,   0};
}

TEST(Image, PixelsArriveInOrder) {
  const auto image = decode_image(ppm(), 3, "a.ppm");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->width, 3);
  EXPECT_EQ(image->height, 2);
  const Bytes all = ppm();
  EXPECT_EQ(image->pixels, Bytes(all.begin() + 11, all.end()));
  const auto grey = decode_image(png(), 1, "a.png");
  ASSERT_TRUE(grey) << grey.error().message;
  EXPECT_EQ(grey->pixels, (Bytes{10, 200}));
  const auto colour = decode_image(png(), 3, "a.png");
  ASSERT_TRUE(colour);
  EXPECT_EQ(colour->pixels, (Bytes{10, 10, 10, 200, 200, 200}));
}

TEST(Image, GreyIsLuma) {
  const auto image = decode_image(ppm(), 1, "a.ppm");
  ASSERT_TRUE(image);
  ASSERT_EQ(image->pixels.size(), 6u);
  EXPECT_NEAR(image->pixels[0], 76, 1);
  EXPECT_NEAR(image->pixels[1], 150, 1);
  EXPECT_NEAR(image->pixels[2], 29, 1);
  EXPECT_EQ(image->pixels[3], 0);
  EXPECT_EQ(image->pixels[5], 255);
}

TEST(Image, EveryCutIsRefused) {
  const fs::path seeds = fs::path(MOTE_SOURCE_DIR) / "tests" / "fuzz" / "seeds" / "image_fuzz";
  std::vector<Bytes> pictures = {ppm(), png()};
  for (const char* const name : {"colour.jpg", "grey.jpg", "progressive.jpg", "colour.png", "palette.png"})
    pictures.push_back(*read_file(seeds / name));
  for (const Bytes& whole : pictures) {
    ASSERT_TRUE(decode_image(whole, 3, "whole"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto image = decode_image({whole.data(), length}, 3, "cut.png");
      ASSERT_FALSE(image) << length << " of " << whole.size();
      EXPECT_EQ(image.error().message.rfind("cut.png: ", 0), 0u) << image.error().message;
    }
  }
}

TEST(Image, PnmIsScaledToItsLargestValueAndMayHoldComments) {
  Bytes grey = bytes_of("P5 # made by hand\n2 # wide\n1\n15\n");
  grey.insert(grey.end(), {0, 15});
  const auto image = decode_image(grey, 1, "a.pgm");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->pixels, (Bytes{0, 255}));
}

TEST(Image, PnmWith16BitsIsRefused) {
  Bytes deep = bytes_of("P5\n1 1\n65535\n");
  deep.insert(deep.end(), {1, 2});
  const auto image = decode_image(deep, 1, "a.pgm");
  ASSERT_FALSE(image);
  EXPECT_NE(image.error().message.find("65535"), std::string::npos);
}

TEST(Image, HugeSizesAreRefusedBeforeMemoryIsTaken) {
  EXPECT_FALSE(decode_image(bytes_of("P6\n100000 100000\n255\n"), 3, "a.ppm"));
  EXPECT_FALSE(decode_image(bytes_of("P6\n8192 8192\n255\n"), 3, "a.ppm"));
}

TEST(Image, PngAndJpegSayTheirSizeWhereItIsTooLargeToo) {
  const auto problem = [](const Bytes& bytes) {
    const auto image = decode_image(bytes, 3, "large");
    return image ? std::string() : image.error().message;
  };
  Bytes large = png();
  large[18] = 0x75, large[19] = large[23] = 0x30, large[22] = 0x75;  // 30000
  EXPECT_NE(problem(large).find("is 30000×30000 pixels; at most 8192"), std::string::npos) << problem(large);
  large = png();
  large[18] = 0x20, large[19] = 1;  // 8193
  EXPECT_NE(problem(large).find("is 8193×1 pixels"), std::string::npos) << problem(large);
  const Bytes jpeg = {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0x75, 0x30, 0x20, 0x01, 1, 1, 0x11, 0, 0xFF, 0xD9};
  EXPECT_NE(problem(jpeg).find("is 8193×30000 pixels"), std::string::npos) << problem(jpeg);
}

/// A 2×1 PNG of indices `a` and `b` and a palette of two colours.
Bytes palette_png(std::uint8_t a, std::uint8_t b) {
  Bytes out = png();
  out[25] = 3;
  out[out.size() - 12 - 4 - 6] = a;  // before the sum of the stream, the sum of the chunk and IEND
  out[out.size() - 12 - 4 - 5] = b;
  const Bytes palette = {0, 0, 0, 6, 'P', 'L', 'T', 'E', 10, 20, 30, 200, 210, 220, 0, 0, 0, 0};
  out.insert(out.begin() + 33, palette.begin(), palette.end());
  return out;
}

TEST(Image, APaletteMayBeShortButPixelsBeyondItAreDamage) {
  const auto image = decode_image(palette_png(1, 0), 3, "a.png");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->pixels, (Bytes{200, 210, 220, 10, 20, 30}));
  for (const std::uint8_t index : {2, 17, 255}) {
    const auto beyond = decode_image(palette_png(1, index), 3, "a.png");
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().message,
              "a.png: is damaged: pixels have colours that its palette does not hold");
  }
}

TEST(Resize, SameSizeIsTheSamePicture) {
  const auto image = decode_image(ppm(), 3, "a.ppm");
  EXPECT_EQ(resize(*image, 3, 2).pixels, image->pixels);
}

TEST(Resize, AFlatPictureStaysFlat) {
  const Image flat{7, 5, 3, Bytes(7 * 5 * 3, 93)};
  for (const int width : {1, 3, 7, 20}) {
    for (const int height : {1, 2, 9}) {
      const Image out = resize(flat, width, height);
      ASSERT_EQ(out.pixels.size(), static_cast<std::size_t>(width * height * 3));
      for (const std::uint8_t value : out.pixels) EXPECT_EQ(value, 93);
    }
  }
}

TEST(Resize, HalvingTakesTheMean) {
  const Image ramp{4, 1, 1, {0, 100, 100, 200}};
  const Image half = resize(ramp, 2, 1);
  EXPECT_NEAR(half.pixels[0], 58, 2);  // weights 3 3 1 over what is there
  EXPECT_NEAR(half.pixels[1], 142, 2);
}

class Folder : public testing::Test {
 protected:
  void SetUp() override { scratch_.emplace(std::move(*ScratchFolder::make("image"))); }
  void picture(const std::string& path) { ASSERT_TRUE(write_file(scratch_->path() / path, ppm())); }
  std::optional<ScratchFolder> scratch_;
};

TEST_F(Folder, ClassesAreSubFoldersInOrder) {
  for (const char* path : {"10/b.ppm", "10/a.ppm", "9/x.PPM", "9/notes.txt", "2/y.ppm"}) picture(path);
  ASSERT_TRUE(write_text(scratch_->path() / "README.md", "about"));
  const auto images = list_labelled_images(scratch_->path());
  ASSERT_TRUE(images) << images.error().message;
  std::string order;
  for (const LabelledImage& image : *images)
    order += text::cat(image.label, "/", image.file.filename().string(), " ");
  EXPECT_EQ(order, "2/y.ppm 9/x.PPM 10/a.ppm 10/b.ppm ");
}

TEST_F(Folder, NothingToReadIsAnError) {
  EXPECT_FALSE(list_labelled_images(scratch_->path()));
  EXPECT_FALSE(list_labelled_images(scratch_->path() / "missing"));
  picture("a/one.ppm");
  fs::create_directories(scratch_->path() / "empty");
  const auto images = list_labelled_images(scratch_->path());
  ASSERT_FALSE(images);
  EXPECT_NE(images.error().message.find("empty"), std::string::npos);
}

}  // namespace
}  // namespace mote
