#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(train) {
  static const mote::Command command = {
      "train", "train a project's network: checkpoint, float model, figures", [](CLI::App& app) {
        auto request = std::make_shared<mote::TrainRequest>();
        app.add_option("project", request->project, "the project file")->capture_default_str();
        app.add_flag("--resume", request->resume,
                     "go on where an interrupted training stopped: the result is the same, byte for byte");
        app.add_option("--folds", request->folds,
                       "train on each of K folds of the data and show how the figures vary")
            ->check(CLI::Range(2, 1000))
            ->type_name("K");
        app.add_option("--seeds", request->seeds, "train with N seeds and show how the figures vary")
            ->check(CLI::Range(2, 1000))
            ->type_name("N");
        app.add_option("-o,--output", request->output, "folder for checkpoint, model and figures");
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::train_project(*request); });
      }};
  return command;
}
