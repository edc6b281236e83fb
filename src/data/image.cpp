// PNG and JPEG are decoded by stb_image (Debian: libstb-dev), kept away from files, floats and sizes that nobody asked for, and
// given memory that is all zero, so that a cut picture has the same pixels every time.  PNM is read here: version 2022-09-08 of
// stb_image reads behind the end of pictures with 16 bits and leaves the rest of cut ones undefined.
#include "data/image.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

#include "base/system.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
// It shifts negative numbers and counts on what every compiler here makes of that.
#pragma clang attribute push(__attribute__((no_sanitize("undefined"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_MALLOC(bytes) std::calloc(1, bytes)
#define STBI_REALLOC(old, bytes) std::realloc(old, bytes)
#define STBI_FREE(old) std::free(old)
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS 8192
#include <stb/stb_image.h>
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang diagnostic pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace mote {
namespace fs = std::filesystem;

namespace {

constexpr const char* kKinds = "PNG, JPEG, PGM and PPM are read";

Result<void> check_size(std::int64_t width, std::int64_t height, const std::string& name) {
  if (width >= 1 && height >= 1 && width <= kImageMaxSide && height <= kImageMaxSide &&
      width * height <= kImageMaxPixels)
    return {};
  return error(text::cat(name, ": is ", width, "×", height, " pixels; at most ", kImageMaxSide,
                         " a side and ", kImageMaxPixels, " in all are read"),
               "make it smaller");
}

/// ITU-R BT.601 in 1/256, as stb_image has it.
std::uint8_t luma(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 77 + rgb[1] * 150 + rgb[2] * 29) >> 8);
}

Image with_channels(Image image, std::int32_t channels) {
  if (image.channels == channels) return image;
  Image out{image.width, image.height, channels, {}};
  if (channels == 1) {
    for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3)
      out.pixels.push_back(luma(image.pixels.data() + i));
  } else {
    for (const std::uint8_t grey : image.pixels) out.pixels.insert(out.pixels.end(), 3, grey);
  }
  return out;
}

/// "P5" or "P6", width, height, largest value, one blank, pixels; blanks may hold comments.
Result<Image> decode_pnm(std::span<const std::uint8_t> bytes, const std::string& name) {
  std::size_t at = 2;
  const auto number = [&]() -> std::int64_t {  // −1: there is none
    while (at < bytes.size() && (std::isspace(bytes[at]) != 0 || bytes[at] == '#')) {
      if (bytes[at] == '#') {
        while (at < bytes.size() && bytes[at] != '\n') ++at;
      } else {
        ++at;
      }
    }
    std::int64_t value = -1;
    for (; at < bytes.size() && std::isdigit(bytes[at]) != 0 && value < 1000000; ++at)
      value = std::max<std::int64_t>(value, 0) * 10 + (bytes[at] - '0');
    return value;
  };
  const std::int64_t width = number(), height = number(), most = number();
  ++at;
  if (width < 0 || height < 0 || most < 0) return error(text::cat(name, ": is a PNM without a size"), kKinds);
  MOTE_TRY_VOID(check_size(width, height, name));
  if (most < 1 || most > 255)
    return error(text::cat(name, ": its largest value is ", most, "; PNM is read up to 255"),
                 "save it with 8 bits a channel");
  Image image{
      static_cast<std::int32_t>(width), static_cast<std::int32_t>(height), bytes[1] == '6' ? 3 : 1, {}};
  const auto size = static_cast<std::size_t>(width * height * image.channels);
  if (at > bytes.size() || bytes.size() - at < size)
    return error(text::cat(name, ": is cut off: its size needs ", size, " bytes of pixels"),
                 "fetch it again");
  for (const std::uint8_t value : bytes.subspan(at, size))
    image.pixels.push_back(
        static_cast<std::uint8_t>((std::min<std::int64_t>(value, most) * 255 + most / 2) / most));
  return image;
}

std::size_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}

constexpr std::size_t kHeaderChunk = 0x49484452, kPaletteChunk = 0x504C5445, kEndChunk = 0x49454E44;

/// A chunk of a PNG: length, type, content, checksum.
struct Chunk {
  std::size_t type = 0;
  std::span<const std::uint8_t> content;
};

/// The whole chunks from the first to IEND; none of what follows one that is cut off.
std::vector<Chunk> png_chunks(std::span<const std::uint8_t> bytes) {
  std::vector<Chunk> chunks;
  for (std::size_t at = 8; bytes.size() - at >= 12;) {
    const std::size_t size = big_endian(bytes, at, 4);
    if (size > bytes.size() - at - 12) break;
    chunks.push_back({big_endian(bytes, at + 4, 4), bytes.subspan(at + 8, size)});
    if (chunks.back().type == kEndChunk) break;
    at += 12 + size;
  }
  return chunks;
}

