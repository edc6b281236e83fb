#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(doctor) {
  static const mote::Command command = {
      "doctor", "what this machine lacks, and the package that brings it", [](CLI::App& app) {
        (void)app;
        return std::function<mote::Result<mote::Outcome>()>([] { return mote::doctor(); });
      }};
  return command;
}
