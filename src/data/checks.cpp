// The checks of a Dataset, a function each; check_dataset lists them in the order in which a reader should learn of them.
#include "data/checks.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"

namespace mote {
namespace {

constexpr Split kUsed[] = {Split::Train, Split::Validation, Split::Test};

using Findings = std::vector<Finding>;

std::size_t index_of(Split split) { return static_cast<std::size_t>(split); }

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// What samples are counted by: their classes; of several labels, those that are on; else all alike.
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

/// The last axis: [T, C] has C channels, [n] has n.
std::size_t channels_of(const DataInput& input) {
  return input.shape.empty() ? 1 : static_cast<std::size_t>(input.shape.back());
}

std::string channel_name(const DataInput& input, std::size_t channel) {
  if (channels_of(input) == 1 && input.count() > 1) return {};
  return channel < input.channels.size() ? input.channels[channel] : text::cat("channel ", channel);
}

std::string full_name(const DataInput& input, std::size_t channel) {
  const std::string name = channel_name(input, channel);
  return name.empty() ? text::cat("input '", input.name, "'")
                      : text::cat("input '", input.name, "', '", name, "'");
}

std::vector<float> channel_values(const Dataset& data, const DataInput& input, std::size_t channel) {
  std::vector<float> values;
  const std::size_t step = channels_of(input);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused) continue;
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = channel; e < sample.size(); e += step) values.push_back(sample[e]);
  }
  return values;
}

// ---- the checks

/// The largest class's share is what guessing it would score; a ratio above 10 between classes wants weights.
void check_balance(const Dataset& data, Findings& findings) {
  constexpr double kNoteRatio = 3, kWarnRatio = 10, kWarnMajority = 0.9;
  constexpr std::int64_t kFewSamples = 20;
  const auto counts = count_labels(data);
  for (const Split split : kUsed) {
    const std::vector<std::int64_t>& of = counts[index_of(split)];
    std::int64_t total = 0;
    std::size_t largest = 0, smallest = of.size();
    for (std::size_t k = 0; k < of.size(); ++k) {
      total += of[k];
      if (of[k] > of[largest]) largest = k;
      if (of[k] > 0 && (smallest == of.size() || of[k] < of[smallest])) smallest = k;
    }
    if (total == 0) continue;
    const double majority = static_cast<double>(of[largest]) / static_cast<double>(total);
    const double ratio = static_cast<double>(of[largest]) / static_cast<double>(of[smallest]);
    Severity severity = ratio > kNoteRatio ? Severity::Note : Severity::Ok;
    if (ratio > kWarnRatio || majority > kWarnMajority) severity = Severity::Warning;
    std::string detail =
        text::cat(text::thousands(total), " samples; always answering '", data.labels[largest],
                  "' would be right in ", percent(majority), ". '", data.labels[largest], "' has ",
                  fmt::format("{:.1f}", ratio), " times the samples of '", data.labels[smallest], "'.");
    if (severity == Severity::Warning)
      detail += " Judge by the recall of each class, and weight classes in training.";
    findings.push_back({severity, text::cat("class balance, ", name_of(split)), std::move(detail)});
    if (split == Split::Train && of[smallest] < kFewSamples) {
      findings.push_back(
          {Severity::Warning, text::cat("few training samples of '", data.labels[smallest], "'"),
           text::cat(of[smallest], "; a class with fewer than ", kFewSamples, " is hardly learned.")});
    }
  }
}

