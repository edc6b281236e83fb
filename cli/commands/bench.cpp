#include "model_options.h"

MOTE_COMMAND(bench) {
  static const mote::Command command = {
      "bench", "measure a model on a target: instructions, flash, RAM, stack, in total and by layer",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::RunRequest>();
        mote::add_model_options(app, *request);
        app.add_option("--samples", request->samples, "how many random cases")->capture_default_str();
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::bench_model(*request); });
      }};
  return command;
}
