// The checks of a Dataset, a function each; check_dataset lists them in the order in which a reader should learn of them.
#include "data/checks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_set>

#include "base/text.h"
#include "data/detail/findings.h"
#include "data/detail/moments.h"

namespace mote {

namespace {
constexpr std::size_t kNamed = 3;  // things that a message names one by one
}  // namespace

std::string percent_text(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string listed(const std::vector<std::string>& words) {
  const std::vector<std::string> shown(
      words.begin(), words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), kNamed)));
  return text::cat(text::join(shown, ", "),
                   words.size() > kNamed ? text::cat(" and ", words.size() - kNamed, " more") : "");
}

/// Their classes; of several labels, those that are on; else all alike.
std::vector<std::string> counted_labels(const Dataset& data) {
  return data.task == Task::Regression ? std::vector<std::string>{"samples"} : data.labels;
}

std::array<std::vector<std::int64_t>, 4> count_labels(const Dataset& data) {
  std::array<std::vector<std::int64_t>, 4> counts;
  for (auto& by_label : counts) by_label.assign(counted_labels(data).size(), 0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    std::vector<std::int64_t>& of = counts[index_of(data.split[i])];
    if (data.task != Task::MultiLabel) {
      ++of[static_cast<std::size_t>(data.target[i])];
      continue;
    }
    const auto on = data.number.sample(i);
    for (std::size_t k = 0; k < of.size(); ++k) of[k] += on[k] > 0.5f ? 1 : 0;
  }
  return counts;
}

std::array<std::int64_t, 4> count_samples(const Dataset& data) {
  std::array<std::int64_t, 4> counts = {};
  for (const Split split : data.split) ++counts[index_of(split)];
  return counts;
}

std::string channel_name(const DataInput& input, std::size_t channel) {
  if (channels_of(input) == 1 && input.count() > 1) return {};
  return channel < input.channels.size() ? input.channels[channel] : text::cat("channel ", channel);
}

std::string channel_title(const DataInput& input, std::size_t channel) {
  const std::string name = channel_name(input, channel);
  return name.empty() ? text::cat("input '", input.name, "'")
                      : text::cat("input '", input.name, "', '", name, "'");
}

