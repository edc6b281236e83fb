// Pixels as a PNG file, by stb_image_write (Debian: libstb-dev), and bytes as base64, so that a page carries its pictures.
#include <cstddef>

#include "report/svg.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wmissing-field-initializers"
#elif defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
#if defined(__clang__)
#pragma clang diagnostic pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace mote::report {

std::string png(const Pixels& pixels) {
  constexpr int kMost = 4096;
  if (pixels.width < 1 || pixels.height < 1 || pixels.width > kMost || pixels.height > kMost) return {};
  if (pixels.channels != 1 && pixels.channels != 3) return {};
  const std::size_t wanted = static_cast<std::size_t>(pixels.width) *
                             static_cast<std::size_t>(pixels.height) *
                             static_cast<std::size_t>(pixels.channels);
  if (pixels.values.size() != wanted) return {};
  std::string file;
  const auto append = [](void* context, void* bytes, int count) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(bytes),
                                               static_cast<std::size_t>(count));
  };
  const int written = stbi_write_png_to_func(append, &file, pixels.width, pixels.height, pixels.channels,
                                             pixels.values.data(), pixels.width * pixels.channels);
  return written != 0 ? file : std::string();
}

std::string base64(const std::string& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
  }
  return out;
}

}  // namespace mote::report
