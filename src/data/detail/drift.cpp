// Drift: validation and test look unlike training.  Means in deviations of training, deviations beside each other, shares of
// values beyond its range; labels by their shares.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "data/detail/findings.h"
#include "data/detail/moments.h"

namespace mote {
namespace {

/// Limits of a note and of a warning.  A mean of n samples is uncertain by 1/√n deviations, so that is added thrice.
constexpr double kNoteShift = 0.5, kWarnShift = 1;
constexpr double kNoteSpread = 1.5, kWarnSpread = 2.5;
constexpr double kNoteOutside = 0.01, kWarnOutside = 0.05;
constexpr double kFewSamples = 10;  // of a split: below, figures are chance
constexpr std::size_t kNamed = 4;   // channels that a message names

std::string brief(double value) { return fmt::format("{:.3g}", value); }

double ratio_of(const Drift& drift) {
  return drift.spread > 0 ? std::max(drift.spread, 1 / drift.spread) : 1;
}

/// Samples of training and of the split beside it.
struct Sizes {
  double trained = 1, compared = 1;
};

Severity severity_of(const Drift& drift, const Sizes& sizes) {
  const double noise = 3 / std::sqrt(sizes.compared);
  // Of values drawn alike, 2 / (trained + 1) lie beyond the trained ones' limits; a few more by chance.
  const double expected = 2 * sizes.compared / (sizes.trained + 1);
  const double chance = (expected + 3 * std::sqrt(expected) + 1) / sizes.compared;
  const double shift = std::abs(drift.shift), ratio = ratio_of(drift), outside = drift.outside - chance;
  if (shift >= kWarnShift + noise || ratio >= kWarnSpread + noise || outside >= kWarnOutside)
    return Severity::Warning;
  if (shift >= kNoteShift + noise || ratio >= kNoteSpread + noise || outside >= kNoteOutside)
    return Severity::Note;
  return Severity::Ok;
}

/// How far it is beyond the limits: the worst channels are named first.
double score_of(const Drift& drift) {
  return std::max(
      {std::abs(drift.shift) / kWarnShift, ratio_of(drift) / kWarnSpread, drift.outside / kWarnOutside});
}

/// Does a sample count?  Anomalies are meant to differ.
bool is_compared(const Dataset& data, std::size_t i) {
  return data.split[i] != Split::Unused && (data.task != Task::Anomaly || data.target[i] == 0);
}

/// Values beyond training's limits, [split][channel]: one more pass, and only where some limits lie beyond.
std::array<std::vector<std::int64_t>, 4> outside_counts(const Dataset& data, const DataInput& input,
                                                        const SplitMoments& moments) {
  std::array<std::vector<std::int64_t>, 4> counts;
  for (auto& of : counts) of.resize(channels_of(input));
  const std::vector<Moments>& trained = moments[index_of(Split::Train)];
  bool any = false;
  for (const Split split : {Split::Validation, Split::Test}) {
    const std::vector<Moments>& of = moments[index_of(split)];
    for (std::size_t c = 0; c < of.size(); ++c) {
      any = any || of[c].minimum() < trained[c].minimum() || of[c].maximum() > trained[c].maximum();
    }
  }
  if (!any) return counts;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Train || !is_compared(data, i)) continue;
    std::vector<std::int64_t>& of = counts[index_of(data.split[i])];
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = 0; e < sample.size(); e += of.size()) {
      for (std::size_t c = 0; c < of.size(); ++c) {
        of[c] += sample[e + c] < trained[c].minimum() || sample[e + c] > trained[c].maximum();
      }
    }
  }
  return counts;
}

Drift compare(const Moments& of, const Moments& trained) {
  Drift drift;
  const double deviation = trained.deviation();
  drift.shift = deviation > 0 ? (of.mean() - trained.mean()) / deviation : 0;
  drift.spread = deviation > 0 ? of.deviation() / deviation : 0;
  return drift;
}

std::string describe(const Drift& drift, const std::string& unit) {
  const std::string blank = unit.empty() ? "" : " ";
  std::string words = drift.channel.empty() ? "" : text::cat("'", drift.channel, "' ");
  words += text::cat("has mean ", brief(drift.mean), " instead of ", brief(drift.trained_mean), blank, unit,
                     " (", fmt::format("{:+.1f}", drift.shift), " deviations)");
  if (ratio_of(drift) >= kNoteSpread)
    words += text::cat(", ", brief(drift.spread), " times training's deviation");
  if (drift.outside >= kNoteOutside)
    words += text::cat(", ", percent_text(drift.outside), " beyond its range");
  return words;
}

/// One finding an input and split: its worst channels.
void report(std::vector<Drift> drifts, const Sizes& sizes, const std::string& what, const std::string& unit,
            std::string_view meaning, Findings& findings) {
  Severity worst = Severity::Ok;
  std::vector<Drift> found;
  for (const Drift& drift : drifts) {
    const Severity severity = severity_of(drift, sizes);
    if (severity == Severity::Ok) continue;
    worst = std::max(worst, severity);
    found.push_back(drift);
  }
  if (found.empty()) return;
  std::stable_sort(found.begin(), found.end(),
                   [](const Drift& a, const Drift& b) { return score_of(a) > score_of(b); });
  std::vector<std::string> words;
  for (std::size_t k = 0; k < std::min(found.size(), kNamed); ++k) words.push_back(describe(found[k], unit));
  if (found.size() > kNamed) words.push_back(text::cat(found.size() - kNamed, " channels more"));
  findings.push_back({worst, text::cat(what, ", ", name_of(drifts[0].split), " unlike train"),
                      text::cat(text::join(words, "; "), ". ", meaning)});
}

