// Anomaly detection by reconstruction: a network that has learned normal samples alone answers its first input, and answers
// badly what it never saw.  The score is how badly; a sample above the threshold is an anomaly.  The threshold comes
// from normal samples of the training side alone, so the test set says nothing about it.  The same function scores
// float, int8 and device, from the real values of output and input.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace mote {

/// Mean of (answer − input)² over a sample's values; the two are equally long, at least one value.
double anomaly_score(std::span<const float> input, std::span<const float> answer);

/// By sample; `inputs` and `answers` hold `count` values a sample, one sample behind the other.
std::vector<double> anomaly_scores(std::span<const float> inputs, std::span<const float> answers,
                                   std::size_t count);

/// The score that this share of the normal samples does not exceed: interpolated between neighbours of the sorted scores.
/// An error without scores, with one that is not finite, or with a share outside (0, 1].
Result<double> anomaly_threshold(std::span<const double> normal_scores, double share = 0.99);

/// 1 where the score is above the threshold.
std::vector<std::int32_t> find_anomalies(std::span<const double> scores, double threshold);

}  // namespace mote
