// Numbers and harmless text: see numbers.h.
#include "report/numbers.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace mote::report {
namespace {

/// "-1234567.5" → "-1,234,567.5".
std::string with_groups(const std::string& digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(digits.find('.'), digits.size());
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > first && i < end && (end - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

/// Bytes of the well-formed UTF-8 sequence that starts at s[i]; 0 when it is broken.  (Unicode, table 3-7)
std::size_t sequence_bytes(std::string_view s, std::size_t i) {
  const auto byte = [&](std::size_t k) {
    return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0u;
  };
  const auto between = [&](std::size_t k, unsigned low, unsigned high) {
    return byte(k) >= low && byte(k) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return between(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return between(1, low, high) && between(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return between(1, low, high) && between(2, 0x80, 0xBF) && between(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool is_control(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
  if (sequence.size() == 2) return lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;  // C1
  // U+2028…U+202E and U+2066…U+2069 break lines or turn the writing direction; U+FFFE and U+FFFF are no XML.
  return sequence == "\u2028" || sequence == "\u2029" || (sequence >= "\u202A" && sequence <= "\u202E") ||
         (sequence >= "\u2066" && sequence <= "\u2069") || sequence == "\xEF\xBF\xBE" ||
         sequence == "\xEF\xBF\xBF";
}

}  // namespace

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return std::string(kUnknown);
  std::string digits = fmt::format("{:.{}f}", value, decimals);
  if (digits.starts_with('-') && digits.find_first_of("123456789") == std::string::npos) digits.erase(0, 1);
  return digits;
}

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return std::string(kUnknown);
  if (value == 0) return "0";
  const double size = std::fabs(value);
  if (size >= 1e15 || size < 1e-9) return fmt::format("{:.{}e}", value, digits - 1);
  const int magnitude = static_cast<int>(std::floor(std::log10(size)));
  return with_groups(fixed(value, std::max(0, digits - 1 - magnitude)));
}

std::string percent(double share, int decimals) {
  return std::isfinite(share) ? fixed(share * 100, decimals) + " %" : std::string(kUnknown);
}

std::string grouped(double value) {
  if (!std::isfinite(value)) return std::string(kUnknown);
  if (std::fabs(value) >= 1e18) return significant(value);
  return text::thousands(std::llround(value));
}

std::string kilobytes(double bytes) {
  if (!std::isfinite(bytes)) return std::string(kUnknown);
  if (std::fabs(bytes) < 1000) return grouped(bytes) + " B";
  return with_groups(fixed(bytes / 1000, std::fabs(bytes) < 1e5 ? 2 : 1)) + " kB";
}

std::string compact(double value) {
  const double size = std::fabs(value);
  if (!std::isfinite(value)) return std::string(kUnknown);
  if (size >= 1e9) return significant(value / 1e9) + " G";
  if (size >= 1e6) return significant(value / 1e6) + " M";
  if (size >= 1e4) return significant(value / 1e3) + " k";
  if (value == std::floor(value)) return grouped(value);
  return significant(value);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return std::string(kUnknown);
  if (seconds < 1) return significant(seconds * 1e3) + " ms";
  if (seconds < 120) return fixed(seconds, 1) + " s";
  const auto whole = std::llround(std::min(seconds, 1e12));
  return text::cat(whole / 60, " min ", whole % 60, " s");
}

std::string one_line(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t n = sequence_bytes(s, i);
    if (n == 0) {
      out += "\uFFFD";
    } else if (is_control(s.substr(i, n))) {
      out += ' ';
    } else {
      out += s.substr(i, n);
    }
    i += std::max<std::size_t>(n, 1);
  }
  return out;
}

std::string escape(std::string_view s) {
  std::string out;
  for (const char c : one_line(s)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::size_t width_of(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(
      s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string clip(std::string_view s, std::size_t width) {
  if (width_of(s) <= width) return std::string(s);
  if (width == 0) return {};
  std::size_t seen = 0, end = 0;
  for (; end < s.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(s[end]) & 0xC0) != 0x80;
    if (starts && seen++ == width - 1) break;
  }
  return std::string(s.substr(0, end)) + "…";
}

}  // namespace mote::report
