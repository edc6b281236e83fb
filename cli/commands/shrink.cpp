#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(shrink) {
  static const mote::Command command = {
      "shrink", "quantize a float model to int8, with scales from real inputs", [](CLI::App& app) {
        auto request = std::make_shared<mote::ShrinkRequest>();
        app.add_option("model", request->model,
                       "a .tflite file in float, or with int8 weights and float activations")
            ->required();
        app.add_option("--calibrate", request->calibrate,
                       "real inputs: .npy, one a model input, the leading axis is the case; or a .csv, a "
                       "case a row; or "
                       "a folder with a sub-folder of pictures for each class")
            ->required()
            ->type_name("D");
        app.add_option("--label-column", request->label_column, "of a .csv, when it is not the last one");
        app.add_option("--columns", request->columns,
                       "of a .csv: those with the inputs' values; else all but the label");
        app.add_option("--offset", request->offset,
                       "numbers that are not real values yet: real = (value - offset) * scale");
        app.add_option("--scale", request->scale, "see --offset");
        app.add_flag("--resize", request->resize, "make pictures of another size fit");
        app.add_option("--samples", request->samples, "how many cases, at least 1; all, unless it is given");
        app.add_option("--method", request->calibration,
                       "how a range becomes a scale: minmax, percentile or mse")
            ->check(CLI::IsMember({"minmax", "percentile", "mse"}))
            ->capture_default_str();
        app.add_option("-o,--output", request->output, "the quantized model")
            ->required()
            ->type_name("FILE.tflite");
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::shrink_model(*request); });
      }};
  return command;
}