namespace {

// ---- the checks

std::string number_text(std::int64_t value) { return text::thousands(value); }

std::string with_unit(const std::string& words, const std::string& unit) {
  return unit.empty() ? words : text::cat(words, " ", unit);
}

/// The largest class's share is what guessing it would score; a ratio above 10 between classes wants weights.
void check_balance(const Dataset& data, Findings& findings) {
  constexpr double kNoteRatio = 3, kWarnRatio = 10, kWarnMajority = 0.9;
  const auto counts = count_labels(data);
  for (const Split split : kUsedSplits) {
    const std::vector<std::int64_t>& of = counts[index_of(split)];
    std::int64_t total = 0, present = 0;
    std::size_t largest = 0, smallest = of.size();
    for (std::size_t k = 0; k < of.size(); ++k) {
      total += of[k];
      present += of[k] > 0;
      if (of[k] > of[largest]) largest = k;
      if (of[k] > 0 && (smallest == of.size() || of[k] < of[smallest])) smallest = k;
    }
    if (total == 0) continue;
    const double majority = static_cast<double>(of[largest]) / static_cast<double>(total);
    const double ratio = static_cast<double>(of[largest]) / static_cast<double>(of[smallest]);
    Severity severity = ratio > kNoteRatio ? Severity::Note : Severity::Ok;
    if (ratio > kWarnRatio || majority > kWarnMajority) severity = Severity::Warning;
    std::string detail = text::cat(number_text(total), " samples");
    if (present == 1) {
      detail += text::cat(", all '", data.labels[largest], "'.");
    } else if (of[largest] == of[smallest]) {
      detail += text::cat(", ", number_text(of[largest]), " of each of ", present, " labels.");
    } else {
      detail +=
          text::cat("; always answering '", data.labels[largest], "' would be right in ",
                    percent_text(majority), ". '", data.labels[largest], "' has ",
                    fmt::format("{:.1f}", ratio), " times the samples of '", data.labels[smallest], "'.");
    }
    if (severity == Severity::Warning)
      detail += " Judge by the recall of each class, and weight classes in training.";
    findings.push_back({severity, text::cat("class balance, ", name_of(split)), std::move(detail)});
  }
}

void check_few(const Dataset& data, Findings& findings) {
  constexpr std::int64_t kFewSamples = 20;
  const std::vector<std::int64_t> train = count_labels(data)[index_of(Split::Train)];
  std::vector<std::pair<std::int64_t, std::string>> few;
  for (std::size_t k = 0; k < train.size(); ++k) {
    if (train[k] > 0 && train[k] < kFewSamples)
      few.push_back({train[k], text::cat("'", data.labels[k], "'")});
  }
  if (few.empty()) return;
  std::sort(few.begin(), few.end());
  std::vector<std::string> names;
  for (const auto& [count, name] : few) names.push_back(text::cat(name, " (", count, ")"));
  findings.push_back(
      {Severity::Warning,
       few.size() == 1 ? text::cat("few training samples of ", few[0].second)
                       : text::cat("few training samples of ", few.size(), " labels"),
       text::cat(listed(names), "; a label with fewer than ", kFewSamples, " is hardly learned.")});
}

void check_labels_by_split(const Dataset& data, Findings& findings) {
  const auto counts = count_labels(data);
  const std::vector<std::int64_t>&train = counts[index_of(Split::Train)],
        &test = counts[index_of(Split::Test)];
  const std::vector<std::int64_t>& validation = counts[index_of(Split::Validation)];
  bool found = false;
  if (data.task == Task::Classification && data.labels.size() == 1) {
    findings.push_back(
        {Severity::Problem, "only one label",
         text::cat("all samples are '", data.labels[0],
                   "': there is nothing to tell apart. Add samples of another class, or name the "
                   "column that tells classes.")});
    found = true;
  }
  for (std::size_t k = 0; k < data.labels.size(); ++k) {
    const std::string label = text::cat("'", data.labels[k], "'");
    if (train[k] == 0 && test[k] + validation[k] > 0) {
      findings.push_back(
          {Severity::Problem, text::cat("label ", label, " is tested but never trained"),
           text::cat(test[k], " test and ", validation[k], " validation samples, none for training; ",
                     "every one of them will be wrong. Split differently, or ignore the label.")});
      found = true;
    } else if (test[k] == 0 && train[k] > 0) {
      findings.push_back(
          {Severity::Warning, text::cat("label ", label, " is never tested"),
           text::cat(train[k], " training samples, none for test: how well it is told is unknown.")});
      found = true;
    }
  }
  if (!found) findings.push_back({Severity::Ok, "every label is in train and test", ""});
}

/// Each label on its own: how often it is on.
void check_several_labels(const Dataset& data, Findings& findings) {
  const auto counts = count_labels(data);
  const auto samples = count_samples(data);
  for (const Split split : kUsedSplits) {
    const std::int64_t total = samples[index_of(split)];
    if (total == 0) continue;
    std::int64_t on = 0;
    std::vector<std::string> always;
    for (std::size_t k = 0; k < data.labels.size(); ++k) {
      const std::int64_t count = counts[index_of(split)][k];
      on += count;
      if (count == total) always.push_back(text::cat("'", data.labels[k], "'"));
    }
    findings.push_back(
        {always.empty() ? Severity::Ok : Severity::Warning, text::cat("labels, ", name_of(split)),
         text::cat(number_text(total), " samples with ",
                   fmt::format("{:.1f}", static_cast<double>(on) / static_cast<double>(total)),
                   " labels each", always.empty() ? "" : text::cat("; always on: ", listed(always)), ".")});
  }
}

/// Detectors train on what is normal; the test needs both, or there is nothing to tell apart.
void check_anomalies(const Dataset& data, Findings& findings) {
  std::array<std::array<std::int64_t, 2>, 4> counts = {};
  for (std::size_t i = 0; i < data.size(); ++i) ++counts[index_of(data.split[i])][data.target[i] != 0];
  std::vector<std::string> words;
  for (const Split split : kUsedSplits) {
    const auto& [normal, anomalous] = counts[index_of(split)];
    words.push_back(text::cat(name_of(split), " ", number_text(normal), " normal",
                              anomalous > 0 ? text::cat(" and ", number_text(anomalous), " anomalous") : ""));
  }
  const auto& [normal, anomalous] = counts[index_of(Split::Test)];
  const bool both = normal > 0 && anomalous > 0;
  findings.push_back({both ? Severity::Ok : Severity::Problem,
                      both ? "normal and anomalous samples"
                           : text::cat("no ", normal > 0 ? "anomalous" : "normal", " sample in the test"),
                      text::cat(text::join(words, "; "), ".",
                                both ? "" : " How well the two are told apart cannot be measured.")});
}

/// What is predicted, and what the two answers score that need no network: the mean, and the last reading.
void check_numbers(const Dataset& data, Findings& findings) {
  constexpr std::size_t kMostNumbers = 8;
  const SplitMoments moments = moments_of_numbers(data);
  for (std::size_t k = 0; k < std::min(data.number.count(), kMostNumbers); ++k) {
    const Moments& train = moments[index_of(Split::Train)][k];
    const std::string& unit = data.number.unit;
    if (train.count() > 0 && train.minimum() == train.maximum()) {
      findings.push_back({Severity::Problem, text::cat("'", data.number.names[k], "' never changes"),
                          text::cat("always ", with_unit(text::shortest(train.minimum()), unit),
                                    " in training: there is nothing to learn.")});
      continue;
    }
    const Moments& test = moments[index_of(Split::Test)][k];
    double from_mean = 0, from_last = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] != Split::Test) continue;
      const double real = data.number.real(i, data.number.sample(i)[k]);
      from_mean += (real - train.mean()) * (real - train.mean());
      if (!data.number.last.empty()) from_last += (real - data.number.last[i]) * (real - data.number.last[i]);
    }
    const double tested = static_cast<double>(std::max<std::int64_t>(test.count(), 1));
    std::string detail = text::cat(
        number_text(train.count()), " training samples from ", fmt::format("{:.4g}", train.minimum()), " to ",
        with_unit(fmt::format("{:.4g}", train.maximum()), unit), ", mean ",
        fmt::format("{:.4g}", train.mean()), "; in the test, always answering that mean errs by ",
        with_unit(fmt::format("{:.3g}", std::sqrt(from_mean / tested)), unit));
    if (!data.number.last.empty())
      detail +=
          text::cat(", answering the last reading by ", fmt::format("{:.3g}", std::sqrt(from_last / tested)));
    findings.push_back(
        {Severity::Ok, text::cat("number '", data.number.names[k], "'"), text::cat(detail, " (RMSE).")});
  }
}

