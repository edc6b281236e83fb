// Time stamps as people write them: seconds since 1970, in the time zone of the file.
// Private to the room; readers/csv_series.cpp uses it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mote {

/// "2020-03-09 10:34:33", "2015-09-01T13:45:00.5Z", "10/03/2004 18:00" (day first unless `month_first`), "10.03.2004", "2020/03/09";
/// seconds, fractions and the time of day may be missing.  Nothing where the text is none of these, or no such day.
std::optional<double> parse_stamp(std::string_view text, bool month_first);

/// Seconds of one unit: s, ms, us, min, h, d.
std::optional<double> seconds_of_unit(std::string_view unit);

}  // namespace mote