bool png_is_whole(std::span<const std::uint8_t> bytes) {
  const std::vector<Chunk> chunks = png_chunks(bytes);
  return !chunks.empty() && chunks.back().type == kEndChunk;
}

/// A palette that has fewer colours than its pixels can name.
bool has_short_palette(const std::vector<Chunk>& chunks) {
  constexpr std::uint8_t kIndexed = 3;
  std::size_t colours = 256;
  for (const Chunk& chunk : chunks) {
    if (chunk.type == kHeaderChunk && chunk.content.size() >= 10) {
      if (chunk.content[9] != kIndexed) return false;
      colours = std::size_t{1} << std::min<std::uint8_t>(chunk.content[8], 8);
    }
    if (chunk.type == kPaletteChunk && chunk.content.size() < 3 * colours) return true;
  }
  return false;
}

/// The same PNG with palettes of 256 colours, the new ones grey of `level`.  Without checksums, which stb_image passes over.
Bytes with_full_palette(std::span<const std::uint8_t> bytes, const std::vector<Chunk>& chunks,
                        std::uint8_t level) {
  constexpr std::size_t kFull = 3 * 256;
  Bytes out(bytes.begin(), bytes.begin() + 8);
  const auto put = [&out](std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  for (const Chunk& chunk : chunks) {
    const std::size_t size = chunk.content.size();
    const std::size_t missing =
        chunk.type == kPaletteChunk && size % 3 == 0 && size < kFull ? kFull - size : 0;
    put(size + missing);
    put(chunk.type);
    out.insert(out.end(), chunk.content.begin(), chunk.content.end());
    out.insert(out.end(), missing, level);
    put(0);
  }
  return out;
}

/// Whether the segments of a JPEG go on to the end of the image: marker FF D9.
bool jpeg_is_whole(std::span<const std::uint8_t> bytes) {
  std::size_t at = 2;
  while (at + 1 < bytes.size()) {
    const unsigned code = bytes[at + 1];
    // Coded pixels have FF 00 for FF, and FF D0 … D7 between parts; FF FF is filling.
    if (bytes[at] != 0xFF || code == 0xFF || code <= 0x01 || (code >= 0xD0 && code <= 0xD8)) {
      ++at;
      continue;
    }
    if (code == 0xD9) return true;
    if (bytes.size() - at < 4) return false;
    at += 2 + std::max<std::size_t>(big_endian(bytes, at + 2, 2), 2);
  }
  return false;
}

struct Extents {
  std::int64_t width = 0, height = 0;
};

/// What a JPEG's frame header says: markers C0 … CF but for tables (C4, CC) and what is reserved (C8).
std::optional<Extents> jpeg_size(std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 2; at + 9 <= bytes.size();) {
    const unsigned code = bytes[at + 1];
    if (bytes[at] != 0xFF || code == 0xFF || code <= 0x01 || (code >= 0xD0 && code <= 0xD8)) {
      ++at;
      continue;
    }
    const bool is_frame = code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
    if (is_frame)
      return Extents{static_cast<std::int64_t>(big_endian(bytes, at + 7, 2)),
                     static_cast<std::int64_t>(big_endian(bytes, at + 5, 2))};
    at += 2 + std::max<std::size_t>(big_endian(bytes, at + 2, 2), 2);
  }
  return std::nullopt;
}

/// What the picture itself says of its size, for those that stb_image would not name.
std::optional<Extents> stated_size(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  if (bytes[0] == 0xFF && bytes[1] == 0xD8) return jpeg_size(bytes);
  if (bytes[0] != 0x89) return std::nullopt;
  for (const Chunk& chunk : png_chunks(bytes)) {
    if (chunk.type == kHeaderChunk && chunk.content.size() >= 8)
      return Extents{static_cast<std::int64_t>(big_endian(chunk.content, 0, 4)),
                     static_cast<std::int64_t>(big_endian(chunk.content, 4, 4))};
  }
  return std::nullopt;
}

/// stb_image fills what a cut picture lacks; nobody wants to train on that.
bool is_whole(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 8) return false;
  if (bytes[0] == 0xFF && bytes[1] == 0xD8) return jpeg_is_whole(bytes);
  return bytes[0] != 0x89 || png_is_whole(bytes);
}

Result<Image> decode_whole(std::span<const std::uint8_t> bytes, std::int32_t channels,
                           const std::string& name) {
  int width = 0, height = 0, found = 0;
  const auto size = static_cast<int>(bytes.size());
  stbi_uc* const pixels = stbi_load_from_memory(bytes.data(), size, &width, &height, &found, channels);
  if (pixels == nullptr)
    return error(text::cat(name, ": is damaged or of an unusual kind (", stbi_failure_reason(), ")"), kKinds);
  Image image{width, height, channels, {}};
  image.pixels.assign(pixels, pixels + static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                           static_cast<std::size_t>(channels));
  stbi_image_free(pixels);
  return image;
}

