#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_split) {
  static const mote::Command command = {
      "data split", "which sample trains, validates, tests: counts, and a CSV; each fold of k-fold",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::SplitRequestLine>();
        app.add_option("project", request->project, "the project file")->capture_default_str();
        app.add_option("-o,--output", request->file, "a line a sample: origin, label, group, split")
            ->type_name("FILE.csv");
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::data_split(*request); });
      }};
  return command;
}
