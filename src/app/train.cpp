// `mote train`: a project's data → a trained float network, its checkpoint and figures; or figures over folds or seeds.  What an
// interruption left is taken up again by `--resume`, with the bytes of a training without one.
#include "train/train.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/network.h"
#include "app/project.h"
#include "app/project_data.h"
#include "base/system.h"
#include "export/export.h"
#include "passes/pipeline.h"
#include "train/repeat.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

/// The figures that a task has, in the order they are shown: name, what stands behind the number, and where it is kept.
struct Figure {
  std::string_view name;
  double SplitFigures::*of;
  Spread Repeats::*over;
};
std::vector<Figure> figures_of(Task task) {
  std::vector<Figure> figures = {{"loss", &SplitFigures::loss, &Repeats::loss}};
  if (task == Task::Classification || task == Task::MultiLabel) {
    figures.push_back({"accuracy", &SplitFigures::accuracy, &Repeats::accuracy});
    figures.push_back({"f1_macro", &SplitFigures::f1_macro, &Repeats::f1_macro});
  } else {
    figures.push_back({"mae", &SplitFigures::mae, &Repeats::mae});
    figures.push_back({"rmse", &SplitFigures::rmse, &Repeats::rmse});
  }
  return figures;
}

nlohmann::ordered_json json_of(const SplitFigures& figures, Task task) {
  nlohmann::ordered_json out;
  for (const Figure& figure : figures_of(task)) out[std::string(figure.name)] = figures.*figure.of;
  return out;
}

nlohmann::ordered_json json_of(const EpochFigures& f, Task task) {
  nlohmann::ordered_json out;
  out["learning_rate"] = f.learning_rate;
  out["train"] = json_of(SplitFigures{f.train_loss, f.train_accuracy, 0, f.train_mae, f.train_rmse}, task);
  out["train"].erase("f1_macro");
  out["validation"] = json_of(SplitFigures{f.validation_loss, f.validation_accuracy, f.validation_f1,
                                           f.validation_mae, f.validation_rmse},
                              task);
  return out;
}

class Training {
 public:
  Training(const TrainRequest& request, Project project) : request_(request), project_(std::move(project)) {}

  Result<Outcome> run() {
    MOTE_TRY_VOID(check_request());
    MOTE_TRY_VOID(check_writable(folder()));
    MOTE_TRY_VOID(check_output_folder(folder(), project_, request_.project));
    MOTE_TRY(LoadedProject loaded, load_project_data(project_));
    data_ = std::move(loaded.data);
    MOTE_TRY(loss_, loss_name(project_.train, data_.task));
    MOTE_TRY(Module network, build_network(project_.model, data_));
    json_["mote_version"] = version();
    json_["project"] = project_.name;
    json_["task"] = name_of(data_.task);
    json_["loss"] = loss_;
    if (request_.folds || request_.seeds) return repeat(network);
    return once(std::move(network));
  }

 private:
  Result<void> check_request() const {
    if (request_.folds && request_.seeds)
      return usage_error("--folds and --seeds together are not possible", "first the one, then the other");
    if (request_.resume && (request_.folds || request_.seeds))
      return usage_error("--resume goes with a single training", "leave --folds and --seeds out");
    if (request_.folds && project_.is_generated())
      return error("--folds: generated data has no folds", "use --seeds");
    if (request_.folds && project_.data.split_by == "time")
      return error("--folds: this project splits by time, and folds would mix past and future",
                   "use --seeds; or, with a group that keeps moments together, split = \"group\"");
    return {};
  }
  fs::path folder() const {
    return request_.output.empty() ? project_.folder / "out" : fs::path(request_.output);
  }
  std::string stem() const { return text::identifier(project_.name); }

  // ---- one network