void check_labels_by_split(const Dataset& data, Findings& findings) {
  const auto counts = count_labels(data);
  const std::vector<std::int64_t>&train = counts[index_of(Split::Train)],
        &test = counts[index_of(Split::Test)];
  const std::vector<std::int64_t>& validation = counts[index_of(Split::Validation)];
  bool found = false;
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

void check_missing(const Dataset& data, Findings& findings) {
  const LoadReport& load = data.load;
  if (load.ignored > 0) {
    findings.push_back(
        {Severity::Note, "rows ignored by their label",
         text::cat(text::thousands(load.ignored), " of ", text::thousands(load.rows), " rows.")});
  }
  if (load.dropped == 0 && load.zeroed_cells == 0) {
    findings.push_back({Severity::Ok, "no missing values", ""});
    return;
  }
  const double dropped =
      static_cast<double>(load.dropped) / static_cast<double>(std::max<std::int64_t>(load.rows, 1));
  double values = 1;
  for (const DataInput& input : data.inputs) values += static_cast<double>(input.values.size());
  const double zeroed = static_cast<double>(load.zeroed_cells) / values;
  constexpr double kMany = 0.05;
  findings.push_back(
      {std::max(dropped, zeroed) > kMany ? Severity::Warning : Severity::Note, "missing values",
       text::cat(text::thousands(load.dropped), " rows (", percent(dropped), ") were left out, ",
                 text::thousands(load.zeroed_cells), " values (", percent(zeroed), ") set to 0.")});
}

/// Constant: one value only.  Clipped: far more values at the very minimum or maximum than at an average level.
void check_channels(const Dataset& data, Findings& findings) {
  constexpr std::size_t kLevels = 16, kAtLimit = 20;  // fewer levels: a category; fewer values: chance
  constexpr double kTimesAverage = 10, kShare = 0.001;
  bool constant = false, clipped = false;
  for (const DataInput& input : data.inputs) {
    for (std::size_t c = 0; c < channels_of(input); ++c) {
      std::vector<float> values = channel_values(data, input, c);
      if (values.empty()) continue;
      std::sort(values.begin(), values.end());
      const std::string name = full_name(input, c);
      if (values.front() == values.back()) {
        findings.push_back({Severity::Warning, text::cat(name, " is constant"),
                            text::cat("always ", text::shortest(values.front()), " ", input.unit,
                                      ": it tells nothing. Is the sensor connected? Leave the column out.")});
        constant = true;
        continue;
      }
      std::size_t levels = 1;
      for (std::size_t i = 1; i < values.size(); ++i) levels += values[i] != values[i - 1];
      const auto at_low = static_cast<std::size_t>(
          std::upper_bound(values.begin(), values.end(), values.front()) - values.begin());
      const auto at_high = static_cast<std::size_t>(
          values.end() - std::lower_bound(values.begin(), values.end(), values.back()));
      const double total = static_cast<double>(values.size());
      for (const bool high : {false, true}) {
        const std::size_t at = high ? at_high : at_low;
        const double share = static_cast<double>(at) / total;
        if (levels <= kLevels || at < kAtLimit || share < kShare) continue;
        if (share < kTimesAverage / static_cast<double>(levels)) continue;
        // A feature such as rainfall is often exactly 0; a series that stands at its limit has lost signal.
        const bool series = input.shape.size() > 1;
        findings.push_back(
            {series ? Severity::Warning : Severity::Note,
             text::cat(name, high ? " is clipped at its maximum" : " is clipped at its minimum"),
             text::cat(text::thousands(static_cast<std::int64_t>(at)), " values (", percent(share),
                       ") are exactly ", text::shortest(high ? values.back() : values.front()), " ",
                       input.unit, series ? ": the sensor's range was too small; lower its gain." : ".")});
        clipped = true;
      }
    }
  }
  if (!constant) findings.push_back({Severity::Ok, "no constant channels", ""});
  if (!clipped) findings.push_back({Severity::Ok, "no clipped channels", ""});
}

/// A series that never moves inside a sample: a loose electrode, a sensor that hangs.
void check_flat(const Dataset& data, Findings& findings) {
  for (const DataInput& input : data.inputs) {
    if (input.shape.size() < 2 || input.count() < 2 * channels_of(input)) continue;
    const std::size_t step = channels_of(input);
    std::int64_t flat = 0;
    std::string first;
    for (std::size_t i = 0; i < data.size(); ++i) {
      const std::span<const float> sample = input.sample(i);
      bool moves = false;
      for (std::size_t e = step; e < sample.size() && !moves; ++e) moves = sample[e] != sample[e - step];
      if (moves) continue;
      if (flat++ == 0) first = data.origin[i];
    }
    if (flat == 0) continue;
    findings.push_back(
        {Severity::Warning, text::cat("input '", input.name, "' is flat in some samples"),
         text::cat(text::thousands(flat), " samples do not change at all, the first at ", first, ".")});
  }
}

bool same_values(const Dataset& data, std::size_t a, std::size_t b) {
  return std::all_of(data.inputs.begin(), data.inputs.end(), [&](const DataInput& input) {
    const auto x = input.sample(a), y = input.sample(b);
    return std::equal(x.begin(), x.end(), y.begin());
  });
}

std::uint64_t hash_of(const Dataset& data, std::size_t i) {
  std::uint64_t hash = text::fnv1a64({});
  for (const DataInput& input : data.inputs) {
    for (const float value : input.sample(i)) {
      const float canonical = value == 0 ? 0.0f : value;  // −0 equals 0
      std::uint8_t bytes[sizeof canonical];
      std::memcpy(bytes, &canonical, sizeof canonical);
      hash = text::fnv1a64(bytes, hash);
    }
  }
  return hash;
}

/// What is known of identical samples after one pass over them.
struct Duplicates {
  std::int64_t within = 0, across = 0, contradicting = 0;
  std::string within_example, across_example, contradicting_example;
};

void note(std::int64_t& count, std::string& example, const Dataset& data, std::size_t a, std::size_t b) {
  if (count++ == 0) example = text::cat(data.origin[a], " and ", data.origin[b]);
}

Duplicates find_duplicates(const Dataset& data) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Unused) order.push_back({hash_of(data, i), i});
  }
  std::sort(order.begin(), order.end());
  Duplicates found;
  // In a run of equal hashes each sample is compared with the first of its splits and labels only: linear,
  // and enough to count every sample that has a twin before it.
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && order[end].first == order[begin].first) ++end;
    const std::size_t first = order[begin].second;
    std::map<Split, std::size_t> first_in;
    first_in[data.split[first]] = first;
    for (std::size_t k = begin + 1; k < end; ++k) {
      const std::size_t i = order[k].second;
      if (!same_values(data, first, i)) continue;  // equal hash, other values: once in 2^64
      if (data.target[i] != data.target[first]) {
        note(found.contradicting, found.contradicting_example, data, first, i);
      }
      const auto [place, is_new] = first_in.insert({data.split[i], i});
      if (!is_new) note(found.within, found.within_example, data, place->second, i);
      const bool elsewhere = first_in.size() > 1;
      if (elsewhere) {
        const auto other =
            first_in.begin()->first == data.split[i] ? std::next(first_in.begin()) : first_in.begin();
        note(found.across, found.across_example, data, other->second, i);
      }
    }
  }
  return found;
}

