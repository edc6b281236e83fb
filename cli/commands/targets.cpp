#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(targets) {
  static const mote::Command command = {
      "targets", "the CPUs and boards that mote compiles for", [](CLI::App& app) {
        (void)app;
        return std::function<mote::Result<mote::Outcome>()>([] { return mote::list_targets(); });
      }};
  return command;
}
