#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_show) {
  static const mote::Command command = {
      "data show", "counts by class and split, ranges of the inputs", [](CLI::App& app) {
        auto request = std::make_shared<std::string>("mote.toml");
        app.add_option("project", *request, "the project file")->capture_default_str();
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::data_show(*request); });
      }};
  return command;
}