/// stb_image reads colours that the palette does not have from memory that nobody wrote.  With the rest of the palette black and
/// with it white, a picture that uses none of them is the same.
Result<Image> decode_short_palette(std::span<const std::uint8_t> bytes, const std::vector<Chunk>& chunks,
                                   std::int32_t channels, const std::string& name) {
  MOTE_TRY(Image black, decode_whole(with_full_palette(bytes, chunks, 0), channels, name));
  MOTE_TRY(const Image white, decode_whole(with_full_palette(bytes, chunks, 255), channels, name));
  if (black.pixels != white.pixels)
    return error(text::cat(name, ": is damaged: pixels have colours that its palette does not hold"),
                 "fetch it again, or save it anew");
  return black;
}

Result<Image> decode_with_stb(std::span<const std::uint8_t> bytes, std::int32_t channels,
                              const std::string& name) {
  if (const auto size = stated_size(bytes)) MOTE_TRY_VOID(check_size(size->width, size->height, name));
  int width = 0, height = 0, found = 0;
  if (stbi_info_from_memory(bytes.data(), static_cast<int>(bytes.size()), &width, &height, &found) == 0)
    return error(text::cat(name, ": is not a picture that can be read (", stbi_failure_reason(), ")"),
                 kKinds);
  MOTE_TRY_VOID(check_size(width, height, name));
  if (!is_whole(bytes)) return error(text::cat(name, ": is cut off"), "fetch it again");
  if (bytes[0] == 0x89) {
    const std::vector<Chunk> chunks = png_chunks(bytes);
    if (has_short_palette(chunks)) return decode_short_palette(bytes, chunks, channels, name);
  }
  return decode_whole(bytes, channels, name);
}

}  // namespace

Result<Image> decode_image(std::span<const std::uint8_t> bytes, std::int32_t channels,
                           const std::string& name) {
  MOTE_CHECK(channels == 1 || channels == 3, "grey or red, green, blue");
  if (bytes.empty()) return error(text::cat(name, ": is empty"), kKinds);
  if (bytes.size() > kImageMaxFileBytes)
    return error(
        text::cat(name, ": has ", bytes.size(), " bytes; at most ", kImageMaxFileBytes, " are read"));
  const bool pnm = bytes.size() > 2 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6');
  if (!pnm) return decode_with_stb(bytes, channels, name);
  MOTE_TRY(Image image, decode_pnm(bytes, name));
  return with_channels(std::move(image), channels);
}

Result<Image> read_image(const fs::path& file, std::int32_t channels) {
  MOTE_TRY(const Bytes bytes, read_file(file, kImageMaxFileBytes));
  return decode_image(bytes, channels, file.string());
}

namespace {

/// What one new place along an axis takes from the old ones.
struct Taps {
  std::int32_t first = 0;
  std::vector<float> weights;  ///< sum 1
};

std::vector<Taps> taps_of(std::int32_t from, std::int32_t to) {
  const double scale = static_cast<double>(from) / to;
  const double reach = std::max(scale, 1.0);  // half the triangle's base
  std::vector<Taps> all;
  for (std::int32_t i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    Taps taps;
    taps.first = std::max(0, static_cast<std::int32_t>(std::floor(centre - reach)));
    const std::int32_t end = std::min(from, static_cast<std::int32_t>(std::ceil(centre + reach)));
    double sum = 0;
    std::vector<double> weights;
    for (std::int32_t j = taps.first; j < end; ++j) {
      weights.push_back(std::max(0.0, 1 - std::fabs(j + 0.5 - centre) / reach));
      sum += weights.back();
    }
    for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
    all.push_back(std::move(taps));
  }
  return all;
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
}

}  // namespace

Image resize(const Image& image, std::int32_t width, std::int32_t height) {
  MOTE_CHECK(width > 0 && height > 0 && image.width > 0 && image.height > 0, "pictures with pixels");
  if (width == image.width && height == image.height) return image;
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto old_width = static_cast<std::size_t>(image.width), new_width = static_cast<std::size_t>(width);
  const auto old_height = static_cast<std::size_t>(image.height);
  const std::vector<Taps> across = taps_of(image.width, width), down = taps_of(image.height, height);
  std::vector<float> rows(old_height * new_width * channels, 0);  // narrower, not yet lower
  for (std::size_t y = 0; y < old_height; ++y) {
    for (std::size_t x = 0; x < new_width; ++x) {
      for (std::size_t k = 0; k < across[x].weights.size(); ++k) {
        const std::size_t from = (y * old_width + static_cast<std::size_t>(across[x].first) + k) * channels;
        for (std::size_t c = 0; c < channels; ++c)
          rows[(y * new_width + x) * channels + c] += across[x].weights[k] * image.pixels[from + c];
      }
    }
  }
  Image out{width, height, image.channels, Bytes(static_cast<std::size_t>(height) * new_width * channels)};
  std::vector<float> row(new_width * channels);
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    std::fill(row.begin(), row.end(), 0.0f);
    for (std::size_t k = 0; k < down[y].weights.size(); ++k) {
      const float* from = rows.data() + (static_cast<std::size_t>(down[y].first) + k) * row.size();
      for (std::size_t i = 0; i < row.size(); ++i) row[i] += down[y].weights[k] * from[i];
    }
    for (std::size_t i = 0; i < row.size(); ++i) out.pixels[y * row.size() + i] = to_byte(row[i]);
  }
  return out;
}

