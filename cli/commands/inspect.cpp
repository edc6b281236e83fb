#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(inspect) {
  static const mote::Command command = {
      "inspect", "a model's layers: op, shape, parameters, MACs, bytes, quantization; its graph as a page",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::InspectRequest>();
        app.add_option("model", request->model, "a .tflite file")->required();
        app.add_option("--target", request->target, "whose arena is shown")->capture_default_str();
        app.add_option("-o,--html", request->page, "a page with the graph, the layers, memory over time")
            ->type_name("FILE.html");
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::inspect_model(*request); });
      }};
  return command;
}
