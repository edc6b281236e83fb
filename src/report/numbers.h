// How reports write numbers and how they make strangers' text harmless.  Nothing depends on a locale; the same
// value gives the same characters everywhere.  Read document.h next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mote::report {

/// What stands where a number is unknown or not finite.
inline constexpr std::string_view kUnknown = "–";

/// 12.345, 1 → "12.3"; never "-0.0".
std::string fixed(double value, int decimals);
/// About `digits` significant digits, thousands grouped, no exponent up to 1e15: 0.012345 → "0.0123".
std::string significant(double value, int digits = 3);
/// 0.9274 → "92.74 %".
std::string percent(double share, int decimals = 2);
/// 1,234,567 → "1,234,567"; values between integers are rounded.
std::string grouped(double value);
/// 12345 → "12.3 kB", 831 → "831 B"; kB = 1000 bytes.
std::string kilobytes(double bytes);
/// 1234567 → "1.23 M", 51200 → "51.2 k": for axes and bars, where room is short.
std::string compact(double value);
/// 0.0123 → "12.3 ms", 75 → "75.0 s", 200 → "3 min 20 s".
std::string duration(double seconds);

/// One of the above, or kUnknown.
template <class Format>
std::string or_unknown(const std::optional<double>& value, Format format) {
  return value ? format(*value) : std::string(kUnknown);
}

/// `s` as valid UTF-8 in one line: broken bytes become U+FFFD, control characters blanks.  A name cannot move
/// the cursor of a terminal or end a line of a table.
std::string one_line(std::string_view s);
/// one_line() with & < > " ' written so that HTML and SVG take them as text, in content and in attributes.
std::string escape(std::string_view s);

/// Characters of `s`, which is about its width in a terminal (one column each).
std::size_t width_of(std::string_view s);
/// At most `width` characters, the cut one marked: "depthwise_c…".
std::string clip(std::string_view s, std::size_t width);

}  // namespace mote::report
