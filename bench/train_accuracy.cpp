// train_accuracy --data FILE.npz --seed N --epochs N: trains small_cnn on the arrays x [samples, height, width,
// channels], y, x_test, y_test of a .npz and says how many of the test samples it gets right.
// bench/train_equivalence.py lets PyTorch do the same.
#include <CLI/CLI.hpp>

#include "base/system.h"
#include "math/npz.h"
#include "train/train.h"
#include "train_networks.h"

namespace {
using namespace mote;

Result<Dataset> load(const std::string& file) {
  MOTE_TRY(const Bytes bytes, read_file(file));
  MOTE_TRY(const auto arrays, read_npz(bytes));
  Dataset data;
  data.name = file;
  DataInput input;
  input.name = "x";
  for (const auto& [values, answers, split] :
       {std::tuple{"x", "y", Split::Train}, {"x_test", "y_test", Split::Test}}) {
    const auto x = arrays.find(values), y = arrays.find(answers);
    if (x == arrays.end() || y == arrays.end() || x->second.shape.size() != 4)
      return error(text::cat(file, ": the arrays ", values, " [n, h, w, c] and ", answers, " are needed"));
    input.shape = {};
    for (std::size_t i = 1; i < 4; ++i) input.shape.push_back(static_cast<std::int32_t>(x->second.shape[i]));
    for (const float v : to_floats(x->second)) input.values.push_back(v);
    for (const float label : to_floats(y->second)) {
      data.target.push_back(static_cast<std::int32_t>(label));
      data.split.push_back(split);
      while (data.labels.size() <= static_cast<std::size_t>(data.target.back()))
        data.labels.push_back(text::cat(data.labels.size()));
    }
  }
  data.inputs.push_back(std::move(input));
  return data;
}

Result<double> learn_and_score(const std::string& file, const TrainOptions& options) {
  MOTE_TRY(const Dataset data, load(file));
  const std::vector<std::int32_t>& shape = data.inputs[0].shape;
  Module module = small_cnn({shape[0], shape[1], shape[2]}, static_cast<std::int32_t>(data.labels.size()));
  initialize_weights(module, options.seed);
  MOTE_TRY(const Trained trained, train(module, data, options));
  MOTE_TRY(const SplitFigures figures, measure(trained.module, data, Split::Test, options));
  return figures.accuracy;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"accuracy of a small network after some epochs"};
  std::string file;
  TrainOptions options;
  options.monitor = "last";
  app.add_option("--data", file, ".npz")->required();
  app.add_option("--seed", options.seed);
  app.add_option("--epochs", options.epochs);
  CLI11_PARSE(app, argc, argv);
  Progress::quiet = true;
  const auto accuracy = learn_and_score(file, options);
  if (!accuracy) {
    fmt::print(stderr, "{}\n", accuracy.error().message);
    return 2;
  }
  fmt::print("{:.4f}\n", *accuracy);
  return 0;
}
