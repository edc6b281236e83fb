#include "train/repeat.h"

#include <cmath>

#include "base/text.h"

namespace mote {
namespace {

constexpr int kMostRuns = 1000;

Result<void> check_runs(std::string_view what, int runs) {
  if (runs >= 2 && runs <= kMostRuns) return {};
  return error(text::cat(what, ": ", runs, " is outside 2 … ", kMostRuns),
               text::cat("5 ", what, " are usual"));
}

Result<void> train_once(const Module& module, const Dataset& data, const TrainOptions& options,
                        Repeats& repeats) {
  Module fresh = module;
  initialize_weights(fresh, options.seed);
  MOTE_TRY(const Trained trained, train(fresh, data, options));
  const bool tests = !data.indices(Split::Test).empty();
  MOTE_TRY(const SplitFigures figures,
           measure(trained.module, data, tests ? Split::Test : Split::Validation, options));
  repeats.figures.push_back(figures);
  repeats.epochs.push_back(trained.best_epoch + 1);
  return {};
}

void summarize(Repeats& repeats) {
  const auto of = [&](double SplitFigures::*figure) {
    std::vector<double> values;
    for (const SplitFigures& f : repeats.figures) values.push_back(f.*figure);
    return spread_of(values);
  };
  repeats.loss = of(&SplitFigures::loss);
  repeats.accuracy = of(&SplitFigures::accuracy);
  repeats.f1_macro = of(&SplitFigures::f1_macro);
  repeats.mae = of(&SplitFigures::mae);
  repeats.rmse = of(&SplitFigures::rmse);
}

}  // namespace

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, n > 1 ? std::sqrt(squares / (n - 1)) : 0};
}

Result<Repeats> train_folds(const Module& module, int folds,
                            const std::function<Result<Dataset>(int fold)>& fold,
                            const TrainOptions& options) {
  MOTE_TRY_VOID(check_runs("folds", folds));
  Repeats repeats;
  for (int i = 0; i < folds; ++i) {
    const std::string name = text::cat("fold ", i + 1);
    auto data = fold(i);
    if (!data) return data.error().in(name);
    auto done = train_once(module, *data, options, repeats);
    if (!done) return done.error().in(name);
    repeats.names.push_back(name);
  }
  summarize(repeats);
  return repeats;
}

Result<Repeats> train_seeds(const Module& module, const Dataset& data, int seeds,
                            const TrainOptions& options) {
  MOTE_TRY_VOID(check_runs("seeds", seeds));
  Repeats repeats;
  for (int i = 0; i < seeds; ++i) {
    TrainOptions one = options;
    one.seed = options.seed + static_cast<std::uint64_t>(i);
    const std::string name = text::cat("seed ", one.seed);
    auto done = train_once(module, data, one, repeats);
    if (!done) return done.error().in(name);
    repeats.names.push_back(name);
  }
  summarize(repeats);
  return repeats;
}

}  // namespace mote
