// The answer among the inputs: a channel that is the label or the number under its own name or another, or that tells the class
// alone.  On the device it would not be there, or no network would be needed.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "data/detail/findings.h"
#include "data/detail/moments.h"

namespace mote {
namespace {

constexpr std::int64_t kEnough = 20;          // samples; in fewer, a channel may tell the class by chance
constexpr std::int64_t kFewOfClass = 3;       // a class with fewer is left out: one sample is always alike
constexpr std::size_t kMostRanges = 1 << 24;  // steps × classes that are looked at one by one
constexpr std::size_t kMostNumbers = 8;       // that are predicted at once
constexpr double kSameLine = 1e-8;            // 1 − r² of numbers that are the same but for rounding

/// Pictures are not looked at: no pixel has a name.
bool has_channels(const DataInput& input) { return input.count() > 0 && input.shape.size() <= 2; }

/// Samples whose answers are held against their values: what trains; of detectors, which train on one class, all.
std::vector<std::size_t> samples_of(const Dataset& data) {
  std::vector<std::size_t> samples;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool counts =
        data.task == Task::Anomaly ? data.split[i] != Split::Unused : data.split[i] == Split::Train;
    if (counts) samples.push_back(i);
  }
  return samples;
}

/// "class" itself, or a figure of a window of it: "mean(class)".
bool is_called(const std::string& channel, const std::string& column) {
  return channel == column || (text::ends_with(channel, text::cat("(", column, ")")));
}

/// The answer's column by which the channel is called; nothing where there is none.
std::optional<std::string> column_of(const Dataset& data, const DataInput& input, std::size_t channel) {
  if (channel >= input.channels.size()) return std::nullopt;
  for (const std::string& column : data.answer_columns) {
    if (is_called(input.channels[channel], column)) return column;
  }
  return std::nullopt;
}

/// Things of an input that have a name: channels, or single steps where a series lies along a row; value e is of number
/// e % names_of(input).
std::size_t names_of(const DataInput& input) {
  return input.channels.empty() ? channels_of(input) : input.channels.size();
}

std::string name_of_channel(const DataInput& input, std::size_t channel) {
  return text::cat("'", channel < input.channels.size() ? input.channels[channel] : text::cat(channel), "'");
}

// ---- classes

struct Range {
  float low = std::numeric_limits<float>::infinity(), high = -std::numeric_limits<float>::infinity();
  void add(float value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// Each class has a range of its own.
bool are_apart(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.low < b.low; });
  for (std::size_t k = 1; k < ranges.size(); ++k) {
    if (ranges[k].low <= ranges[k - 1].high) return false;
  }
  return true;
}

bool are_single(const std::vector<Range>& ranges) {
  return std::all_of(ranges.begin(), ranges.end(),
                     [](const Range& range) { return range.low == range.high; });
}

/// What a channel says of the class.
enum class Telling { Nothing, Apart, Same };  ///< Same: one value for each class

class ClassTelling {
 public:
  ClassTelling(const Dataset& data, std::vector<std::size_t> samples) : data_(data) {
    std::map<std::int32_t, std::int64_t> counts;
    for (const std::size_t i : samples) ++counts[data.target[i]];
    class_of_.assign(data.labels.size(), kNone);
    for (const auto& [label, count] : counts) {
      if (count >= kFewOfClass) class_of_[static_cast<std::size_t>(label)] = classes_++;
    }
    for (const std::size_t i : samples) {
      if (class_of(i) != kNone) samples_.push_back(i);
    }
  }
  std::size_t samples() const { return samples_.size(); }

  /// By channel.
  std::vector<Telling> of(const DataInput& input) const {
    const std::size_t channels = names_of(input), count = input.count();
    std::vector<Telling> told(channels, Telling::Nothing);
    if (classes_ < 2 || static_cast<std::int64_t>(samples_.size()) <= kEnough) return told;
    const bool by_step = count * classes_ <= kMostRanges;
    std::vector<Range> whole(channels * classes_), steps(by_step ? count * classes_ : 0);
    for (const std::size_t i : samples_) {
      const auto values = input.sample(i);
      const std::size_t own = class_of(i);
      for (std::size_t e = 0; e < count; ++e) {
        whole[e % channels * classes_ + own].add(values[e]);
        if (by_step) steps[e * classes_ + own].add(values[e]);
      }
    }
    const auto ranges = [&](const std::vector<Range>& from, std::size_t at) {
      const auto first = from.begin() + static_cast<std::ptrdiff_t>(at * classes_);
      return std::vector<Range>(first, first + static_cast<std::ptrdiff_t>(classes_));
    };
    for (std::size_t c = 0; c < channels; ++c) {
      if (are_apart(ranges(whole, c))) told[c] = Telling::Apart;
      if (!by_step && are_apart(ranges(whole, c)) && are_single(ranges(whole, c))) told[c] = Telling::Same;
    }
    for (std::size_t e = 0; by_step && e < count; ++e) {
      const std::vector<Range> of_step = ranges(steps, e);
      if (are_single(of_step) && are_apart(of_step)) told[e % channels] = Telling::Same;
    }
    return told;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t class_of(std::size_t i) const { return class_of_[static_cast<std::size_t>(data_.target[i])]; }

  const Dataset& data_;
  std::vector<std::size_t> class_of_;  // by label; kNone: too few
  std::size_t classes_ = 0;
  std::vector<std::size_t> samples_;
};

// ---- numbers

/// How far pairs of numbers lie on a line: sums of what they are away from the first pair.
struct Line {
  double x0 = 0, y0 = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  bool is_same = true;  ///< x is y, but for rounding
  std::int64_t count = 0;

