// Reads CSV where a row is a moment: the columns that inputs and target name become channels over time, those of label, group and
// split become words of each row.  A file is one recording, or several: see SeriesStyle in reader.h.
#include <algorithm>
#include <cmath>
#include <set>

#include "data/detail/assemble.h"
#include "data/detail/columns.h"
#include "data/detail/intervals.h"
#include "data/detail/stamps.h"
#include "data/reader.h"
#include "math/random.h"

namespace mote {
namespace {

/// Channels that every stream with a calendar has: where in the day, week and year a moment lies, as points of a circle.
const std::vector<std::string>& calendar_names() {
  static const std::vector<std::string> names = {"day_sin",  "day_cos",  "week_sin",
                                                 "week_cos", "year_sin", "year_cos"};
  return names;
}

double calendar_value(std::size_t which, double seconds) {
  constexpr double kDay = 86400, kPeriods[] = {kDay, 7 * kDay, 365.25 * kDay};
  constexpr double kTurn = 6.28318530717958647692;
  const double turns = seconds / kPeriods[which / 2], phase = kTurn * (turns - std::floor(turns));
  return which % 2 == 0 ? exact::cos(phase - kTurn / 4) : exact::cos(phase);
}

/// A column to keep as a channel: of the table, a comparison of a column with a word, or of the calendar.
struct Channel {
  std::string name;
  std::size_t column = 0;
  std::string word;  ///< 1 where the cell is this word
  bool is_comparison = false;
  int calendar = -1;     ///< index into calendar_names()
  bool is_named = true;  ///< by the project; else it is taken because it holds numbers
};

class SeriesReader {
 public:
  SeriesReader(const Table& table, const ReadContext& context)
      : table_(table), source_(context.source), style_(context.source.series) {}

  Result<std::vector<Recording>> read() {
    MOTE_TRY_VOID(find_columns());
    MOTE_TRY_VOID(read_times());
    MOTE_TRY_VOID(find_channels());
    MOTE_TRY_VOID(read_intervals());
    std::vector<Recording> recordings;
    for (std::size_t begin = 0; begin < table_.rows.size();) {
      const std::size_t end = end_of_recording(begin);
      MOTE_TRY(Recording recording, make(begin, end, recordings.size()));
      recordings.push_back(std::move(recording));
      begin = end;
    }
    return recordings;
  }

 private:
  std::string place(std::size_t row) const { return text::cat(table_.file, ", line ", table_.lines[row]); }
  std::string cell(std::size_t row, std::size_t column) const {
    return std::string(text::trim(table_.rows[row][column]));
  }
  std::optional<std::size_t> index_of(const std::string& name) const {
    const auto found = std::find(table_.columns.begin(), table_.columns.end(), name);
    if (name.empty() || found == table_.columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table_.columns.begin());
  }

  Result<void> find_columns() {
    for (const std::string& name : style_.time) {
      MOTE_TRY(const std::size_t at, find_column(name, table_, "(time)"));
      time_.push_back(at);
    }
    if (!style_.sensor.empty()) {
      MOTE_TRY(sensor_, find_column(style_.sensor, table_, "(sensor)"));
    }
    if (!style_.recording.empty()) {
      MOTE_TRY(recording_, find_column(style_.recording, table_, "(recording)"));
    }
    for (const std::string* name : {&source_.label_column, &source_.group_column, &source_.split_column}) {
      if (const auto at = index_of(*name)) words_[*name] = *at;
    }
    return {};
  }

  Result<void> read_times() {
    if (time_.empty()) return {};
    const auto unit = seconds_of_unit(style_.time_unit);
    if (!unit)
      return error(text::cat("data.time_unit: '", style_.time_unit, "' is not known"),
                   "s, ms, us, min, h or d");
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      std::string stamp = cell(r, time_[0]);
      if (time_.size() > 1) stamp += " " + cell(r, time_[1]);
      const auto number = time_.size() == 1 ? number_in(stamp, source_.csv.decimal) : std::nullopt;
      const auto moment =
          number ? std::optional<double>(*number * *unit) : parse_stamp(stamp, style_.month_first);
      if (!moment) {
        return error(
            text::cat(place(r), ", column '", style_.time[0], "': ", shown_cell(stamp), " is not a time"),
            source_.csv.decimal == ',' && number_in(stamp)
                ? "with decimal = \",\" a time has a comma too: 0,25"
                : "a number, or like 2020-03-09 10:34:33 or 09/03/2020 10:34");
      }
      constexpr double kMostSeconds = 1e15;  // 30 million years
      if (!(std::abs(*moment) <= kMostSeconds))
        return error(text::cat(place(r), ", column '", style_.time[0], "': the time ", shown_cell(stamp),
                               " is out of range"),
                     "times lie within 30 million years of 0: correct the cell, or time_unit");
      if (r == 0) is_calendar_ = !number;
      times_.push_back(*moment);
    }
    return {};
  }