void check_duplicates(const Dataset& data, Findings& findings) {
  const Duplicates found = find_duplicates(data);
  if (found.across > 0) {
    findings.push_back({Severity::Problem, "identical samples in different splits",
                        text::cat(text::thousands(found.across),
                                  " samples have a twin in another split, e.g. ", found.across_example,
                                  ": the test is answered from memory. Remove them, or split by group.")});
  }
  if (found.within > 0) {
    findings.push_back({Severity::Note, "identical samples within a split",
                        text::cat(text::thousands(found.within), " samples repeat an earlier one, e.g. ",
                                  found.within_example, ".")});
  }
  if (found.contradicting > 0) {
    findings.push_back(
        {Severity::Warning, "identical samples with different labels",
         text::cat(text::thousands(found.contradicting), " samples, e.g. ", found.contradicting_example,
                   ": one of the labels must be wrong, or the inputs do not suffice to tell.")});
  }
  if (found.across + found.within + found.contradicting == 0) {
    findings.push_back({Severity::Ok, "no identical samples", ""});
  }
}

/// The same person on both sides makes the test easier than the world.
void check_groups(const Dataset& data, Findings& findings) {
  if (data.group.empty()) {
    findings.push_back(
        {Severity::Note, "no group column",
         "samples of the same person, machine or recording may stand in train and in test; if there is "
         "such a column, name it as group and split by it."});
    return;
  }
  std::map<std::string, std::set<Split>> splits_of;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Unused) splits_of[data.group[i]].insert(data.split[i]);
  }
  std::int64_t in_test = 0, in_validation = 0;
  std::string test_example, validation_example;
  for (const auto& [group, splits] : splits_of) {
    if (splits.count(Split::Test) > 0 && splits.size() > 1) {
      if (in_test++ == 0) test_example = group;
    } else if (splits.size() > 1) {
      if (in_validation++ == 0) validation_example = group;
    }
  }
  const auto total = static_cast<std::int64_t>(splits_of.size());
  if (in_test > 0) {
    findings.push_back(
        {Severity::Problem, "groups in test and elsewhere",
         text::cat(in_test, " of ", total, " groups, e.g. '", test_example,
                   "': the test does not show how unseen ones would do. Use split = \"group\".")});
  }
  if (in_validation > 0) {
    findings.push_back({Severity::Warning, "groups in train and validation",
                        text::cat(in_validation, " of ", total, " groups, e.g. '", validation_example,
                                  "': training will stop too late. Use split = \"group\".")});
  }
  if (in_test + in_validation == 0) {
    findings.push_back({Severity::Ok, "no group is in two splits", text::cat(total, " groups.")});
  }
}

