#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(inspect) {
  static const mote::Command command = {
      "inspect", "a model's layers: op, shape, MACs, bytes, quantization", [](CLI::App& app) {
        auto model = std::make_shared<std::string>();
        app.add_option("model", *model, "a .tflite file")->required();
        return std::function<mote::Result<mote::Outcome>()>([model] { return mote::inspect_model(*model); });
      }};
  return command;
}