void check_unused(const Dataset& data, Findings& findings) {
  const std::int64_t unused = count_samples(data)[index_of(Split::Unused)];
  if (unused == 0) return;
  const double share = static_cast<double>(unused) / static_cast<double>(data.size());
  findings.push_back({Severity::Note, "samples left out",
                      text::cat(number_text(unused), " (", percent_text(share), ") are in no split: ",
                                data.task == Task::Anomaly
                                    ? "they lie across a border in time, or are anomalies of a training file."
                                    : "they lie across a border in time.")});
}

/// Which recording is past and which future, where no stamps say so.
void check_order(const Dataset& data, Findings& findings) {
  const TimeOrder order = data.load.order;
  if (order == TimeOrder::Given) return;
  const std::string what = data.place.empty() ? "files of rows" : "recordings without a clock in common";
  findings.push_back(
      {Severity::Note, "order in time",
       text::cat(
           what,
           order == TimeOrder::Names ? " are ordered by their names"
                                     : " are ordered as the project lists their files",
           ": split = \"time\" takes the first for the past. ",
           data.place.empty() ? "" : "Dates, or seconds since 1970, as their times would say it. ",
           order == TimeOrder::Names ? "Where that is wrong, list the files in the order of time." : "")});
}

void check_missing(const Dataset& data, Findings& findings) {
  const LoadReport& load = data.load;
  const bool windows = !data.place.empty();
  const std::string word = windows ? "windows" : "rows";
  const std::int64_t all = std::max<std::int64_t>(
      windows ? static_cast<std::int64_t>(data.size()) + load.ignored + load.dropped : load.rows, 1);
  if (load.shorter > 0) {
    findings.push_back(
        {load.shorter > static_cast<std::int64_t>(data.size()) ? Severity::Warning : Severity::Note,
         "shorter than the window",
         text::cat(number_text(load.shorter),
                   " recordings, or parts of them between pauses, were left out: a shorter window takes "
                   "them, or shorter = \"pad\" or \"edge\".")});
  }
  if (load.ignored > 0) {
    findings.push_back({Severity::Note, text::cat(word, " ignored by their label"),
                        text::cat(number_text(load.ignored), " of ", number_text(all), " ", word, ".")});
  }
  if (load.dropped == 0 && load.zeroed_cells == 0) {
    findings.push_back({Severity::Ok, "no missing values", ""});
    return;
  }
  const double dropped = static_cast<double>(load.dropped) / static_cast<double>(all);
  double values = 1;
  for (const DataInput& input : data.inputs) values += static_cast<double>(input.values.size());
  const double zeroed = static_cast<double>(load.zeroed_cells) / values;
  constexpr double kMany = 0.05;
  std::string detail;
  if (load.dropped > 0) {
    detail = text::cat(number_text(load.dropped), " ", word, " (", percent_text(dropped), ") were left out",
                       windows ? ", for a missing value or because what they predict was not recorded" : "");
  }
  if (load.zeroed_cells > 0) {
    detail += text::cat(detail.empty() ? "" : "; ", number_text(load.zeroed_cells), " values (",
                        percent_text(zeroed), ") set to 0");
  }
  findings.push_back({std::max(dropped, zeroed) > kMany ? Severity::Warning : Severity::Note,
                      "missing values", text::cat(detail, ".")});
}