  Result<Outcome> once(Module network) {
    initialize_weights(network, project_.train.seed);
    TrainRun run;
    run.state = folder() / (stem() + "_training_state.npz");
    run.resume = request_.resume;
    MOTE_TRY(const Trained trained, train(network, data_, project_.train, run));
    for (const EpochFigures& epoch : trained.epochs) json_["epochs"].push_back(json_of(epoch, data_.task));
    json_["best_epoch"] = trained.best_epoch + 1;
    out_ = fmt::format("{}, task {}, loss {}: {} epochs, the best is {}\n", project_.name,
                       name_of(data_.task), loss_, trained.epochs.size(), trained.best_epoch + 1);
    for (const Split split : {Split::Train, Split::Validation, Split::Test})
      MOTE_TRY_VOID(describe(trained.module, split));
    MOTE_TRY(const Module prepared, prepare_quantization(trained.module));
    MOTE_TRY(const Bytes model, export_tflite(prepared));
    const fs::path checkpoint = folder() / (stem() + ".npz"), file = folder() / (stem() + "_float.tflite");
    MOTE_TRY_VOID(save_checkpoint(trained.module, checkpoint));
    MOTE_TRY_VOID(write_file(file, model));
    MOTE_TRY_VOID(finish("_training.json"));
    std::error_code ignored;  // what is done needs no state: one that stays costs a file, no more
    fs::remove(run.state, ignored);
    return Outcome{
        out_ + text::cat("written: ", file.string(), ", ", checkpoint.string(), ", ", written_, "\n"),
        json_.dump(2), true};
  }

  Result<void> describe(const Module& module, Split split) {
    if (data_.indices(split).empty()) return {};
    MOTE_TRY(const SplitFigures figures, measure(module, data_, split, project_.train));
    json_["figures"][std::string(name_of(split))] = json_of(figures, data_.task);
    out_ += fmt::format("  {:<10}  {}\n", name_of(split), text_of(figures));
    return {};
  }

  std::string text_of(const SplitFigures& figures) const {
    std::vector<std::string> parts;
    for (const Figure& figure : figures_of(data_.task))
      parts.push_back(fmt::format("{} {:.5g}{}", figure.name, figures.*figure.of, unit_of(figure)));
    return text::join(parts, "   ");
  }
  std::string unit_of(const Figure& figure) const {
    const bool real = figure.name == "mae" || figure.name == "rmse";
    return real && !data_.number.unit.empty() ? " " + data_.number.unit : "";
  }

  // ---- several, for their figures

  Result<Outcome> repeat(const Module& network) {
    const auto fold = [&](int i) -> Result<Dataset> {
      Project one = project_;
      one.data.split_by = "k-fold";
      one.data.folds = *request_.folds;
      one.data.fold = i + 1;
      MOTE_TRY(LoadedProject loaded, load_project_data(one));
      return std::move(loaded.data);
    };
    MOTE_TRY(const Repeats repeats, request_.folds
                                        ? train_folds(network, *request_.folds, fold, project_.train)
                                        : train_seeds(network, data_, *request_.seeds, project_.train));
    out_ = fmt::format("{}, task {}, loss {}: {} trainings, figures of the samples held out\n", project_.name,
                       name_of(data_.task), loss_, repeats.names.size());
    for (std::size_t i = 0; i < repeats.names.size(); ++i) {
      nlohmann::ordered_json run;
      run["name"] = repeats.names[i];
      run["best_epoch"] = repeats.epochs[i];
      run["figures"] = json_of(repeats.figures[i], data_.task);
      json_["runs"].push_back(std::move(run));
      out_ += fmt::format("  {:<8}  {}\n", repeats.names[i], text_of(repeats.figures[i]));
    }
    std::vector<std::string> means;
    for (const Figure& figure : figures_of(data_.task)) {
      const Spread& spread = repeats.*figure.over;
      json_["mean"][std::string(figure.name)] = spread.mean;
      json_["deviation"][std::string(figure.name)] = spread.deviation;
      means.push_back(
          fmt::format("{} {:.5g} ± {:.3g}{}", figure.name, spread.mean, spread.deviation, unit_of(figure)));
    }
    out_ += fmt::format("  {:<8}  {}\n", "mean", text::join(means, "   "));
    MOTE_TRY_VOID(finish(request_.folds ? "_folds.json" : "_seeds.json"));
    return Outcome{out_ + text::cat("written: ", written_, "\n"), json_.dump(2), true};
  }

  Result<void> finish(const std::string& ending) {
    const fs::path file = folder() / (stem() + ending);
    written_ = file.string();
    return write_text(file, json_.dump(2) + "\n");
  }

  const TrainRequest& request_;
  Project project_;
  Dataset data_;
  std::string loss_, out_, written_;
  nlohmann::ordered_json json_;
};

}  // namespace

Result<Outcome> train_project(const TrainRequest& request) {
  MOTE_TRY(Project project, load_project(request.project));
  return Training(request, std::move(project)).run();
}

}  // namespace mote
