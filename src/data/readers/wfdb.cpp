// Reads records of PhysioNet's WFDB: a header "207.hea" in text; the signals it names, "207.dat", in the formats 16, 80 and 212;
// and, where it is there, the annotations "207.atr".  A recording with one stream in physical units, (adc − baseline) / gain.
//
// Annotations become marks of the frame they stand at.  "annotation" holds the symbol of a beat, "N", "V", …, and of other events,
// and is "" elsewhere; "rhythm" holds what the last change of rhythm said, "AFIB" for "(AFIB", and is "" before the first.
// The field "record" is the record's name.  Not read: records of several segments, signals of several rates, skewed signals.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "data/reader.h"
#include "data/readers/binary.h"

namespace mote {
namespace {

using text::cat;

constexpr std::size_t kMaxSignals = 64;
constexpr std::size_t kMaxFrames = std::size_t{1} << 25;  ///< a mark takes 32 bytes a frame
constexpr std::size_t kMaxAnnotations = std::size_t{1} << 23;
constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;
constexpr double kDefaultRate = 250, kDefaultGain = 200;  ///< where the header does not say

/// A line of the header.
struct Signal {
  std::string file;
  int format = 0;          ///< 16, 80 or 212
  std::size_t offset = 0;  ///< of the first sample in the file
  double gain = kDefaultGain;
  double baseline = 0;
  std::string unit = "mV";
  std::optional<std::int64_t> checksum;  ///< sum of all samples, modulo 65536
  std::string name;
};

struct Header {
  std::string record;
  double rate_hz = kDefaultRate;
  std::optional<std::size_t> frames;
  std::vector<Signal> signals;
};

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c != ' ' && c != '\t')
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

/// The number that `s` begins with, and what follows it.
std::optional<double> leading_number(std::string_view s, std::string_view& rest) {
  std::size_t size = 0;
  while (size < s.size() && std::string_view("0123456789+-.eE").find(s[size]) != std::string_view::npos)
    ++size;
  for (; size > 0; --size) {
    if (const auto value = text::to_double(s.substr(0, size)); value && std::isfinite(*value)) {
      rest = s.substr(size);
      return value;
    }
  }
  return std::nullopt;
}

/// "200(1024)/mV": gain, baseline, unit; the last two may be missing.
bool parse_gain(std::string_view word, Signal& signal, bool& has_baseline) {
  std::string_view rest;
  const auto gain = leading_number(word, rest);
  if (!gain) return false;
  if (*gain != 0) signal.gain = *gain;  // 0: not calibrated
  if (text::starts_with(rest, "(")) {
    const auto baseline = leading_number(rest.substr(1), rest);
    if (!baseline || !text::starts_with(rest, ")")) return false;
    signal.baseline = *baseline;
    has_baseline = true;
    rest.remove_prefix(1);
  }
  if (text::starts_with(rest, "/")) signal.unit = rest.substr(1);
  return rest.empty() || rest[0] == '/';
}

/// "212", "16+24": the format, and where the first sample stands.
Result<void> parse_format(const std::string& word, Signal& signal, const std::string& place) {
  const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  const std::optional<std::int64_t> format = text::to_int(word.substr(0, digits));
  std::string rest = word.substr(digits);
  if (format != 16 && format != 80 && format != 212)
    return error(cat(place, ": signals of format '", word, "' are not read"), "formats 16, 80 and 212 are");
  signal.format = static_cast<int>(*format);
  if (text::starts_with(rest, "x1") && (rest.size() == 2 || rest[2] == '+')) rest.erase(0, 2);
  if (rest.empty()) return {};
  const auto offset = rest[0] == '+' ? text::to_int(rest.substr(1)) : std::nullopt;
  if (!offset || *offset < 0)
    return error(cat(place, ": '", word, "': signals of several rates, and skewed ones, are not read"),
                 "convert the record with xform");
  signal.offset = static_cast<std::size_t>(*offset);
  return {};
}

Result<Signal> parse_signal(const std::string& line, const std::string& place) {
  const std::vector<std::string> words = words_of(line);
  if (words.size() < 2)
    return error(cat(place, ": a signal needs a file and a format"), "fetch the header again");
  Signal signal;
  signal.file = words[0];
  MOTE_TRY_VOID(parse_format(words[1], signal, place));
  bool has_baseline = false;
  if (words.size() > 2 && !parse_gain(words[2], signal, has_baseline))
    return error(cat(place, ": '", words[2], "' is not a gain"), "as in 200(1024)/mV");
  // Then the converter's bits and its zero, the first value, the sum, the block size, and the name to the end of the line.
  if (words.size() > 4 && !has_baseline) {
    const auto zero = text::to_int(words[4]);
    if (!zero)
      return error(cat(place, ": '", words[4], "' is not the converter's zero"), "fetch the header again");
    signal.baseline = static_cast<double>(*zero);
  }
  if (words.size() > 6) {
    signal.checksum = text::to_int(words[6]);
    if (!signal.checksum)
      return error(cat(place, ": '", words[6], "' is not a sum"), "fetch the header again");
  }
  for (std::size_t i = 8; i < words.size(); ++i) signal.name += cat(signal.name.empty() ? "" : " ", words[i]);
  return signal;
}

/// "207 2 360 650000 …": name, signals, rate, frames.  Returns the number of signals.
Result<std::size_t> parse_record_line(const std::string& line, const std::string& place, Header& header) {
  const std::vector<std::string> words = words_of(line);
  if (words.size() < 2)
    return error(cat(place, ": is not the header of a record"), "as in '207 2 360 650000'");
  header.record = words[0];
  if (header.record.find('/') != std::string::npos)
    return error(cat(place, ": records of several segments are not read"), "name the segments' own headers");
  const auto signals = text::to_int(words[1]);
  if (!signals) return error(cat(place, ": is not the header of a record"), "as in '207 2 360 650000'");
  if (*signals < 1 || *signals > static_cast<std::int64_t>(kMaxSignals))
    return error(cat(place, ": '", words[1], "' signals; 1 to ", kMaxSignals, " are read"),
                 "as in '207 2 360 650000'");
  if (words.size() > 2) {
    const auto rate = text::to_double(words[2].substr(0, words[2].find_first_of("/(")));
    if (!rate || !(*rate > 0) || !std::isfinite(*rate))
      return error(cat(place, ": '", words[2], "' is not a rate in Hz"));
    header.rate_hz = *rate;
  }
  if (words.size() > 3) {
    const auto frames = text::to_int(words[3]);
    if (!frames || *frames < 0) return error(cat(place, ": '", words[3], "' is not a number of frames"));
    if (*frames > static_cast<std::int64_t>(kMaxFrames))
      return error(cat(place, ": ", *frames, " frames; at most ", kMaxFrames, " are read"), "cut the record");
    if (*frames > 0) header.frames = static_cast<std::size_t>(*frames);
  }
  return static_cast<std::size_t>(*signals);
}

/// Names that are missing or the same get the number of the signal.
void make_names_unique(std::vector<Signal>& signals) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    std::string& name = signals[i].name;
    if (name.empty() || seen.count(name) != 0) name += cat(name.empty() ? "" : " ", i + 1);
    seen.insert(name);
  }
}

