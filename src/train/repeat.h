// A training several times: over the folds of the data, or with several seeds.  What comes out is how good the way of training
// is and how much that varies, not another network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "train/train.h"

namespace mote {

/// Mean and standard deviation (of a sample: n − 1) of a figure over the runs.
struct Spread {
  double mean = 0, deviation = 0;
};
Spread spread_of(const std::vector<double>& values);

struct Repeats {
  std::vector<std::string> names;     ///< by run: "fold 1", "seed 7"
  std::vector<SplitFigures> figures;  ///< by run, of the samples that were held out
  std::vector<int> epochs;            ///< by run: how many the best network had
  Spread loss, accuracy, f1_macro, mae, rmse;
};

/// Trains anew for each fold 0 … folds − 1; `fold` gives its data, the held-out samples as its test split (or, where that is
/// empty, its validation split).
Result<Repeats> train_folds(const Module& module, int folds,
                            const std::function<Result<Dataset>(int fold)>& fold,
                            const TrainOptions& options);

/// Trains anew with the seeds options.seed, options.seed + 1, …: other first weights, order, augmentation.
Result<Repeats> train_seeds(const Module& module, const Dataset& data, int seeds,
                            const TrainOptions& options);

}  // namespace mote
