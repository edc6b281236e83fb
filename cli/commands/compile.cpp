#include "model_options.h"

MOTE_COMMAND(compile) {
  static const mote::Command command = {
      "compile", "turn a model into C++11 sources for a target", [](CLI::App& app) {
        auto request = std::make_shared<mote::CompileRequest>();
        mote::add_model_options(app, *request);
        app.add_option("-o,--output", request->folder, "folder for the sources")->required();
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::compile_model(*request); });
      }};
  return command;
}
