// For tests of readers: bytes put together in the test, read by a reader of the registry, with files beside them in memory.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "base/system.h"
#include "data/reader.h"

namespace mote::reader_testing {

/// Bytes in the order of writing: Builder().text("RIFF").little(36, 4).
struct Builder {
  Bytes bytes;
  Builder& text(std::string_view s) {
    bytes.insert(bytes.end(), s.begin(), s.end());
    return *this;
  }
  Builder& little(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Builder& big(std::uint64_t value, int size) {
    for (int i = size; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Builder& add(std::span<const std::uint8_t> more) {
    for (const std::uint8_t b : more) bytes.push_back(b);
    return *this;
  }
};

inline Bytes bytes_of(std::string_view s) { return {s.begin(), s.end()}; }

struct Files {
  DataSource source = {};
  std::map<std::string, Bytes> beside = {};
  std::string name = "file";
};

inline Result<std::vector<Recording>> read_with(const std::string& reader,
                                                std::span<const std::uint8_t> bytes,
                                                const Files& files = {}) {
  MOTE_TRY(const Reader* found, find_reader(reader));
  const ReadContext context{files.name, files.source, [&](const std::string& name) -> Result<Bytes> {
                              const auto at = files.beside.find(name);
                              if (at == files.beside.end()) return error(text::cat(name, ": is not there"));
                              return at->second;
                            }};
  return found->recordings(bytes, context);
}

/// The message of the error; a failed test where there is none.
inline std::string problem_of(const std::string& reader, std::span<const std::uint8_t> bytes,
                              const Files& files = {}) {
  const auto read = read_with(reader, bytes, files);
  EXPECT_FALSE(read.has_value());
  return read ? std::string() : read.error().message;
}

/// Every shorter beginning of `bytes` is an error that names the file.
inline void expect_no_part_is_read(const std::string& reader, const Bytes& bytes, const Files& files = {}) {
  ASSERT_TRUE(read_with(reader, bytes, files).has_value()) << read_with(reader, bytes, files).error().message;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_with(reader, std::span(bytes).first(size), files);
    ASSERT_FALSE(read.has_value()) << reader << ": " << size << " of " << bytes.size()
                                   << " bytes were enough";
    EXPECT_NE(read.error().message.find(files.name), std::string::npos) << read.error().message;
  }
}

/// The folder of real data sets; tests skip where it is not there.
inline std::filesystem::path data_folder() {
  if (const char* const folder = std::getenv("MOTE_DATA")) return folder;
  return std::filesystem::path(MOTE_SOURCE_DIR) / ".." / "shared" / "data";
}

}  // namespace mote::reader_testing

#define MOTE_NEED_DATA(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << (path) << " is not there: set MOTE_DATA"
