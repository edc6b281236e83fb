// Files of intervals: JSON that says from when to when something holds, by recording.  Private to the room; the reader of series
// marks rows by it, load.cpp looks whether its files are there.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mote {

/// How the rows' times are written, so that those of intervals mean the same.
struct Clock {
  bool is_calendar = false;  ///< dates; else numbers
  double unit = 1;           ///< seconds of the number 1
  bool month_first = false;
};

using Interval = std::pair<double, double>;  ///< seconds as the rows' times; both ends belong to it

/// Two names of files mean the same one as far as both go: "a.csv", "slow/a.csv".
bool same_file(const std::string& a, const std::string& b);

/// {"walk.csv": [["2020-03-09 10:34", "2020-03-09 10:40"], …], …}; numbers where the clock is one.
Result<std::vector<Interval>> read_intervals(const std::filesystem::path& json, const std::string& file,
                                             const Clock& clock);

/// The files that are named.
Result<std::vector<std::string>> interval_files(const std::filesystem::path& json);

}  // namespace mote