  /// What inputs and target name, once each; all columns of numbers where an input names none.
  Result<void> find_channels() {
    Table known = table_header();
    std::vector<std::string> texts = source_.target.columns;
    if (source_.task == "multi-label")
      texts.insert(texts.end(), source_.labels.begin(), source_.labels.end());
    bool all = source_.inputs.empty();  // import asks for no input
    for (const InputSource& input : source_.inputs) {
      texts.insert(texts.end(), input.columns.begin(), input.columns.end());
      all = all || input.columns.empty();
    }
    std::set<std::size_t> taken;
    for (const std::string& text : texts) {
      MOTE_TRY(const std::vector<ColumnRule> rules, parse_columns(text, known));
      for (const ColumnRule& rule : rules) {
        if (rule.op == '=') {
          channels_.push_back({rule.name, rule.left.column, rule.word, true, -1});
          continue;
        }
        for (const Operand& operand : rule.operands()) {
          if (operand.over != Over::Row)
            return error(text::cat("'", rule.name, "': mean(…) and median(…) are for rows that are samples"),
                         "in a series, subtract a channel, or normalize = \"standard\"");
          if (taken.insert(operand.column).second) channels_.push_back(channel_of(operand.column));
        }
      }
    }
    if (all) add_all_numbers(taken);
    if (channels_.empty())
      return error(text::cat(table_.file, ": no column of numbers"),
                   "name the columns: columns = [\"ax\", \"ay\"]");
    return {};
  }

  Table table_header() const {
    Table known;
    known.file = table_.file;
    known.columns = table_.columns;
    if (is_calendar_) {
      known.columns.insert(known.columns.end(), calendar_names().begin(), calendar_names().end());
    }
    return known;
  }

  Channel channel_of(std::size_t column) const {
    if (column < table_.columns.size()) return {table_.columns[column], column, "", false, -1};
    const std::size_t which = column - table_.columns.size();
    return {calendar_names()[which], 0, "", false, static_cast<int>(which)};
  }

  std::optional<double> number_at(std::size_t row, std::size_t column) const {
    return number_in(table_.rows[row][column], source_.csv.decimal);
  }

  /// Of the cells that are not missing, at least half are numbers: the others are slips, which make() finds.
  bool holds_numbers(std::size_t column) const {
    std::size_t numbers = 0, words = 0;
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      if (number_at(r, column))
        ++numbers;
      else
        words += !is_missing(table_.rows[r][column]);
    }
    return numbers >= words;
  }

