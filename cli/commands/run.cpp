#include "model_options.h"

MOTE_COMMAND(run) {
  static const mote::Command command = {
      "run", "build the firmware of a model, run it on a target, compare every byte with the host",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::RunRequest>();
        mote::add_model_options(app, *request);
        app.add_option("--input", request->inputs,
                       "inputs as .npy, one a model input; the leading axis is the case")
            ->type_name("F.npy");
        app.add_option("--golden", request->goldens, "expected outputs as .npy, one a model output")
            ->type_name("F.npy");
        app.add_option("--hashes", request->hashes, "FNV-1a-64 of intermediate tensors: input,tensor,fnv1a64")
            ->type_name("F.csv");
        app.add_flag("--sequence", request->sequence, "keep state from case to case");
        app.add_option("--tolerance", request->tolerance, "relative, of float outputs");
        app.add_option("--samples", request->samples,
                       "how many cases (random ones when there is no --input)");
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::run_model(*request); });
      }};
  return command;
}
