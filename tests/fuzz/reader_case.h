// What every fuzzer of a reader does: any bytes are an error with words, or recordings that keep the promises of data/recording.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "data/reader.h"

namespace mote {

/// Files beside the first are given by name; others are not there.
inline void read_case(const char* reader, std::span<const std::uint8_t> bytes, const DataSource& source,
                      const std::map<std::string, Bytes>& beside = {}, const std::string& name = "case") {
  static const std::map<std::string, const Reader*> readers = [] {
    std::map<std::string, const Reader*> all;
    for (const Reader* one : reader_registry()) all[std::string(one->name)] = one;
    return all;
  }();
  const ReadContext context{name, source, [&](const std::string& other) -> Result<Bytes> {
                              const auto found = beside.find(other);
                              if (found == beside.end()) return error("is not there");
                              return found->second;
                            }};
  const auto read = readers.at(reader)->recordings(bytes, context);
  if (!read) {
    MOTE_CHECK(!read.error().message.empty(), "an error has words");
    return;
  }
  MOTE_CHECK(!read->empty(), "at least one recording, or an error");
  for (const Recording& recording : *read) {
    MOTE_CHECK(!recording.origin.empty() && !recording.streams.empty(), "a recording has a name and streams");
    for (const Stream& stream : recording.streams) {
      MOTE_CHECK(!stream.frame.empty() && !stream.values.empty(), "no stream is empty");
      MOTE_CHECK(stream.values.size() % stream.frame_size() == 0, "frames are whole");
      MOTE_CHECK(stream.channels.size() == static_cast<std::size_t>(stream.frame.back()),
                 "channels have names");
      MOTE_CHECK(stream.units.empty() || stream.units.size() == stream.channels.size(), "units by channel");
      MOTE_CHECK(std::isfinite(stream.rate_hz) && stream.rate_hz >= 0, "a rate is a number");
      MOTE_CHECK(
          std::none_of(stream.values.begin(), stream.values.end(), [](float v) { return std::isinf(v); }),
          "values are numbers, or missing");
    }
    for (const auto& [mark, words] : recording.marks)
      MOTE_CHECK(words.size() == recording.streams[0].frames(), "a mark is a word a frame");
  }
}

/// Cuts `bytes` in two: the first two say how long the first part is.
inline std::span<const std::uint8_t> first_part(std::span<const std::uint8_t>& bytes) {
  if (bytes.size() < 2) return std::exchange(bytes, {});
  const std::size_t wanted = bytes[0] | static_cast<std::size_t>(bytes[1]) << 8;
  const auto part = bytes.subspan(2, std::min(wanted, bytes.size() - 2));
  bytes = bytes.subspan(2 + part.size());
  return part;
}

}  // namespace mote
