// Text: gluing, numbers, nearest names, hashes.  Nothing here depends on a locale, a clock or an environment.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mote {

using Bytes = std::vector<std::uint8_t>;

namespace text {

/// cat("row ", 17, ": ", name) — any mix of things {fmt} can print.
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (out.append(fmt::format("{}", parts)), ...);
  return out;
}

std::vector<std::string> split(std::string_view line, char separator);
std::string_view trim(std::string_view s);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view s);
bool starts_with(std::string_view s, std::string_view prefix);
bool ends_with(std::string_view s, std::string_view suffix);

/// The whole of `s` as a number, or nothing: no leading blanks, no trailing letters, "1e5" and "-.5" are numbers.
std::optional<double> to_double(std::string_view s);
std::optional<std::int64_t> to_int(std::string_view s);

/// 1234567 → "1,234,567".
std::string thousands(std::int64_t value);

/// `value` as the shortest decimal text that reads back as the same float: 0.1f → "0.1".
std::string shortest(float value);
std::string shortest(double value);

/// The candidate with the smallest edit distance, or nothing when none is close enough to be a typing slip.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// "did you mean 'rate'?" or, when nothing is near, "known: a, b, c".
std::string suggest(std::string_view word, std::span<const std::string> candidates);

/// A valid C identifier made of `s`: "conv 1/x" → "conv_1_x"; never empty, never a leading digit.
std::string identifier(std::string_view s);

/// FNV-1a, the hash of golden files and of weights.  (Fowler, Noll, Vo; public domain)
std::uint64_t fnv1a64(std::span<const std::uint8_t> bytes, std::uint64_t seed = 0xcbf29ce484222325u);

}  // namespace text
}  // namespace mote