/// Words of the project that met nothing: most are spelt otherwise in the data.
void check_unmatched(const Dataset& data, Findings& findings) {
  for (const Unmatched& of : data.load.unmatched) {
    const bool files = of.key == "manifest" || of.key == "intervals";
    std::vector<std::string> words;
    for (const std::string& word : of.words) words.push_back(text::cat("'", word, "'"));
    if (files) {
      findings.push_back({Severity::Warning, text::cat(of.key, " names files that are not there"),
                          text::cat(listed(words), ": are they elsewhere, or spelt otherwise?")});
    } else {
      findings.push_back({of.is_harmless ? Severity::Note : Severity::Warning,
                          text::cat(of.key, " names labels that no sample has"),
                          text::cat(listed(words), ": are they spelt otherwise in the data?")});
    }
  }
}

/// Whole from ten on: times are sums of rounded numbers.
std::string seconds_text(double seconds) {
  return seconds >= 10 ? text::cat(std::llround(seconds)) : fmt::format("{:.3g}", seconds);
}

/// A line over a pause is no measurement.
void check_pauses(const Dataset& data, Findings& findings) {
  const LoadReport& load = data.load;
  if (load.bridged == 0) return;
  findings.push_back({Severity::Warning, "long pauses are bridged",
                      text::cat(number_text(load.bridged), load.bridged == 1 ? " pause" : " pauses",
                                " of more than ten steps and a hop, the longest ",
                                seconds_text(load.longest_pause), " s in ", load.longest_in,
                                ": windows there hold a straight line that nobody measured. gap = ",
                                seconds_text(load.longest_limit), " ends the recording at longer ones.")});
}

// ---- channels