Result<Header> parse_header(ByteView bytes, const std::string& name) {
  if (bytes.empty()) return error(cat(name, ": is empty"), "the header of a record is text");
  if (bytes.size() > kMaxHeaderBytes || std::find(bytes.begin(), bytes.end(), 0) != bytes.end())
    return error(cat(name, ": is not the header of a record"), "name the .hea file");
  Header header;
  std::size_t signals = 0, number = 0;
  for (const std::string& raw : text::split(text_of(bytes), '\n')) {
    const std::string line(text::trim(raw));
    const std::string place = cat(name, ", line ", ++number);
    if (line.empty() || line[0] == '#') continue;
    if (signals == 0) {
      MOTE_TRY(signals, parse_record_line(line, place, header));
      continue;
    }
    if (header.signals.size() == signals) break;
    MOTE_TRY(Signal signal, parse_signal(line, place));
    header.signals.push_back(std::move(signal));
  }
  if (signals == 0 || header.signals.size() < signals)
    return error(cat(name, ": is cut off: ", header.signals.size(), " of ", signals, " signals"),
                 "fetch it again");
  make_names_unique(header.signals);
  return header;
}

// ---- signals

/// Whether a file name is one: it comes from the header, which may say anything.
bool is_plain_name(const std::string& file) {
  return !file.empty() && file != "." && file != ".." && file.find_first_of("/\\|~") == std::string::npos;
}

/// Bytes that hold so many samples.
std::size_t bytes_of_samples(int format, std::size_t samples) {
  if (format == 16) return 2 * samples;
  if (format == 80) return samples;
  return samples / 2 * 3 + (samples % 2 != 0 ? 2 : 0);
}
std::size_t samples_in(int format, std::size_t bytes) {
  if (format == 16) return bytes / 2;
  if (format == 80) return bytes;
  return bytes / 3 * 2 + (bytes % 3 == 2 ? 1 : 0);
}

