// What a training needs to go on after an interruption as if there had been none.  One .npz, written whole or not at all
// after each epoch.  Random numbers need no place in it: they come from seed, epoch and sample.  Internal to train.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"
#include "train/train.h"

namespace mote {

struct TrainState {
  std::string fingerprint;           ///< of network, data and options
  std::vector<EpochFigures> epochs;  ///< of those that are done
  int best_epoch = 0;
  std::vector<float> weights, best;  ///< Network::snapshot now, and of the best epoch
  std::vector<float> first, second;  ///< moments of the optimizer, of all weights one after the other
  std::vector<float> mean;           ///< running mean of the weights; empty: none is kept
  double power1 = 1, power2 = 1;     ///< of the optimizer's bias correction
  std::int64_t steps = 0;            ///< updates of the running mean
};

/// Hash of all that decides what a training computes.
std::string fingerprint_of(const Module& module, const Dataset& data, const TrainOptions& options);

Result<void> save_state(const TrainState& state, const std::filesystem::path& file);
/// An error where the file is damaged or belongs to another training than `fingerprint`.
Result<TrainState> load_state(const std::filesystem::path& file, const std::string& fingerprint);

}  // namespace mote
