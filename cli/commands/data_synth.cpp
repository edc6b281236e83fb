#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_synth) {
  static const mote::Command command = {
      "data synth", "make up a data set: synthetic ECG as CSV", [](CLI::App& app) {
        auto request = std::make_shared<mote::SynthRequestLine>();
        app.add_option("generator", request->generator, "ecg")->capture_default_str();
        app.add_option("-o,--output", request->file, "the CSV file to write")->required();
        app.add_option("--subjects", request->subjects, "how many");
        app.add_option("--beats", request->beats, "of one subject");
        app.add_option("--seed", request->seed, "same seed, same bytes")->capture_default_str();
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::data_synth(*request); });
      }};
  return command;
}
