#include "data/detail/stamps.h"

#include <cctype>
#include <cstdint>

#include "base/text.h"

namespace mote {
namespace {

/// Walks over the text; every step says whether it went well.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool at_end() const { return at_ == text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// 1 to `most` digits.
  std::optional<int> number(std::size_t most) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < most && !at_end() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      value = 10 * value + (text_[at_++] - '0');
      ++digits;
    }
    return digits > 0 ? std::optional<int>(value) : std::nullopt;
  }
  /// ".25" after the seconds.
  double fraction() {
    double value = 0, place = 0.1;
    while (!at_end() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      value += place * (text_[at_++] - '0');
      place /= 10;
    }
    return value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/// Days since 1970-01-01 of the proleptic Gregorian calendar; nothing for days that do not exist.
std::optional<std::int64_t> days_since_1970(int year, int month, int day) {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1) return std::nullopt;
  if (day > lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0)) return std::nullopt;
  const std::int64_t y = year - 1;
  std::int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + day - 1;
  for (int m = 1; m < month; ++m) days += lengths[m - 1] + (m == 2 && is_leap(year) ? 1 : 0);
  return days - 719162;
}

std::optional<std::int64_t> read_date(Cursor& cursor, bool month_first) {
  const auto first = cursor.number(4);
  if (!first) return std::nullopt;
  for (const char separator : {'-', '/', '.'}) {
    if (!cursor.take(separator)) continue;
    const auto second = cursor.number(2);
    if (!second || !cursor.take(separator)) return std::nullopt;
    const auto third = cursor.number(4);
    if (!third) return std::nullopt;
    if (*first > 31 || separator == '-') return days_since_1970(*first, *second, *third);
    return month_first ? days_since_1970(*third, *first, *second) : days_since_1970(*third, *second, *first);
  }
  return std::nullopt;
}

/// Seconds of the day; with "Z" or an offset from UTC, which is taken away.
std::optional<double> read_time(Cursor& cursor) {
  const auto hour = cursor.number(2);
  if (!hour || *hour > 24 || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  double seconds = 3600.0 * *hour + 60.0 * *minute;
  if (cursor.take(':')) {
    const auto second = cursor.number(2);
    if (!second || *second > 60) return std::nullopt;
    seconds += *second;
    if (cursor.take('.') || cursor.take(',')) seconds += cursor.fraction();
  }
  if (cursor.take('Z')) return seconds;
  const bool east = cursor.take('+');
  if (!east && !cursor.take('-')) return seconds;
  const auto hours = cursor.number(2);
  if (!hours) return std::nullopt;
  cursor.take(':');
  const int minutes = cursor.number(2).value_or(0);
  return seconds - (east ? 1 : -1) * (3600.0 * *hours + 60.0 * minutes);
}

}  // namespace

std::optional<double> parse_stamp(std::string_view text, bool month_first) {
  Cursor cursor(text::trim(text));
  const auto days = read_date(cursor, month_first);
  if (!days) return std::nullopt;
  const double midnight = 86400.0 * static_cast<double>(*days);
  if (cursor.at_end()) return midnight;
  if (!cursor.take(' ') && !cursor.take('T')) return std::nullopt;
  const auto seconds = read_time(cursor);
  if (!seconds || !cursor.at_end()) return std::nullopt;
  return midnight + *seconds;
}

std::optional<double> seconds_of_unit(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "ms") return 1e-3;
  if (unit == "us") return 1e-6;
  if (unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return std::nullopt;
}

}  // namespace mote
