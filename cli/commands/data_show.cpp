#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_show) {
  static const mote::Command command = {
      "data show", "counts by class and split, ranges of the inputs, and a page of pictures",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::ShowRequest>();
        app.add_option("project", request->project, "the project file")->capture_default_str();
        app.add_option("-o,--html", request->page,
                       "the page of waveforms, spectrograms, photographs; out/data.html beside the project "
                       "where it is not named")
            ->type_name("FILE.html");
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::data_show(*request); });
      }};
  return command;
}
