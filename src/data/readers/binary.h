// Internal to the readers: numbers out of bytes in either order, and what counts as a missing value.
// Callers have checked that the bytes are there.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"

namespace mote {

using ByteView = std::span<const std::uint8_t>;

/// `size` ≤ 8 bytes from `at` on, least significant first.
inline std::uint64_t little_endian(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}
/// The same, most significant first.
inline std::uint64_t big_endian(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}
/// The lowest `bits` (1 … 32) of `value` as a two's complement number.
inline std::int32_t sign_extended(std::uint64_t value, int bits) {
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  const std::uint64_t low = value & ((sign << 1) - 1);
  return static_cast<std::int32_t>(static_cast<std::int64_t>(low ^ sign) - static_cast<std::int64_t>(sign));
}
inline float float_of_bits(std::uint64_t bits) {
  const auto word = static_cast<std::uint32_t>(bits);
  float value = 0;
  std::memcpy(&value, &word, sizeof value);
  return value;
}
inline double double_of_bits(std::uint64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// NaN, infinite and too large for a float: all are missing values, which the project's `missing` decides about.
inline float finite_or_missing(double value) {
  constexpr double most = std::numeric_limits<float>::max();
  return std::fabs(value) <= most ? static_cast<float>(value) : std::numeric_limits<float>::quiet_NaN();
}

/// A number as a label: "3" for 3.0, "0.5".
inline std::string word_of(double value) {
  const bool whole = std::fabs(value) < 9e15 && value == std::floor(value);
  return whole ? text::cat(static_cast<std::int64_t>(value)) : text::shortest(value);
}

inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline bool has_tag(ByteView bytes, std::size_t at, std::string_view tag) {
  return bytes.size() >= tag.size() && at <= bytes.size() - tag.size() &&
         text_of(bytes.subspan(at, tag.size())) == tag;
}

}  // namespace mote
