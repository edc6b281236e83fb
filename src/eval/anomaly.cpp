#include "eval/anomaly.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace mote {

double anomaly_score(std::span<const float> input, std::span<const float> answer) {
  MOTE_CHECK(!input.empty() && input.size() == answer.size(), "a reconstruction is as long as its input");
  double sum = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double off = static_cast<double>(answer[i]) - static_cast<double>(input[i]);
    sum += off * off;
  }
  return sum / static_cast<double>(input.size());
}

std::vector<double> anomaly_scores(std::span<const float> inputs, std::span<const float> answers,
                                   std::size_t count) {
  MOTE_CHECK(count > 0 && inputs.size() % count == 0, "whole samples");
  std::vector<double> scores;
  for (std::size_t at = 0; at < inputs.size(); at += count)
    scores.push_back(anomaly_score(inputs.subspan(at, count), answers.subspan(at, count)));
  return scores;
}

Result<double> anomaly_threshold(std::span<const double> normal_scores, double share) {
  if (normal_scores.empty())
    return error("there are no normal samples to choose the threshold from",
                 "leave normal samples in the validation or training split");
  if (!(share > 0 && share <= 1))
    return error(text::cat("a threshold for the share ", share, " of the normal samples does not exist"),
                 "choose a share in (0, 1], 0.99 say");
  std::vector<double> sorted(normal_scores.begin(), normal_scores.end());
  for (const double score : sorted)
    if (!std::isfinite(score)) return error("an anomaly score is not a finite number");
  std::sort(sorted.begin(), sorted.end());
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<std::int32_t> find_anomalies(std::span<const double> scores, double threshold) {
  std::vector<std::int32_t> found;
  for (const double score : scores) found.push_back(score > threshold ? 1 : 0);
  return found;
}

}  // namespace mote
