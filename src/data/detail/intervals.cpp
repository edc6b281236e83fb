#include "data/detail/intervals.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/stamps.h"

namespace mote {
namespace {

using Json = nlohmann::json;

constexpr const char* kForm = "{\"walk.csv\": [[\"begin\", \"end\"], …], …}";
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 24;

Result<Json> parse(const std::filesystem::path& file) {
  MOTE_TRY(const std::string content, read_text(file, kMaxBytes));
  const std::string name = file.filename().string();
  Json json = Json::parse(content, nullptr, false);
  if (json.is_discarded())
    return error(text::cat(name, ": is not JSON"), text::cat("intervals are like ", kForm));
  if (!json.is_object())
    return error(text::cat(name, ": is not an object: intervals by file"),
                 text::cat("intervals are like ", kForm));
  return json;
}

/// A moment in seconds, as the rows have it.
Result<double> moment_of(const Json& json, const Clock& clock, const std::string& place) {
  const bool is_text = json.is_string();
  const std::string word =
      is_text ? json.get<std::string>() : json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (!is_text && !json.is_number())
    return error(text::cat(place, ": ", shown_cell(word), " is no time"), "a number, or a date in quotes");
  if (clock.is_calendar) {
    const auto moment = is_text ? parse_stamp(word, clock.month_first) : std::nullopt;
    if (moment) return *moment;
    return error(text::cat(place, ": ", shown_cell(word), " is no date, but the rows' times are dates"),
                 "like \"2020-03-09 10:34:33\" or \"09/03/2020 10:34\"");
  }
  const auto number = number_in(word);
  if (number) return *number * clock.unit;
  return error(text::cat(place, ": ", shown_cell(word), " is no number, but the rows' times are numbers"),
               "write begin and end as the column of times has them");
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  return a == b || text::ends_with(a, "/" + b) || text::ends_with(b, "/" + a);
}

Result<std::vector<Interval>> read_intervals(const std::filesystem::path& json, const std::string& file,
                                             const Clock& clock) {
  MOTE_TRY(const Json all, parse(json));
  std::vector<Interval> intervals;
  for (const auto& [name, list] : all.items()) {
    if (!same_file(name, file)) continue;
    const std::string place = text::cat(json.filename().string(), ", '", name, "'");
    if (!list.is_array())
      return error(text::cat(place, ": is not a list of intervals"), text::cat("intervals are like ", kForm));
    for (std::size_t k = 0; k < list.size(); ++k) {
      const std::string at = text::cat(place, ", interval ", k + 1);
      if (!list[k].is_array() || list[k].size() != 2)
        return error(text::cat(at, ": is not a pair"), "[\"begin\", \"end\"] in brackets of its own");
      MOTE_TRY(const double begin, moment_of(list[k][0], clock, at));
      MOTE_TRY(const double end, moment_of(list[k][1], clock, at));
      if (begin > end) return error(text::cat(at, ": begins after its end"), "the earlier time first");
      intervals.emplace_back(begin, end);
    }
  }
  return intervals;
}

Result<std::vector<std::string>> interval_files(const std::filesystem::path& json) {
  MOTE_TRY(const Json all, parse(json));
  std::vector<std::string> files;
  for (const auto& [name, list] : all.items()) files.push_back(name);
  return files;
}

}  // namespace mote