ChannelSummary describe(std::string name, const std::vector<float>& values) {
  ChannelSummary summary;
  summary.name = std::move(name);
  if (values.empty()) return summary;
  double sum = 0;
  for (const float value : values) sum += value;
  summary.mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const float value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  summary.minimum = *low;
  summary.maximum = *high;
  return summary;
}

/// Up to n of the samples, from the first to the last in even steps.
std::vector<std::size_t> spread(const std::vector<std::size_t>& samples, std::size_t n) {
  if (samples.size() <= n) return samples;
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < n; ++k)
    chosen.push_back(samples[n == 1 ? 0 : k * (samples.size() - 1) / (n - 1)]);
  return chosen;
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
  if (data.task == Task::Classification) {
    check_balance(data, check.findings);
    check_labels_by_split(data, check.findings);
  }
  check_groups(data, check.findings);
  check_duplicates(data, check.findings);
  check_missing(data, check.findings);
  check_channels(data, check.findings);
  check_flat(data, check.findings);
  return check;
}

DataSummary summarize(const Dataset& data, std::size_t examples_per_label) {
  DataSummary summary;
  summary.labels = counted_labels(data);
  summary.counts = count_labels(data);
  summary.groups =
      static_cast<std::int64_t>(std::set<std::string>(data.group.begin(), data.group.end()).size());
  for (const DataInput& input : data.inputs) {
    InputSummary of{input.name, input.unit, input.rate_hz, input.shape, {}, {}};
    std::vector<float> all;
    for (std::size_t c = 0; c < channels_of(input); ++c) {
      const std::vector<float> values = channel_values(data, input, c);
      of.channels.push_back(describe(channel_name(input, c), values));
      all.insert(all.end(), values.begin(), values.end());
    }
    of.all = describe(input.name, all);
    summary.inputs.push_back(std::move(of));
  }
  const auto is_of = [&](std::size_t i, std::size_t label) {
    return data.task == Task::MultiLabel ? data.number.sample(i)[label] > 0.5f
                                         : data.target[i] == static_cast<std::int32_t>(label);
  };
  for (std::size_t k = 0; k < summary.labels.size(); ++k) {
    std::vector<std::size_t> samples;
    for (const Split split : kUsed) {
      if (!samples.empty()) break;
      for (const std::size_t i : data.indices(split)) {
        if (is_of(i, k)) samples.push_back(i);
      }
    }
    summary.examples.push_back(spread(samples, examples_per_label));
  }
  return summary;
}

}  // namespace mote
