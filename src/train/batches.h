// Samples become batches: order of an epoch, sizes of its batches, augmentation of series.
// Internal to train.  Everything drawn depends on seed, epoch and sample alone, never on the thread or the batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"
#include "train/train.h"

namespace mote {

/// `samples` in the order of `epoch`.
std::vector<std::size_t> shuffled(std::vector<std::size_t> samples, std::uint64_t seed, int epoch);

/// `samples` cut into ⌈n / batch⌉ runs whose sizes differ by at most one: no tiny last batch to upset batch norm.
std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> samples, int batch);

/// Noise, scale, offset and shift for series, as the options say.
class Augmentation {
 public:
  Augmentation(const Graph& graph, const Dataset& data, const TrainOptions& options);
  bool any() const { return any_; }
  /// Sample `sample` of input `input` as `epoch` sees it → out, `DataInput::count()` floats.
  void copy(const Dataset& data, std::size_t input, std::size_t sample, int epoch, float* out) const;

 private:
  std::vector<bool> series_;  ///< by input: it has a rate, or the shape [time, channels]
  TrainOptions options_;
  bool any_;
};

}  // namespace mote