/// Sample `i` of a file, as the converter had it.
std::int32_t sample_at(ByteView data, int format, std::size_t i) {
  if (format == 16) return sign_extended(little_endian(data, 2 * i, 2), 16);
  if (format == 80) return data[i] - 128;
  // Two samples of 12 bits in three bytes: the middle one has the upper four bits of both.
  const std::size_t at = i / 2 * 3;
  const unsigned middle = data[at + 1];
  return i % 2 == 0 ? sign_extended(data[at] | (middle & 0x0Fu) << 8, 12)
                    : sign_extended(data[at + 2] | (middle & 0xF0u) << 4, 12);
}
/// What stands for "no value".
std::int32_t missing_sample(int format) { return format == 16 ? -32768 : format == 80 ? -128 : -2048; }

/// The signals first … first + count − 1 of the header stand in one file, frame by frame; they go into their columns of `values`.
struct SignalFile {
  std::size_t first = 0, count = 0;
};

Result<void> read_signals(ByteView data, const Header& header, SignalFile part, std::size_t frames,
                          std::vector<float>& values) {
  const std::size_t all = header.signals.size();
  for (std::size_t k = 0; k < part.count; ++k) {
    const Signal& signal = header.signals[part.first + k];
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < frames; ++i) {
      const std::int32_t adc = sample_at(data, signal.format, i * part.count + k);
      sum += adc;
      values[i * all + part.first + k] =
          adc == missing_sample(signal.format)
              ? std::numeric_limits<float>::quiet_NaN()
              : finite_or_missing((static_cast<double>(adc) - signal.baseline) / signal.gain);
    }
    const bool checked = header.frames && signal.checksum && *signal.checksum != 0;  // 0: not given
    if (checked && ((sum - *signal.checksum) & 0xFFFF) != 0)
      return error(cat(signal.file, ": is damaged: the samples of '", signal.name,
                       "' do not have the sum that the header says"),
                   "fetch it again");
  }
  return {};
}

Result<Stream> read_stream(const Header& header, const ReadContext& context) {
  std::vector<SignalFile> parts;
  std::vector<Bytes> files;
  std::set<std::string> seen;
  std::size_t frames = header.frames.value_or(std::numeric_limits<std::size_t>::max());
  for (std::size_t first = 0; first < header.signals.size();) {
    const Signal& signal = header.signals[first];
    std::size_t end = first + 1;
    while (end < header.signals.size() && header.signals[end].file == signal.file &&
           header.signals[end].format == signal.format)
      ++end;
    if (!is_plain_name(signal.file) || !seen.insert(signal.file).second)
      return error(cat(context.name, ": names the file '", signal.file, "' in a way that is not read"),
                   "signals of one file stand together, in one format, beside the header");
    MOTE_TRY(Bytes bytes, context.beside(signal.file));
    const std::size_t offset = std::min(signal.offset, bytes.size());
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    const std::size_t there = samples_in(signal.format, bytes.size()) / (end - first);
    if (header.frames && bytes.size() < bytes_of_samples(signal.format, *header.frames * (end - first)))
      return error(cat(signal.file, ": is cut off: the header of ", context.name, " says ", *header.frames,
                       " frames, it has ", there),
                   "fetch it again");
    frames = std::min(frames, there);
    parts.push_back({first, end - first});
    files.push_back(std::move(bytes));
    first = end;
  }
  if (frames == 0) return error(cat(context.name, ": its signals are empty"), "fetch the record again");
  if (frames > kMaxFrames)
    return error(cat(context.name, ": has ", frames, " frames; at most ", kMaxFrames, " are read"),
                 "cut the record");
  Stream stream;
  stream.rate_hz = header.rate_hz;
  stream.frame = {static_cast<std::int32_t>(header.signals.size())};
  for (const Signal& signal : header.signals) {
    stream.channels.push_back(signal.name);
    stream.units.push_back(signal.unit);
  }
  stream.values.resize(frames * header.signals.size());
  for (std::size_t i = 0; i < parts.size(); ++i)
    MOTE_TRY_VOID(read_signals(files[i], header, parts[i], frames, stream.values));
  return stream;
}

// ---- annotations

/// The symbols of the annotation codes 0 … 41; empty: no event.
constexpr std::array<std::string_view, 42> kSymbols = {
    "",  "N",  "L", "R", "a", "V", "F", "J", "A", "S", "E", "j", "/", "Q", "~", "",  "|", "",  "s", "T", "*",
    "D", "\"", "=", "p", "B", "^", "t", "+", "u", "?", "!", "[", "]", "e", "n", "@", "x", "f", "(", ")", "r"};
constexpr unsigned kNote = 22, kRhythm = 28, kLastCode = 49, kSkip = 59, kNumber = 60, kChannel = 62,
                   kText = 63;

