#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_check) {
  static const mote::Command command = {
      "data check", "class balance, leakage across splits, drift, missing values, channels",
      [](CLI::App& app) {
        auto request = std::make_shared<std::string>("mote.toml");
        app.add_option("project", *request, "the project file")->capture_default_str();
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::data_check(*request); });
      }};
  return command;
}
