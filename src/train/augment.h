// Augmentation: samples as an epoch sees them, changed at random as the options say.  Internal to train.
// Everything drawn depends on seed, epoch and sample (and its copy) alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"
#include "train/batches.h"
#include "train/train.h"

namespace mote {

/// Whether the data has the inputs that the options want to change: an error names the option.
Result<void> check_augmentation(const Graph& graph, const Dataset& data, const TrainOptions& options);

class Augmentation {
 public:
  Augmentation(const Graph& graph, const Dataset& data, const TrainOptions& options);
  /// Costs far more than a copy: worth threads.
  bool is_slow() const;
  /// Sample of input `input` as `epoch` sees it → out, `DataInput::count()` floats.
  void copy(const Dataset& data, std::size_t input, Draw draw, int epoch, float* out) const;

 private:
  enum class Kind : std::uint8_t { Features, Series, Picture };
  friend Result<void> check_augmentation(const Graph&, const Dataset&, const TrainOptions&);
  static Kind kind_of(const Graph& graph, const Dataset& data, std::size_t input);

  std::vector<Kind> kinds_;  ///< by input
  TrainOptions options_;
};

/// Which sample is mixed into another, and how much of that other stays.
struct Mix {
  std::size_t partner = 0;  ///< index into the samples of training
  float share = 1;          ///< of the sample itself, ½ … 1
};
/// Beta(α, α) of Zhang et al. 2018, its larger half: the sample's own label outweighs.
Mix mix_of(const TrainOptions& options, Draw draw, int epoch, std::size_t samples);

}  // namespace mote
