#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(flow) {
  static const mote::Command command = {
      "flow", "all of it: data, train, quantize, compile, run on the target, report", [](CLI::App& app) {
        auto request = std::make_shared<mote::FlowRequest>();
        app.add_option("project", request->project, "the project file")->capture_default_str();
        app.add_option("-o,--output", request->output, "folder for models, sources and report");
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::flow(*request); });
      }};
  return command;
}
