// Metrics by their textbook definitions (metrics.h).  AUC is the Mann-Whitney statistic on averaged ranks.
#include "eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"

namespace mote {
namespace {

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

Result<void> check_labels(std::string_view what, std::span<const std::int32_t> values, std::size_t labels) {
  if (values.empty()) return error("there are no samples to measure", "look at the split: is its share 0?");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0 || static_cast<std::size_t>(values[i]) >= labels) {
      return error(
          text::cat(what, " of sample ", i, " is label ", values[i], ", and there are ", labels, " labels"));
    }
  }
  return {};
}

Result<void> check_lengths(std::size_t targets, std::size_t predictions) {
  if (targets == predictions && targets > 0) return {};
  return error(text::cat(targets, " targets and ", predictions, " predictions"),
               "they must be as many, and at least one");
}

}  // namespace

Result<ClassificationFigures> classification(std::span<const std::int32_t> target,
                                             std::span<const std::int32_t> predicted,
                                             const std::vector<std::string>& labels) {
  MOTE_TRY_VOID(check_lengths(target.size(), predicted.size()));
  MOTE_TRY_VOID(check_labels("the target", target, labels.size()));
  MOTE_TRY_VOID(check_labels("the prediction", predicted, labels.size()));

  ClassificationFigures figures;
  figures.samples = static_cast<std::int64_t>(target.size());
  figures.confusion.assign(labels.size(), std::vector<std::int64_t>(labels.size(), 0));
  for (std::size_t i = 0; i < target.size(); ++i) {
    ++figures.confusion[static_cast<std::size_t>(target[i])][static_cast<std::size_t>(predicted[i])];
    if (target[i] == predicted[i]) ++figures.correct;
  }
  figures.accuracy = ratio(figures.correct, figures.samples);

  double f1_sum = 0;
  int f1_labels = 0;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    const std::int64_t hits = figures.confusion[c][c];
    std::int64_t occurs = 0, guessed = 0;
    for (std::size_t other = 0; other < labels.size(); ++other) {
      occurs += figures.confusion[c][other];
      guessed += figures.confusion[other][c];
    }
    LabelFigures label{labels[c], occurs, ratio(hits, occurs), ratio(hits, guessed),
                       ratio(2 * hits, occurs + guessed)};
    if (occurs + guessed > 0) {
      f1_sum += label.f1;
      ++f1_labels;
    }
    figures.labels.push_back(std::move(label));
  }
  figures.f1_macro = f1_sum / f1_labels;
  return figures;
}

Result<Baseline> majority_baseline(std::span<const std::int32_t> target,
                                   const std::vector<std::string>& labels) {
  MOTE_TRY_VOID(check_labels("the target", target, labels.size()));
  std::vector<std::int64_t> count(labels.size(), 0);
  for (const std::int32_t t : target) ++count[static_cast<std::size_t>(t)];
  const auto commonest = std::max_element(count.begin(), count.end());
  return Baseline{text::cat("always '", labels[static_cast<std::size_t>(commonest - count.begin())], "'"),
                  ratio(*commonest, static_cast<std::int64_t>(target.size()))};
}

Result<double> auc(const std::vector<bool>& positive, std::span<const float> scores) {
  MOTE_TRY_VOID(check_lengths(positive.size(), scores.size()));
  if (std::any_of(scores.begin(), scores.end(), [](float s) { return std::isnan(s); })) {
    return error("a score is NaN", "look for the layer whose output is not finite");
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });

  // Equal scores share the mean of their ranks (from 1), which counts each tied pair half.
  double rank_sum = 0;
  std::int64_t positives = 0;
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    end = first;
    std::int64_t positives_here = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[first]]; ++end)
      positives_here += positive[order[end]];
    rank_sum += static_cast<double>(first + 1 + end) / 2 * static_cast<double>(positives_here);
    positives += positives_here;
  }
  const auto p = static_cast<double>(positives), n = static_cast<double>(scores.size()) - p;
  if (p == 0 || n == 0) return error("AUC needs samples of both kinds, and there is only one");
  return (rank_sum - p * (p + 1) / 2) / (p * n);
}

Result<RegressionFigures> regression(std::span<const float> target, std::span<const float> predicted) {
  MOTE_TRY_VOID(check_lengths(target.size(), predicted.size()));
  double absolute = 0, squared = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const double difference = static_cast<double>(predicted[i]) - static_cast<double>(target[i]);
    absolute += std::abs(difference);
    squared += difference * difference;
  }
  const auto n = static_cast<double>(target.size());
  return RegressionFigures{absolute / n, std::sqrt(squared / n)};
}

}  // namespace mote
