// Reads RIFF WAVE sound: PCM of 8, 16, 24 and 32 bits and floats of 32 and 64, any number of channels, with a plain or an
// extensible header.  One recording of one stream; full scale is −1 … 1.
//
// The sound must be whole: a data chunk that goes on behind the end of the file is an error.  A chunk of 0xFFFFFFFF bytes,
// which programs write that do not know the length yet, goes to the end of the file.  Other chunks are passed over.
#include <optional>

#include "data/reader.h"
#include "data/readers/binary.h"

namespace mote {
namespace {

using text::cat;

constexpr const char* kHint = "save it as WAV with PCM samples of 16 bits";
constexpr std::uint64_t kUnknownSize = 0xFFFFFFFF;
constexpr std::uint64_t kPcm = 1, kFloat = 3, kExtensible = 0xFFFE;
constexpr std::size_t kMaxChannels = 64;
constexpr std::uint64_t kMaxRate = 10'000'000;  // Hz

/// What the chunk "fmt " says.
struct Format {
  bool is_float = false;
  std::size_t channels = 0;
  std::uint64_t rate_hz = 0;
  std::size_t sample_bytes = 0;
};

Result<Format> parse_format(ByteView chunk, const std::string& name) {
  if (chunk.size() < 16) return error(cat(name, ": its chunk 'fmt ' is too short"), kHint);
  std::uint64_t code = little_endian(chunk, 0, 2);
  // An extensible header holds the code in the first two bytes of a GUID.
  if (code == kExtensible && chunk.size() >= 26) code = little_endian(chunk, 24, 2);
  if (code != kPcm && code != kFloat)
    return error(cat(name, ": its sound is compressed or of an unusual kind (format ", code, ")"), kHint);
  Format format;
  format.is_float = code == kFloat;
  format.channels = little_endian(chunk, 2, 2);
  format.rate_hz = little_endian(chunk, 4, 4);
  const std::uint64_t frame_bytes = little_endian(chunk, 12, 2), bits = little_endian(chunk, 14, 2);
  if (format.channels == 0 || format.channels > kMaxChannels)
    return error(cat(name, ": has ", format.channels, " channels; 1 to ", kMaxChannels, " are read"));
  if (format.rate_hz == 0 || format.rate_hz > kMaxRate)
    return error(cat(name, ": its rate is ", format.rate_hz, " Hz"), "write the true rate into its header");
  const bool known =
      format.is_float ? bits == 32 || bits == 64 : bits == 8 || bits == 16 || bits == 24 || bits == 32;
  if (!known)
    return error(cat(name, ": has ", format.is_float ? "float" : "PCM", " samples of ", bits, " bits"),
                 kHint);
  format.sample_bytes = bits / 8;
  if (frame_bytes != format.channels * format.sample_bytes)
    return error(cat(name, ": its header says ", frame_bytes, " bytes a frame, but ", format.channels,
                     " channels of ", bits, " bits are ", format.channels * format.sample_bytes),
                 kHint);
  return format;
}

float sample_at(ByteView data, std::size_t at, const Format& format) {
  const std::uint64_t bits = little_endian(data, at, format.sample_bytes);
  if (format.is_float)
    return finite_or_missing(format.sample_bytes == 4 ? float_of_bits(bits) : double_of_bits(bits));
  if (format.sample_bytes == 1) return (static_cast<float>(bits) - 128.0f) / 128.0f;  // without a sign
  const int width = static_cast<int>(8 * format.sample_bytes);
  return static_cast<float>(std::ldexp(static_cast<double>(sign_extended(bits, width)), 1 - width));
}

std::vector<std::string> channel_names(std::size_t channels) {
  if (channels == 1) return {"mono"};
  if (channels == 2) return {"left", "right"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < channels; ++i) names.push_back(cat(i));
  return names;
}

Result<std::vector<Recording>> sound(ByteView data, const Format& format, const std::string& name) {
  const std::size_t frame_bytes = format.channels * format.sample_bytes;
  if (data.empty()) return error(cat(name, ": holds no samples"), "leave the file out");
  if (data.size() % frame_bytes != 0)
    return error(cat(name, ": has ", data.size(), " bytes of sound, which are not frames of ", frame_bytes),
                 "it may be cut off; fetch it again");
  const std::size_t count = data.size() / format.sample_bytes;
  if (count > kRecordingMaxValues)
    return error(cat(name, ": holds ", count, " samples; at most ", kRecordingMaxValues, " are read"),
                 "cut it into several files");
  Stream stream;
  stream.channels = channel_names(format.channels);
  stream.frame = {static_cast<std::int32_t>(format.channels)};
  stream.rate_hz = static_cast<double>(format.rate_hz);
  stream.values.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    stream.values.push_back(sample_at(data, i * format.sample_bytes, format));
  Recording recording;
  recording.origin = name;
  recording.streams.push_back(std::move(stream));
  return std::vector<Recording>{std::move(recording)};
}

Result<std::vector<Recording>> read_wav(ByteView bytes, const ReadContext& context) {
  const std::string& name = context.name;
  if (has_tag(bytes, 0, "RIFX") || has_tag(bytes, 0, "RF64"))
    return error(cat(name, ": is of the kind ", text_of(bytes.first(4)), ", not RIFF"), kHint);
  if (!has_tag(bytes, 0, "RIFF") || !has_tag(bytes, 8, "WAVE"))
    return error(cat(name, bytes.empty() ? ": is empty" : ": is not a WAV file"), kHint);
  std::optional<Format> format;
  for (std::size_t at = 12; bytes.size() - at >= 8;) {
    const std::uint64_t size = little_endian(bytes, at + 4, 4), left = bytes.size() - at - 8;
    const bool is_data = has_tag(bytes, at, "data");
    const bool open_end = is_data && size == kUnknownSize;
    if (size > left && !open_end)
      return error(
          cat(name, ": is cut off: a chunk of ", size, " bytes begins ", left, " bytes before its end"),
          "fetch it again");
    const ByteView chunk = bytes.subspan(at + 8, open_end ? left : size);
    if (is_data && !format) return error(cat(name, ": its sound comes before its chunk 'fmt '"), kHint);
    if (is_data) return sound(chunk, *format, name);
    if (has_tag(bytes, at, "fmt ")) {
      MOTE_TRY(format, parse_format(chunk, name));
    }
    at += 8 + chunk.size() + chunk.size() % 2;  // chunks begin at even places
    if (at > bytes.size()) break;
  }
  return error(cat(name, ": is cut off: it has no sound"), "fetch it again");
}

}  // namespace
}  // namespace mote

MOTE_READER(wav) {
  static const mote::Reader reader = {
      "wav",
      "WAV sound: PCM of 8, 16, 24, 32 bits, float of 32 and 64, any channels; −1 … 1",
      {".wav"},
      nullptr,
      mote::read_wav};
  return reader;
}