namespace {

/// `extent` · `numerator` / `denominator`, rounded, within 1 … most.
std::int32_t in_proportion(std::int32_t extent, std::int32_t numerator, std::int32_t denominator,
                           std::int32_t most) {
  const std::int64_t scaled =
      (std::int64_t{extent} * numerator + denominator / 2) / denominator;  // all ≤ 2^25: no overflow
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(scaled, 1, most));
}

/// Copies width × height pixels from (from_x, from_y) of one picture to (to_x, to_y) of another.
void copy_part(const Image& from, std::int32_t from_x, std::int32_t from_y, Image& to, std::int32_t to_x,
               std::int32_t to_y, std::int32_t width, std::int32_t height) {
  const auto place = [](const Image& image, std::int32_t x, std::int32_t y) {
    return (std::ptrdiff_t{y} * image.width + x) * image.channels;
  };
  for (std::int32_t y = 0; y < height; ++y) {
    const auto row = from.pixels.begin() + place(from, from_x, from_y + y);
    std::copy(row, row + std::ptrdiff_t{width} * from.channels,
              to.pixels.begin() + place(to, to_x, to_y + y));
  }
}

Image black(std::int32_t width, std::int32_t height, std::int32_t channels) {
  return {width, height, channels,
          Bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                static_cast<std::size_t>(channels))};
}

}  // namespace

Image fit(const Image& image, std::int32_t width, std::int32_t height, std::string_view how) {
  if (how == "crop") {
    Image part = black(in_proportion(image.height, width, height, image.width),
                       in_proportion(image.width, height, width, image.height), image.channels);
    copy_part(image, (image.width - part.width) / 2, (image.height - part.height) / 2, part, 0, 0, part.width,
              part.height);
    return resize(part, width, height);
  }
  if (how == "pad") {
    const Image small = resize(image, in_proportion(height, image.width, image.height, width),
                               in_proportion(width, image.height, image.width, height));
    Image whole = black(width, height, image.channels);
    copy_part(small, 0, 0, whole, (width - small.width) / 2, (height - small.height) / 2, small.width,
              small.height);
    return whole;
  }
  return resize(image, width, height);
}

bool is_image_name(const fs::path& file) {
  const std::string ending = text::lower(file.extension().string());
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".ppm" || ending == ".pgm";
}

namespace {

bool is_hidden(const fs::path& path) { return text::starts_with(path.filename().string(), "."); }

Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (!is_hidden(entry->path())) paths.push_back(entry->path());
  }
  if (problem) return error(text::cat(folder.string(), ": cannot be listed (", problem.message(), ")"));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<std::vector<LabelledImage>> list_labelled_images(const fs::path& folder) {
  const char* const hint = "a folder with a sub-folder of pictures (.png .jpg .pgm .ppm) for each class";
  MOTE_TRY(std::vector<fs::path> classes, entries_of(folder));
  std::error_code ignored;
  classes.erase(std::remove_if(classes.begin(), classes.end(),
                               [&](const fs::path& path) { return !fs::is_directory(path, ignored); }),
                classes.end());
  if (classes.empty())
    return error(text::cat(folder.string(), ": has no sub-folders, which would be the classes"), hint);
  const auto number_of = [](const fs::path& path) { return text::to_int(path.filename().string()); };
  if (std::all_of(classes.begin(), classes.end(),
                  [&](const fs::path& path) { return number_of(path).has_value(); }))
    std::stable_sort(classes.begin(), classes.end(),
                     [&](const auto& a, const auto& b) { return *number_of(a) < *number_of(b); });
  std::vector<LabelledImage> images;
  for (const fs::path& one : classes) {
    MOTE_TRY(const std::vector<fs::path> files, entries_of(one));
    const std::size_t before = images.size();
    for (const fs::path& file : files) {
      if (is_image_name(file) && fs::is_regular_file(file, ignored))
        images.push_back({file, one.filename().string()});
    }
    if (images.size() == before) return error(text::cat(one.string(), ": has no pictures"), hint);
  }
  return images;
}

}  // namespace mote