  void add_all_numbers(const std::set<std::size_t>& taken) {
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const bool other = taken.count(c) > 0 || c == sensor_ || c == recording_ ||
                         std::find(time_.begin(), time_.end(), c) != time_.end() ||
                         words_.count(table_.columns[c]) > 0;
      if (other || !holds_numbers(c)) continue;
      channels_.push_back(channel_of(c));
      channels_.back().is_named = false;
    }
  }

  Result<void> read_intervals() {
    if (style_.intervals.empty()) return {};
    if (times_.empty())
      return error("data.intervals: the rows have no times", "name their column: time = \"timestamp\"");
    const Clock clock = {is_calendar_, seconds_of_unit(style_.time_unit).value_or(1), style_.month_first};
    MOTE_TRY(intervals_, mote::read_intervals(style_.intervals, table_.file, clock));
    return {};
  }

  std::size_t end_of_recording(std::size_t begin) const {
    const std::size_t size = table_.rows.size();
    if (style_.rows > 0) return std::min(size, begin + static_cast<std::size_t>(style_.rows));
    if (style_.recording.empty()) return size;
    std::size_t end = begin + 1;
    while (end < size && cell(end, recording_) == cell(begin, recording_)) ++end;
    return end;
  }

  /// Rows of a recording in the order of time, without those that repeat a moment of the same sensor.
  Result<std::vector<std::size_t>> ordered_rows(std::size_t begin, std::size_t end) const {
    std::vector<std::size_t> rows;
    for (std::size_t r = begin; r < end; ++r) rows.push_back(r);
    if (times_.empty()) return rows;
    if (style_.sort)
      std::stable_sort(rows.begin(), rows.end(),
                       [&](std::size_t a, std::size_t b) { return times_[a] < times_[b]; });
    std::map<std::string, double> last;  // by sensor
    std::vector<std::size_t> kept;
    for (const std::size_t r : rows) {
      const std::string sensor = style_.sensor.empty() ? "" : cell(r, sensor_);
      const auto before = last.find(sensor);
      if (before != last.end() && times_[r] < before->second) {
        return error(text::cat(place(r), ": the time goes backwards"),
                     "correct the rows, or set sort = true where they are only out of order");
      }
      if (before != last.end() && times_[r] == before->second) continue;
      last[sensor] = times_[r];
      kept.push_back(r);
    }
    return kept;
  }

  Result<Recording> make(std::size_t begin, std::size_t end, std::size_t number) const {
    MOTE_TRY(const std::vector<std::size_t> rows, ordered_rows(begin, end));
    Recording recording;
    recording.origin = table_.file;
    if (style_.rows > 0 || !style_.recording.empty()) {
      recording.origin += text::cat(", line ", table_.lines[begin]);
      recording.fields["part"] = text::cat(number);
    }
    if (!style_.recording.empty()) recording.fields[style_.recording] = cell(begin, recording_);
    std::map<std::string, std::vector<std::size_t>> by_sensor;
    for (const std::size_t r : rows) by_sensor[style_.sensor.empty() ? "" : cell(r, sensor_)].push_back(r);
    const double start = times_.empty() ? 0 : times_[rows[0]];
    if (!times_.empty()) recording.start = start;
    recording.has_dates = is_calendar_;
    for (const auto& [sensor, own] : by_sensor) {
      MOTE_TRY(Stream stream, make_stream(sensor, own, start));
      recording.streams.push_back(std::move(stream));
    }
    const std::vector<std::size_t>& first = by_sensor.begin()->second;
    for (const auto& [name, column] : words_) {
      for (const std::size_t r : first) recording.marks[name].push_back(cell(r, column));
    }
    if (!style_.intervals.empty()) {
      for (const std::size_t r : first) {
        const bool inside = std::any_of(intervals_.begin(), intervals_.end(), [&](const auto& interval) {
          return times_[r] >= interval.first && times_[r] <= interval.second;
        });
        recording.marks["interval"].push_back(inside ? "1" : "0");
      }
    }
    return recording;
  }

  Result<Stream> make_stream(const std::string& name, const std::vector<std::size_t>& rows,
                             double start) const {
    Stream stream;
    stream.name = name;
    stream.frame = {static_cast<std::int32_t>(channels_.size())};
    for (const Channel& channel : channels_) stream.channels.push_back(channel.name);
    stream.values.reserve(rows.size() * channels_.size());
    for (const std::size_t r : rows) {
      stream.lines.push_back(table_.lines[r]);
      if (!times_.empty()) stream.times.push_back(times_[r] - start);
      for (const Channel& channel : channels_) {
        MOTE_TRY(const float value, value_of(channel, r));
        stream.values.push_back(value);
      }
    }
    return stream;
  }

  Result<float> value_of(const Channel& channel, std::size_t row) const {
    if (channel.calendar >= 0)
      return static_cast<float>(calendar_value(static_cast<std::size_t>(channel.calendar), times_[row]));
    const std::string_view content = table_.rows[row][channel.column];
    if (channel.is_comparison) return text::trim(content) == channel.word ? 1.0f : 0.0f;
    if (const auto number = number_at(row, channel.column)) return static_cast<float>(*number);
    if (is_missing(content)) return std::nanf("");
    Error problem = not_a_number(text::cat(place(row), ", column '", channel.name, "'"), content, source_);
    if (!channel.is_named) problem.hint += "; or name the columns that are meant: columns = [\"ax\", \"ay\"]";
    return problem;
  }

  const Table& table_;
  const DataSource& source_;
  const SeriesStyle& style_;
  std::vector<std::size_t> time_;
  std::size_t sensor_ = static_cast<std::size_t>(-1), recording_ = static_cast<std::size_t>(-1);
  std::map<std::string, std::size_t> words_;  // mark → column
  std::vector<double> times_;                 // by row; empty: no clock
  bool is_calendar_ = false;
  std::vector<Channel> channels_;
  std::vector<Interval> intervals_;
};

Result<std::vector<Recording>> read_series(std::span<const std::uint8_t> bytes, const ReadContext& context) {
  MOTE_TRY(const Table table, parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                        context.name, context.source.csv));
  return SeriesReader(table, context).read();
}

}  // namespace
}  // namespace mote

MOTE_READER(csv_series) {
  static const mote::Reader reader = {"csv_series",
                                      "CSV; a row is a moment, columns are channels; windows are cut from it",
                                      {},
                                      nullptr,
                                      mote::read_series};
  return reader;
}