Sizes sizes_of(const Dataset& data, Split split) {
  Sizes sizes{0, 0};
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!is_compared(data, i)) continue;
    sizes.trained += data.split[i] == Split::Train;
    sizes.compared += data.split[i] == split;
  }
  return sizes;
}

void compare_input(const Dataset& data, const DataInput& input, DataCheck& check) {
  const SplitMoments moments = moments_of(data, input, [&](std::size_t i) { return is_compared(data, i); });
  const auto outside = outside_counts(data, input, moments);
  const std::vector<Moments>& trained = moments[index_of(Split::Train)];
  for (const Split split : {Split::Validation, Split::Test}) {
    const std::vector<Moments>& of = moments[index_of(split)];
    const Sizes sizes = sizes_of(data, split);
    if (sizes.compared < kFewSamples) continue;
    std::vector<Drift> drifts;
    for (std::size_t c = 0; c < of.size(); ++c) {
      if (of[c].count() == 0 || trained[c].count() == 0) continue;
      Drift drift = compare(of[c], trained[c]);
      drift.input = input.name;
      drift.channel = channel_name(input, c);
      drift.split = split;
      drift.mean = reading(input, c, of[c].mean());
      drift.trained_mean = reading(input, c, trained[c].mean());
      drift.outside = static_cast<double>(outside[index_of(split)][c]) / static_cast<double>(of[c].count());
      drifts.push_back(std::move(drift));
    }
    if (drifts.empty()) continue;
    report(drifts, sizes, text::cat("input '", input.name, "'"), input.unit,
           "The network meets there what it was not trained on.", check.findings);
    check.drift.insert(check.drift.end(), drifts.begin(), drifts.end());
  }
}

void compare_numbers(const Dataset& data, DataCheck& check) {
  if (data.task != Task::Regression) return;
  const SplitMoments moments = moments_of_numbers(data);
  const std::vector<Moments>& trained = moments[index_of(Split::Train)];
  for (const Split split : {Split::Validation, Split::Test}) {
    const std::vector<Moments>& of = moments[index_of(split)];
    const Sizes sizes = sizes_of(data, split);
    if (sizes.compared < kFewSamples) continue;
    std::vector<Drift> drifts;
    for (std::size_t k = 0; k < of.size(); ++k) {
      if (trained[k].count() == 0) continue;
      Drift drift = compare(of[k], trained[k]);
      drift.channel = data.number.names[k];
      drift.split = split;
      drift.mean = of[k].mean();
      drift.trained_mean = trained[k].mean();
      std::int64_t outside = 0;
      for (std::size_t i = 0; i < data.size(); ++i) {
        if (data.split[i] != split) continue;
        const auto real = static_cast<float>(data.number.real(i, data.number.sample(i)[k]));
        outside += real < trained[k].minimum() || real > trained[k].maximum();
      }
      drift.outside = static_cast<double>(outside) / sizes.compared;
      drifts.push_back(std::move(drift));
    }
    if (drifts.empty()) continue;
    report(drifts, sizes, "the number to predict", data.number.unit,
           "A network hardly predicts numbers that it never saw.", check.findings);
    check.drift.insert(check.drift.end(), drifts.begin(), drifts.end());
  }
}

}  // namespace

void check_label_drift(const Dataset& data, Findings& findings) {
  if (data.task != Task::Classification && data.task != Task::MultiLabel) return;
  constexpr double kNote = 0.1, kWarn = 0.3;
  const auto counts = count_labels(data);
  const auto samples = count_samples(data);
  const auto shares = [&](Split split) {
    std::vector<double> of;
    const double total = static_cast<double>(std::max<std::int64_t>(samples[index_of(split)], 1));
    for (const std::int64_t count : counts[index_of(split)]) of.push_back(static_cast<double>(count) / total);
    return of;
  };
  const std::vector<double> trained = shares(Split::Train);
  bool found = false;
  for (const Split split : {Split::Validation, Split::Test}) {
    if (static_cast<double>(samples[index_of(split)]) < kFewSamples || samples[index_of(Split::Train)] == 0)
      continue;
    const std::vector<double> of = shares(split);
    double distance = 0;
    std::size_t widest = 0;
    for (std::size_t k = 0; k < of.size(); ++k) {
      distance += std::abs(of[k] - trained[k]) / 2;
      if (std::abs(of[k] - trained[k]) > std::abs(of[widest] - trained[widest])) widest = k;
    }
    // Of n samples of K classes drawn alike, about √(K/n)/2 differ by chance.
    const double chance =
        0.5 * std::sqrt(static_cast<double>(of.size()) / static_cast<double>(samples[index_of(split)]));
    if (distance < kNote + chance) continue;
    found = true;
    findings.push_back({distance >= kWarn + chance ? Severity::Warning : Severity::Note,
                        text::cat("labels, ", name_of(split), " unlike train"),
                        text::cat(percent_text(distance), " of the samples would need another label; '",
                                  data.labels[widest], "' is ", percent_text(of[widest]), " of ",
                                  name_of(split), " and ", percent_text(trained[widest]), " of train.")});
  }
  if (!found) findings.push_back({Severity::Ok, "labels have the same shares in all splits", ""});
}

void check_drift(const Dataset& data, DataCheck& check) {
  const std::size_t before = check.findings.size();
  for (const DataInput& input : data.inputs) compare_input(data, input, check);
  compare_numbers(data, check);
  if (check.drift.empty() || check.findings.size() > before) return;
  double furthest = 0;
  for (const Drift& drift : check.drift) furthest = std::max(furthest, std::abs(drift.shift));
  check.findings.push_back(
      {Severity::Ok, "no drift between splits",
       text::cat("means lie within ", fmt::format("{:.2f}", furthest), " deviations of training's.")});
}

}  // namespace mote