struct Annotation {
  std::int64_t frame = 0;
  unsigned code = 0;
  std::string text;
};

/// MIT format: words of 16 bits, six for a code and ten for the frames since the last annotation; others add to it.
Result<std::vector<Annotation>> parse_annotations(ByteView bytes, const std::string& name) {
  std::vector<Annotation> annotations;
  std::int64_t frame = 0;
  const auto cut_off = [&] {
    return error(cat(name, ": is cut off: its annotations have no end"), "fetch it again");
  };
  for (std::size_t at = 0; bytes.size() - at >= 2;) {
    const std::uint64_t word = little_endian(bytes, at, 2);
    const auto code = static_cast<unsigned>(word >> 10);
    const auto low = static_cast<std::int64_t>(word & 0x3FF);
    at += 2;
    if (word == 0) return annotations;
    if (code == kSkip) {
      if (bytes.size() - at < 4) return cut_off();
      // The upper half of the 32 bits comes first.
      frame += sign_extended(little_endian(bytes, at, 2) << 16 | little_endian(bytes, at + 2, 2), 32);
      at += 4;
    } else if (code == kText) {
      const auto size = static_cast<std::size_t>(low);
      if (bytes.size() - at < size + size % 2) return cut_off();
      if (!annotations.empty()) annotations.back().text = text_of(bytes.subspan(at, size));
      at += size + size % 2;
    } else if (code <= kLastCode) {
      frame += low;
      if (annotations.size() == kMaxAnnotations)
        return error(cat(name, ": has more than ", kMaxAnnotations, " annotations"), "cut the record");
      if (code != 0) annotations.push_back({frame, code, {}});
    } else if (code < kNumber || code > kChannel) {
      return error(cat(name, ": is not a file of annotations: code ", code, " at byte ", at - 2),
                   "fetch it again");
    }
    if (frame < 0 || frame > (std::int64_t{1} << 40))
      return error(cat(name, ": is not a file of annotations: its time runs away at byte ", at),
                   "fetch it again");
  }
  return cut_off();
}

std::string symbol_of(unsigned code) {
  return code < kSymbols.size() && !kSymbols[code].empty() ? std::string(kSymbols[code]) : cat(code);
}

/// What stands behind the last frame is left out.
Marks marks_of(const std::vector<Annotation>& annotations, std::size_t frames) {
  Marks marks;
  std::vector<std::string>& symbols = marks["annotation"];
  std::vector<std::string>& rhythms = marks["rhythm"];
  symbols.resize(frames);
  rhythms.resize(frames);
  std::map<std::size_t, std::string> changes;
  for (const Annotation& annotation : annotations) {
    if (annotation.frame >= static_cast<std::int64_t>(frames)) continue;
    const auto frame = static_cast<std::size_t>(annotation.frame);
    if (annotation.code == kRhythm) {
      std::string word = annotation.text.substr(0, annotation.text.find('\0'));
      if (text::starts_with(word, "(")) word.erase(0, 1);
      changes[frame] = std::string(text::trim(word));
    } else if (annotation.code != kNote && symbols[frame].empty()) {
      symbols[frame] = symbol_of(annotation.code);
    }
  }
  std::string rhythm;
  for (std::size_t i = 0; i < frames; ++i) {
    if (const auto change = changes.find(i); change != changes.end()) rhythm = change->second;
    rhythms[i] = rhythm;
  }
  return marks;
}

Result<std::vector<Recording>> read_wfdb(ByteView bytes, const ReadContext& context) {
  MOTE_TRY(const Header header, parse_header(bytes, context.name));
  MOTE_TRY(Stream stream, read_stream(header, context));
  Recording recording;
  recording.origin = context.name;
  recording.fields["record"] = header.record;
  const std::string stem = context.name.substr(0, context.name.find_last_of('.'));
  const std::string annotations_file = cat(stem.substr(stem.find_last_of("/\\") + 1), ".atr");
  if (const auto beside = context.beside(annotations_file); beside) {
    MOTE_TRY(const std::vector<Annotation> annotations, parse_annotations(*beside, annotations_file));
    recording.marks = marks_of(annotations, stream.frames());
  }
  recording.streams.push_back(std::move(stream));
  return std::vector<Recording>{std::move(recording)};
}

}  // namespace
}  // namespace mote

MOTE_READER(wfdb) {
  static const mote::Reader reader = {"wfdb",
                                      "Records of PhysioNet: .hea with signals of format 16, 80, 212, and "
                                      ".atr; marks 'annotation' and 'rhythm'",
                                      {".hea"},
                                      nullptr,
                                      mote::read_wfdb};
  return reader;
}
