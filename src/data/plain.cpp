// PNG is written by stb_image_write (Debian: libstb-dev); WAV and CSV are short enough to write here.
#include "data/plain.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <set>

#include "base/text.h"
#include "math/npz.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang attribute push(__attribute__((no_sanitize("undefined"))), apply_to = function)
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
#pragma clang attribute pop
#pragma clang diagnostic pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace mote {
namespace {

using text::cat;

constexpr double kSoundRate = 4000;  // Hz; slower streams are sensors, which people look at as numbers
constexpr double kFullScale = 32768;

bool is_byte(float value) { return value >= 0 && value <= 255 && value == std::floor(value); }

bool is_picture(const Recording& recording) {
  if (recording.streams.size() != 1) return false;
  const Stream& stream = recording.streams[0];
  return stream.frame.size() == 3 && (stream.frame[2] == 1 || stream.frame[2] == 3) && stream.frames() == 1 &&
         std::all_of(stream.values.begin(), stream.values.end(), is_byte);
}

bool is_sound(const Recording& recording) {
  if (recording.streams.size() != 1 || !recording.marks.empty()) return false;
  const Stream& stream = recording.streams[0];
  const bool few = stream.frame.size() == 1 && stream.frame[0] <= 2;
  return few && stream.times.empty() && stream.units.empty() && stream.rate_hz >= kSoundRate &&
         stream.rate_hz == std::floor(stream.rate_hz) && stream.rate_hz <= 1e6 &&
         std::all_of(stream.values.begin(), stream.values.end(), [](float v) { return std::fabs(v) <= 1; });
}

bool has_axes(const Recording& recording) {
  return std::any_of(recording.streams.begin(), recording.streams.end(),
                     [](const Stream& stream) { return stream.frame.size() != 1; });
}

std::string png(const Stream& stream) {
  const std::vector<std::uint8_t> pixels(stream.values.begin(), stream.values.end());
  std::string content;
  const auto append = [](void* to, void* data, int size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  };
  const int height = stream.frame[0], width = stream.frame[1], channels = stream.frame[2];
  const bool written =
      stbi_write_png_to_func(append, &content, width, height, channels, pixels.data(), width * channels) != 0;
  MOTE_CHECK(written, "memory for a picture");
  return content;
}

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::string wav(const Stream& stream) {
  const bool whole = std::all_of(stream.values.begin(), stream.values.end(), [](float v) {
    const double scaled = static_cast<double>(v) * kFullScale;
    return scaled == std::floor(scaled) && scaled < kFullScale;
  });
  const std::uint64_t bytes = whole ? 2 : 4, channels = static_cast<std::uint64_t>(stream.frame[0]);
  const auto rate = static_cast<std::uint64_t>(stream.rate_hz);
  const std::uint64_t size = stream.values.size() * bytes;
  std::string out = "RIFF";
  put(out, 36 + size, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, whole ? 1 : 3, 2);  // PCM, float
  put(out, channels, 2);
  put(out, rate, 4);
  put(out, rate * channels * bytes, 4);
  put(out, channels * bytes, 2);
  put(out, 8 * bytes, 2);
  out += "data";
  put(out, size, 4);
  for (const float value : stream.values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    if (whole)
      bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<double>(value) * kFullScale));
    put(out, bits, static_cast<int>(bytes));
  }
  return out;
}

std::string npy(const Stream& stream) {
  std::vector<std::int64_t> shape(stream.frame.begin(), stream.frame.end());
  shape.insert(shape.begin(), static_cast<std::int64_t>(stream.frames()));
  const Bytes bytes = write_npy(from_floats(stream.values, std::move(shape)));
  return {bytes.begin(), bytes.end()};
}

/// "time" and "sensor", unless channels are called so, and the channels and marks.
std::string csv_header(const Recording& recording, bool has_clock, std::string& problem) {
  std::vector<std::string> names;
  if (has_clock) names.emplace_back("time");
  if (recording.streams.size() > 1) names.emplace_back("sensor");
  names.insert(names.end(), recording.streams[0].channels.begin(), recording.streams[0].channels.end());
  for (const auto& [mark, words] : recording.marks) names.push_back(mark);
  std::set<std::string> seen;
  std::string line;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) problem = name;
    line += cat(line.empty() ? "" : ",", csv_cell(name));
  }
  return line + "\n";
}

std::string csv_row(const Recording& recording, const Stream& stream, std::size_t i, bool has_clock) {
  std::vector<std::string> cells;
  if (has_clock)
    cells.push_back(
        text::shortest(stream.times.empty() ? static_cast<double>(i) / stream.rate_hz : stream.times[i]));
  if (recording.streams.size() > 1) cells.push_back(csv_cell(stream.name));
  const std::size_t width = stream.frame_size();
  for (std::size_t k = 0; k < width; ++k) {
    const float value = stream.values[i * width + k];
    cells.push_back(std::isfinite(value) ? text::shortest(value) : std::string());
  }
  const bool is_first = &stream == recording.streams.data();
  for (const auto& [mark, words] : recording.marks)
    cells.push_back(is_first ? csv_cell(words[i]) : std::string());
  return text::join(cells, ",") + "\n";
}

Result<std::string> csv(const Recording& recording) {
  const Stream& first = recording.streams[0];
  const auto has_time = [](const Stream& stream) { return stream.rate_hz > 0 || !stream.times.empty(); };
  for (const Stream& stream : recording.streams) {
    if (stream.channels != first.channels || has_time(stream) != has_time(first))
      return error(
          cat(recording.origin, ": its sensors have different channels, which one table cannot hold"),
          "name the file itself in mote.toml");
  }
  std::string problem;
  std::string out = csv_header(recording, has_time(first), problem);
  if (!problem.empty())
    return error(cat(recording.origin, ": two columns would be called '", problem, "'"),
                 "rename the channel");
  for (const Stream& stream : recording.streams) {
    for (std::size_t i = 0; i < stream.frames(); ++i) out += csv_row(recording, stream, i, has_time(first));
  }
  return out;
}

}  // namespace

std::string csv_cell(std::string_view cell) {
  if (cell.find_first_of(",;\t\"\r\n") == std::string_view::npos) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string_view plain_ending(const Recording& recording) {
  if (is_picture(recording)) return ".png";
  if (is_sound(recording)) return ".wav";
  return has_axes(recording) ? ".npy" : ".csv";
}

Result<std::string> plain_content(const Recording& recording) {
  MOTE_CHECK(!recording.streams.empty(), "a recording has streams");
  const std::string_view ending = plain_ending(recording);
  if (ending == ".csv") return csv(recording);
  if (recording.streams.size() > 1)
    return error(
        cat(recording.origin, ": has several streams, pictures among them, which one file cannot hold"));
  const Stream& stream = recording.streams[0];
  return ending == ".png" ? png(stream) : ending == ".wav" ? wav(stream) : npy(stream);
}

}  // namespace mote