  void add(double a, double b) {
    if (count++ == 0) x0 = a, y0 = b;
    is_same = is_same && std::abs(a - b) <= 1e-5 * std::max(std::abs(a), std::abs(b)) + 1e-6;
    a -= x0, b -= y0;
    x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
  }
  bool is_line() const {
    const auto n = static_cast<double>(count);
    const double vx = xx - x * x / n, vy = yy - y * y / n, covariance = xy - x * y / n;
    if (!(vx > 1e-12 * xx) || !(vy > 1e-12 * yy)) return false;
    return 1 - covariance * covariance / (vx * vy) < kSameLine;
  }
};

/// By channel: whether one of its steps is number `k`.
std::vector<Telling> number_telling(const Dataset& data, const std::vector<std::size_t>& samples,
                                    const DataInput& input, std::size_t k) {
  const std::size_t channels = names_of(input), axis = channels_of(input), count = input.count();
  std::vector<Telling> told(channels, Telling::Nothing);
  if (static_cast<std::int64_t>(samples.size()) <= kEnough || count > kMostRanges) return told;
  std::vector<Line> lines(count);
  for (const std::size_t i : samples) {
    const auto values = input.sample(i);
    const double number = data.number.real(i, data.number.sample(i)[k]);
    for (std::size_t e = 0; e < count; ++e)
      lines[e].add(reading(input, e % axis, static_cast<double>(values[e])), number);
  }
  for (std::size_t e = 0; e < count; ++e) {
    if (!lines[e].is_line()) continue;
    Telling& of = told[e % channels];
    of = lines[e].is_same ? Telling::Same : std::max(of, Telling::Apart);
  }
  return told;
}

// ---- findings

class AnswerChecks {
 public:
  AnswerChecks(const Dataset& data, Findings& findings) : data_(data), findings_(findings) {}

  void check() {
    const bool has_classes = data_.task == Task::Classification || data_.task == Task::Anomaly;
    const std::vector<std::size_t> samples = samples_of(data_);
    const ClassTelling classes(data_, has_classes ? samples : std::vector<std::size_t>{});
    for (const DataInput& input : data_.inputs) {
      if (!has_channels(input)) continue;
      named_.assign(names_of(input), false);
      check_names(input);
      if (has_classes) report_classes(input, classes);
      const std::size_t numbers = has_classes ? 0 : std::min(data_.number.count(), kMostNumbers);
      for (std::size_t k = 0; k < numbers; ++k) report_number(input, samples, k);
    }
    if (!found_) findings_.push_back({Severity::Ok, "no channel gives the answer away", ""});
  }

 private:
  void add(Severity severity, const std::string& title, const std::string& detail) {
    findings_.push_back({severity, title, detail});
    found_ = true;
  }

  void check_names(const DataInput& input) {
    for (std::size_t c = 0; c < input.channels.size(); ++c) {
      const auto column = column_of(data_, input, c);
      if (!column) continue;
      add(Severity::Problem, "the answer is among the inputs",
          text::cat("input '", input.name, "', ", name_of_channel(input, c), " is the column '", *column,
                    "', which is to be predicted: take it out of the input."));
      named_[c] = true;
    }
  }

  /// "input 'x', 'a', 'b' and 2 more"; nothing where no channel tells so much.
  std::string telling(const DataInput& input, const std::vector<Telling>& told, Telling what) const {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < told.size(); ++c) {
      if (told[c] == what && !named_[c]) names.push_back(name_of_channel(input, c));
    }
    return names.empty() ? std::string() : text::cat("input '", input.name, "', ", listed(names), ": ");
  }

  void report_classes(const DataInput& input, const ClassTelling& classes) {
    const std::vector<Telling> told = classes.of(input);
    const std::string count = text::thousands(static_cast<std::int64_t>(classes.samples()));
    if (const std::string which = telling(input, told, Telling::Same); !which.empty())
      add(Severity::Problem, "the answer is among the inputs",
          text::cat(which, "one value for each label, its own, in all ", count,
                    " samples: the label under another name. Take it out of the input."));
    if (const std::string which = telling(input, told, Telling::Apart); !which.empty())
      add(Severity::Warning, "a channel alone tells the class",
          text::cat(which, "the values of different labels never overlap in ", count,
                    " samples. If it is only known when the answer is, take it out; if the device has it, a "
                    "comparison does what the network would."));
  }

  void report_number(const DataInput& input, const std::vector<std::size_t>& samples, std::size_t k) {
    const std::vector<Telling> told = number_telling(data_, samples, input, k);
    const std::string count = text::thousands(static_cast<std::int64_t>(samples.size()));
    if (const std::string which = telling(input, told, Telling::Same); !which.empty())
      add(Severity::Problem, "the answer is among the inputs",
          text::cat(which, "equal to '", data_.number.names[k], "' in all ", count,
                    " training samples: take it out of the input."));
    if (const std::string which = telling(input, told, Telling::Apart); !which.empty())
      add(Severity::Warning, "a channel alone tells the number",
          text::cat(which, "'", data_.number.names[k], "' but for a factor and an offset in all ", count,
                    " training samples. If it is the same column in another scale, take it out."));
  }

  const Dataset& data_;
  Findings& findings_;
  std::vector<bool> named_;  // by channel of the input at hand
  bool found_ = false;
};

}  // namespace

void check_answers(const Dataset& data, Findings& findings) { AnswerChecks(data, findings).check(); }

}  // namespace mote
