// Chooses which samples are for training, validation and test.  Private to the room; load.cpp uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace mote {

struct SplitRequest {
  std::vector<std::optional<Split>>
      given;                         ///< by sample: from its file or the split column; nothing: to be decided
  double validation_fraction = 0.2;  ///< of the samples to be decided, or of the given training samples
  double test_fraction = 0.2;        ///< of the samples to be decided
  bool by_group = false;             ///< keep each group of the dataset whole
  bool by_time =
      false;  ///< in the order of the samples, each group by itself; windows across a border are left out
  double train_length =
      0;  ///< of by_time: seconds (rows, without places) that train and validate; 0: by the fractions
  int folds = 0, fold = 1;  ///< the test is fold number `fold`; 0: no folds
  std::uint64_t seed = 1;
};

/// Fills data.split from data.target, data.group and the request.  Given splits stay; a test set is taken out
/// of what is undecided when none is given, and so is a validation set (out of the training samples when all
/// is decided). By group: the groups whose sizes and class counts come nearest to the fractions.  At random:
/// stratified by class.
Result<void> split_dataset(Dataset& data, const SplitRequest& request);

}  // namespace mote
