#include "model_options.h"

MOTE_COMMAND(check) {
  static const mote::Command command = {
      "check", "operator by operator: native, rewritten, unsupported; RAM and flash against the board",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::CheckRequest>();
        mote::add_model_options(app, *request);
        app.add_flag("--estimate", request->estimate,
                     "do not build the firmware to know the size of its code");
        app.add_option("-o,--output", request->page, "the same as a page")->type_name("FILE.html");
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::check_model(*request); });
      }};
  return command;
}
