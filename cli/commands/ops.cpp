#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(ops) {
  static const mote::Command command = {
      "ops", "the operators, or all about one of them", [](CLI::App& app) {
        auto name = std::make_shared<std::string>();
        app.add_option("name", *name, "an operator");
        return std::function<mote::Result<mote::Outcome>()>([name] { return mote::list_ops(*name); });
      }};
  return command;
}
