// What a model's answers are worth in the dataset's task: one function for float, int8 and device, from the real values of their
// scores.  metrics.h has the figures one by one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace mote {

/// What is known of each task; the rest stays empty.
struct Judgement {
  std::optional<double> accuracy;  ///< of classes; of several labels: of all yes and no
  std::optional<double> f1_macro;
  std::optional<double> auc;                         ///< of anomaly scores, and of two classes
  std::optional<double> mae, rmse;                   ///< of numbers, in the user's unit
  std::vector<double> recall, f1;                    ///< by label
  std::vector<std::vector<std::int64_t>> confusion;  ///< [target][predicted]
};

/// The trivial answer that a model must beat, and which of the figures above it is.
struct TrivialAnswer {
  std::string name;    ///< "always 'normal'", "as now"
  std::string figure;  ///< "accuracy", "rmse", "f1" (of anomalies)
  double value = 0;
};

/// `scores`: real values of the model's first output, sample-major; `per_sample` each.  `threshold`: of anomaly scores, which
/// anomaly detection needs and nothing else looks at.
Result<Judgement> judge(const Dataset& data, std::span<const std::size_t> samples,
                        std::span<const float> scores, std::size_t per_sample,
                        std::optional<double> threshold = std::nullopt);

/// Of classes: the commonest one of the samples.  Of numbers: no change where there is a reading of now, else the mean of the
/// training samples.  Of anomalies: always an alarm.  Of several labels: each as the training samples mostly are.
Result<TrivialAnswer> trivial_answer(const Dataset& data, std::span<const std::size_t> samples);

}  // namespace mote
