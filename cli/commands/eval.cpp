#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(eval) {
  static const mote::Command command = {
      "eval", "score a model on labelled cases, on the host or on a target; hold it against a reference",
      [](CLI::App& app) {
        auto request = std::make_shared<mote::EvalRequest>();
        app.add_option("model", request->model, "a .tflite file, float or quantized")->required();
        app.add_option("--data", request->data,
                       "cases: .npy, one a model input, the leading axis is the case; or a .csv, a case a "
                       "row; or a folder with a "
                       "sub-folder of pictures for each class")
            ->required()
            ->type_name("D");
        app.add_option("--labels", request->labels,
                       "one a case: .npy, .csv (its last column), .txt (one a line)")
            ->type_name("L");
        app.add_option("--label-column", request->label_column, "of the .csv, when it is not the last one");
        app.add_option("--columns", request->columns,
                       "of a .csv: those with the inputs' values, s0..s124,hr; else all but the label");
        app.add_option("--label-names", request->label_names,
                       "class names, one a line, in the order of the model's outputs")
            ->type_name("F.txt");
        app.add_option("--task", request->task,
                       "classification, regression, or anomaly (label 1 is abnormal)")
            ->check(CLI::IsMember({"classification", "regression", "anomaly"}));
        app.add_option("--offset", request->offset,
                       "numbers that are not real values yet: real = (value - offset) * scale");
        app.add_option("--scale", request->scale,
                       "see --offset; without both, pictures' 0..255 span the range of a quantized input, "
                       "or 0..1 of a float one");
        app.add_flag("--resize", request->resize, "make pictures of another size fit");
        app.add_option("--samples", request->samples, "how many cases, at least 1; all, unless it is given");
        app.add_option("--top-k", request->top_k,
                       "also count answers among the K highest scores (default 5, if there are more)");
        app.add_option("--target", request->target,
                       "host, or a target of `mote targets` to run the firmware on as well")
            ->capture_default_str();
        app.add_option("--optimize", request->optimize, "speed, size or ram")
            ->check(CLI::IsMember({"speed", "size", "ram"}))
            ->capture_default_str();
        app.add_option("--reference", request->references,
                       "real outputs for the same cases: .npy, one a model output; or one .npz of tensors by "
                       "their names")
            ->type_name("F.npy");
        app.add_option("--reference-model", request->reference_model,
                       "compare with this model, layer by layer")
            ->type_name("FLOAT.tflite");
        app.add_option("-o,--output", request->page, "a page with the figures and pictures")
            ->type_name("FILE.html");
        return std::function<mote::Result<mote::Outcome>()>([request] { return mote::eval_model(*request); });
      }};
  return command;
}
