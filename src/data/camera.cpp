// The formats of small cameras (OV2640, OV7670, OV7675, HM01B0, …):
//   rgb565, rgb565be   two bytes a pixel, red in the five highest bits; least or most significant byte first
//   yuyv, uyvy         two pixels in four bytes: Y U Y V (also called yuv422), or U Y V Y; full range, colours by ITU-R BT.601
//   bayer-rggb, …      a byte a pixel, of one colour; the name is the upper left square of four, row by row.  The other
//                      colours are the mean of their pixels among the eight around (bilinear)
//   grey8              a byte a pixel
#include "data/camera.h"

#include <algorithm>
#include <array>

namespace mote {
namespace {

using text::cat;
using View = std::span<const std::uint8_t>;

constexpr std::array<std::string_view, 10> kFormats = {"rgb565",     "rgb565be",   "yuyv",       "yuv422",
                                                       "uyvy",       "bayer-rggb", "bayer-bggr", "bayer-grbg",
                                                       "bayer-gbrg", "grey8"};
constexpr std::size_t kMaxFrames = 1'000'000;
constexpr std::size_t kMaxPixels = std::size_t{1} << 28;  ///< times channels, of all frames

std::uint8_t to_byte(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

void put_colours(Bytes& out, int red, int green, int blue) {
  out.push_back(to_byte(red));
  out.push_back(to_byte(green));
  out.push_back(to_byte(blue));
}

Image from_rgb565(View bytes, Image image, bool big_endian) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned low = bytes[big_endian ? i + 1 : i], high = bytes[big_endian ? i : i + 1];
    const unsigned word = high << 8 | low;
    const auto five = [](unsigned v) { return static_cast<int>((v & 31) << 3 | (v & 31) >> 2); };
    const auto six = [](unsigned v) { return static_cast<int>((v & 63) << 2 | (v & 63) >> 4); };
    put_colours(image.pixels, five(word >> 11), six(word >> 5), five(word));
  }
  return image;
}

/// Grey takes the brightness as it is.
Image from_yuv422(View bytes, Image image, bool brightness_first) {
  const std::size_t y0 = brightness_first ? 0 : 1, u0 = brightness_first ? 1 : 0;
  for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
    const int u = bytes[i + u0] - 128, v = bytes[i + u0 + 2] - 128;
    for (const std::size_t at : {i + y0, i + y0 + 2}) {
      if (image.channels == 1) {
        image.pixels.push_back(bytes[at]);
        continue;
      }
      // In 1/65536: 1.402 v, 0.344136 u + 0.714136 v, 1.772 u; at most 255 · 116130 < 2^25.
      const int y = (bytes[at] << 16) + 32768;
      put_colours(image.pixels, (y + 91881 * v) >> 16, (y - 22554 * u - 46802 * v) >> 16,
                  (y + 116130 * u) >> 16);
    }
  }
  return image;
}

/// 0 red, 1 green, 2 blue of a pixel; `pattern` is "rggb".
int bayer_colour(std::string_view pattern, std::int32_t x, std::int32_t y) {
  const char letter = pattern[static_cast<std::size_t>(y % 2 * 2 + x % 2)];
  return letter == 'r' ? 0 : letter == 'g' ? 1 : 2;
}

Image from_bayer(View bytes, Image image, std::string_view pattern) {
  for (std::int32_t y = 0; y < image.height; ++y) {
    for (std::int32_t x = 0; x < image.width; ++x) {
      int sum[3] = {}, count[3] = {};
      for (std::int32_t v = std::max(y - 1, 0); v <= std::min(y + 1, image.height - 1); ++v) {
        for (std::int32_t u = std::max(x - 1, 0); u <= std::min(x + 1, image.width - 1); ++u) {
          const int colour = bayer_colour(pattern, u, v);
          sum[colour] += bytes[static_cast<std::size_t>(v) * static_cast<std::size_t>(image.width) +
                               static_cast<std::size_t>(u)];
          ++count[colour];
        }
      }
      const int own = bayer_colour(pattern, x, y);
      sum[own] = bytes[static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                       static_cast<std::size_t>(x)];
      count[own] = 1;
      const auto mean = [&](int c) { return (sum[c] + count[c] / 2) / count[c]; };  // 2 × 2 has all colours
      put_colours(image.pixels, mean(0), mean(1), mean(2));
    }
  }
  return image;
}