/// Different values of a channel, counted up to `most`.
std::size_t levels_of(const Dataset& data, const DataInput& input, std::size_t channel, std::size_t most) {
  std::unordered_set<std::uint32_t> levels;
  const std::size_t step = channels_of(input);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused) continue;
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = channel; e < sample.size(); e += step) {
      levels.insert(std::bit_cast<std::uint32_t>(sample[e]));
      if (levels.size() >= most) return most;
    }
  }
  return levels.size();
}

/// A finding for each of a few channels; one for all of many.
struct ChannelFinding {
  std::string channel, detail;  ///< detail without its full stop
};
void add_channels(const DataInput& input, Severity severity, const std::string& what,
                  const std::vector<ChannelFinding>& found, const std::string& advice, Findings& findings) {
  if (found.size() <= kNamed) {
    for (const ChannelFinding& of : found)
      findings.push_back({severity, text::cat(of.channel, " is ", what), text::cat(of.detail, advice)});
    return;
  }
  std::vector<std::string> words;
  for (const ChannelFinding& of : found)
    words.push_back(text::cat(of.channel.substr(of.channel.find(", ") + 2), ": ", of.detail));
  findings.push_back({severity, text::cat(found.size(), " channels of input '", input.name, "' are ", what),
                      text::cat(listed(words), advice)});
}

/// Constant: one value only.  Clipped: far more values at the very minimum or maximum than at an average level.
class ChannelChecks {
 public:
  ChannelChecks(const Dataset& data, Findings& findings) : data_(data), findings_(findings) {}
  void check(const DataInput& input) {
    const std::vector<Moments> moments = merged(moments_of(data_, input));
    std::vector<ChannelFinding> constant, low, high, zero;
    for (std::size_t c = 0; c < moments.size(); ++c) {
      const Moments& of = moments[c];
      if (of.count() == 0) continue;
      const std::string name = channel_title(input, c);
      if (of.minimum() == of.maximum()) {
        constant.push_back({name, text::cat("always ", value_text(input, c, of.minimum(), of))});
        continue;
      }
      if (input.shape.size() > 2) continue;  // black and white are colours, not limits
      const bool is_zero = tidy_reading(input, c, of.minimum(), of) == 0;
      if (is_at_limit(input, c, of.count(), of.at_minimum()))
        (is_zero ? zero : low).push_back({name, at_text(input, c, of, of.at_minimum(), of.minimum())});
      if (is_at_limit(input, c, of.count(), of.at_maximum()))
        high.push_back({name, at_text(input, c, of, of.at_maximum(), of.maximum())});
    }
    // A feature such as rainfall is often exactly 0, and so may be a wind; a series that stands at its limit has lost signal.
    const bool series = input.shape.size() > 1;
    const Severity severity = series ? Severity::Warning : Severity::Note;
    const std::string advice =
        series ? ": the sensor shows no more. Lower its gain, or take one with a wider range." : ".";
    add_channels(input, Severity::Warning, "constant", constant,
                 ": it tells nothing. Is the sensor connected? Leave the column out.", findings_);
    add_channels(input, Severity::Note, "often 0, the minimum", zero, ".", findings_);
    add_channels(input, severity, series ? "clipped at its minimum" : "often at the minimum", low, advice,
                 findings_);
    add_channels(input, severity, series ? "clipped at its maximum" : "often at the maximum", high, advice,
                 findings_);
    constant_ = constant_ || !constant.empty();
    clipped_ = clipped_ || !low.empty() || !high.empty();
  }
  void close() {
    if (!constant_) findings_.push_back({Severity::Ok, "no constant channels", ""});
    if (!clipped_) findings_.push_back({Severity::Ok, "no clipped channels", ""});
  }

