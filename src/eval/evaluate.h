// Runs a model, float or int8, over samples of a dataset in Sim and keeps what it answers; metrics.h says what that is worth.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"

namespace mote {

struct Predictions {
  /// Indices into the dataset, as asked for; the vectors below follow their order
  std::vector<std::size_t> samples;
  std::vector<std::int32_t> target;  ///< index into the dataset's labels
  /// The highest score's index, the lowest of equal ones; see `evaluate` for one score
  std::vector<std::int32_t> predicted;
  std::size_t scores_per_sample = 0;
  std::vector<float> scores;  ///< real values of model output 0, sample-major
  std::vector<Bytes> raw;     ///< [model output]: its bytes, sample-major; what a device must answer

  /// Score number `column` of each sample.
  std::vector<float> column(std::size_t column) const;
};

/// Dataset inputs go to the model's inputs in order.  State is reset before each sample.  A model with a
/// single score is taken for a binary one: label 1 from 0.5 on.  Any number of threads gives the same bytes.
Result<Predictions> evaluate(const Module& module, const Dataset& data, std::span<const std::size_t> samples);

}  // namespace mote