/// `channels` of an image in colours: as they are, or its luma, ITU-R BT.601 in 1/256.
Image with_channels(Image image, std::int32_t channels) {
  if (channels == 3) return image;
  Image grey{image.width, image.height, 1, {}};
  grey.pixels.reserve(image.pixels.size() / 3);
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3)
    grey.pixels.push_back(static_cast<std::uint8_t>(
        (image.pixels[i] * 77 + image.pixels[i + 1] * 150 + image.pixels[i + 2] * 29) >> 8));
  return grey;
}

Image decode(View frame, std::string_view format, std::int32_t width, std::int32_t height,
             std::int32_t channels) {
  Image colours{width, height, 3, {}};
  colours.pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  if (text::starts_with(format, "rgb565"))
    return with_channels(from_rgb565(frame, std::move(colours), format == "rgb565be"), channels);
  if (text::starts_with(format, "bayer-"))
    return with_channels(from_bayer(frame, std::move(colours), format.substr(6)), channels);
  Image image{width, height, channels, {}};
  if (format != "grey8") return from_yuv422(frame, std::move(image), format != "uyvy");
  for (const std::uint8_t grey : frame)
    image.pixels.insert(image.pixels.end(), static_cast<std::size_t>(channels), grey);
  return image;
}

Result<void> check_size(std::string_view format, std::int32_t width, std::int32_t height,
                        const std::string& name) {
  if (width < 1 || height < 1 || width > kImageMaxSide || height > kImageMaxSide)
    return error(
        cat(name, ": frames of ", width, "×", height, " pixels cannot be; 1 to ", kImageMaxSide, " a side"),
        "say width and height of the camera's frames");
  const bool bayer = text::starts_with(format, "bayer-");
  if (bayer && (width % 2 != 0 || height % 2 != 0))
    return error(cat(name, ": ", format, " has squares of four pixels; ", width, "×", height, " is odd"));
  if ((format == "yuyv" || format == "yuv422" || format == "uyvy") && width % 2 != 0)
    return error(cat(name, ": ", format, " has pairs of pixels; a width of ", width, " is odd"));
  return {};
}

}  // namespace

std::span<const std::string_view> camera_formats() { return kFormats; }

Result<std::vector<Image>> decode_camera_frames(View bytes, std::string_view format, std::int32_t width,
                                                std::int32_t height, std::int32_t channels,
                                                const std::string& name) {
  MOTE_CHECK(channels == 1 || channels == 3, "grey or red, green, blue");
  if (std::find(kFormats.begin(), kFormats.end(), format) == kFormats.end())
    return error(cat(name, ": '", format, "' is no format of frames"),
                 text::suggest(format, std::vector<std::string>(kFormats.begin(), kFormats.end())));
  MOTE_TRY_VOID(check_size(format, width, height, name));
  const bool one_byte = format == "grey8" || text::starts_with(format, "bayer-");
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  const std::size_t frame = pixels * (one_byte ? 1 : 2);
  if (bytes.empty()) return error(cat(name, ": is empty"), cat("a frame has ", frame, " bytes"));
  if (bytes.size() % frame != 0)
    return error(cat(name, ": has ", bytes.size(), " bytes, which are not whole frames of ", width, "×",
                     height, " in ", format, ", ", frame, " bytes each"),
                 "say the camera's format, width and height");
  const std::size_t count = bytes.size() / frame;
  if (count > kMaxFrames || count * pixels * static_cast<std::size_t>(channels) > kMaxPixels)
    return error(cat(name, ": has ", count, " frames, which are too many"), "cut it into several files");
  std::vector<Image> images;
  images.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    images.push_back(decode(bytes.subspan(i * frame, frame), format, width, height, channels));
  return images;
}

}  // namespace mote