 private:
  /// Normalized and back, 0 is nearly 0: what is far below the channel's range counts as 0.
  double tidy_reading(const DataInput& input, std::size_t c, float value, const Moments& of) const {
    const double range = reading(input, c, of.maximum()) - reading(input, c, of.minimum());
    const double read = reading(input, c, value);
    return std::abs(read) < 1e-5 * std::abs(range) ? 0 : read;
  }
  std::string value_text(const DataInput& input, std::size_t c, float value, const Moments& of) const {
    return with_unit(fmt::format("{:.5g}", tidy_reading(input, c, value, of)), input.unit);
  }
  std::string at_text(const DataInput& input, std::size_t c, const Moments& of, std::int64_t at,
                      float value) const {
    const double share = static_cast<double>(at) / static_cast<double>(of.count());
    return text::cat(number_text(at), " values (", percent_text(share), ") are exactly ",
                     value_text(input, c, value, of));
  }
  bool is_at_limit(const DataInput& input, std::size_t c, std::int64_t count, std::int64_t at) const {
    constexpr std::size_t kLevels = 16;    // fewer: a category
    constexpr std::int64_t kAtLimit = 20;  // fewer values: chance
    constexpr double kTimesAverage = 10, kShare = 0.001;
    const double share = static_cast<double>(at) / static_cast<double>(count);
    if (at < kAtLimit || share < kShare) return false;
    // More levels than this and kTimesAverage / levels is below kShare.
    constexpr auto kMost = static_cast<std::size_t>(kTimesAverage / kShare);
    const std::size_t levels = levels_of(data_, input, c, kMost);
    return levels > kLevels && share >= kTimesAverage / static_cast<double>(levels);
  }

  const Dataset& data_;
  Findings& findings_;
  bool constant_ = false, clipped_ = false;
};

/// A series that never moves inside a sample: a loose electrode, a sensor that hangs; a picture of one colour.
void check_flat(const Dataset& data, Findings& findings) {
  for (const DataInput& input : data.inputs) {
    if (input.shape.size() < 2 || input.count() < 2 * channels_of(input)) continue;
    const std::size_t step = channels_of(input);
    std::int64_t flat = 0, all = 0;
    std::string first;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] == Split::Unused) continue;
      ++all;
      const std::span<const float> sample = input.sample(i);
      bool moves = false;
      for (std::size_t e = step; e < sample.size() && !moves; ++e) moves = sample[e] != sample[e - step];
      if (moves) continue;
      if (flat++ == 0) first = data.origin[i];
    }
    if (flat == 0) continue;
    const double share = static_cast<double>(flat) / static_cast<double>(all);
    findings.push_back(
        {Severity::Warning,
         text::cat("input '", input.name,
                   input.shape.size() > 2 ? "' has pictures of one colour" : "' is flat in some samples"),
         text::cat(number_text(flat), " samples (", percent_text(share),
                   ") do not change at all, the first at ", first, ".")});
  }
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::Ok:
      return "ok";
    case Severity::Note:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Problem:
      return "problem";
  }
  return "problem";
}

Severity DataCheck::worst() const {
  Severity worst = Severity::Ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

DataCheck check_dataset(const Dataset& data) {
  DataCheck check;
  Findings& findings = check.findings;
  if (data.size() == 0) return check;
  if (data.task == Task::Classification) {
    check_balance(data, findings);
    check_few(data, findings);
    check_labels_by_split(data, findings);
  }
  if (data.task == Task::MultiLabel) {
    check_several_labels(data, findings);
    check_few(data, findings);
    check_labels_by_split(data, findings);
  }
  if (data.task == Task::Anomaly) check_anomalies(data, findings);
  if (data.task == Task::Regression) check_numbers(data, findings);
  check_unused(data, findings);
  check_order(data, findings);
  check_unmatched(data, findings);
  check_groups(data, findings);
  check_recordings(data, findings);
  check_duplicates(data, findings);
  check_answers(data, findings);
  check_label_drift(data, findings);
  check_drift(data, check);
  check_missing(data, findings);
  check_pauses(data, findings);
  ChannelChecks channels(data, findings);
  for (const DataInput& input : data.inputs) channels.check(input);
  channels.close();
  check_flat(data, findings);
  return check;
}

}  // namespace mote
