// Pictures on disk: PNG, JPEG and PNM (PGM, PPM) become rows of bytes.  Files are untrusted: sizes are limited before memory is
// taken.  `mote eval` reads folders of them; the colour space is what the file holds, orientation tags are not followed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace mote {

/// Rows from the top, pixels from the left, channels interleaved, 0 … 255.
struct Image {
  std::int32_t width = 0, height = 0;
  std::int32_t channels = 1;  ///< 1: grey, 3: red, green, blue
  Bytes pixels;               ///< height · width · channels
};

inline constexpr std::int32_t kImageMaxSide = 8192;
inline constexpr std::int64_t kImageMaxPixels = std::int64_t{1} << 25;
inline constexpr std::uint64_t kImageMaxFileBytes = std::uint64_t{1} << 26;

/// `channels` 1 or 3, whatever the file has: grey is the luma of ITU-R BT.601, transparency is left out, 16 bits become 8.
/// `name` is the file's, for messages.
Result<Image> decode_image(std::span<const std::uint8_t> bytes, std::int32_t channels,
                           const std::string& name);
Result<Image> read_image(const std::filesystem::path& file, std::int32_t channels);

/// Another size: every new pixel is the mean of what it covers, weighted by a triangle (bilinear when it grows).
Image resize(const Image& image, std::int32_t width, std::int32_t height);

/// width × height whatever the picture's proportions are, by `how`: "stretch" changes them, "crop" leaves out what is beside
/// the middle, "pad" keeps all of it in the middle of black.
Image fit(const Image& image, std::int32_t width, std::int32_t height, std::string_view how);

/// By its ending.
bool is_image_name(const std::filesystem::path& file);

struct LabelledImage {
  std::filesystem::path file;
  std::string label;  ///< the sub-folder's name
};
/// A folder with a sub-folder for each class: all pictures in them, by class and name; classes that are all numbers are in the
/// order of the numbers.  Other files are passed over; a class without pictures, or no class, is an error.
Result<std::vector<LabelledImage>> list_labelled_images(const std::filesystem::path& folder);

}  // namespace mote
