// What a prediction is worth: pure functions from targets and predictions to figures.  evaluate.h makes the predictions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace mote {

/// Of one label.  A figure without anything to divide by (a label that no sample has, or that nobody predicted) is 0.
struct LabelFigures {
  std::string label;
  std::int64_t samples = 0;  ///< whose target it is
  double recall = 0, precision = 0, f1 = 0;
};

struct ClassificationFigures {
  std::int64_t samples = 0, correct = 0;
  double accuracy = 0;
  /// Mean of the labels' f1, each label counting the same; labels that neither occur nor are predicted do not count.
  double f1_macro = 0;
  std::vector<LabelFigures> labels;
  std::vector<std::vector<std::int64_t>> confusion;  ///< [target][predicted]
};

/// What a model must beat: always answering the commonest label (the first, where two are equally common).
struct Baseline {
  std::string name;  ///< "always 'normal'"
  double accuracy = 0;
};

struct RegressionFigures {
  double mae = 0, rmse = 0;
};

/// Targets and predictions are indices into `labels`.
Result<ClassificationFigures> classification(std::span<const std::int32_t> target,
                                             std::span<const std::int32_t> predicted,
                                             const std::vector<std::string>& labels);
Result<Baseline> majority_baseline(std::span<const std::int32_t> target,
                                   const std::vector<std::string>& labels);

/// Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting half.
/// An error when there are no positives or no negatives, or a score is NaN.
Result<double> auc(const std::vector<bool>& positive, std::span<const float> scores);

Result<RegressionFigures> regression(std::span<const float> target, std::span<const float> predicted);

}  // namespace mote
