// The use cases: one function for each thing that mote does for a person.  The command line, the studio and the Python
// bindings are thin layers over this header and include nothing else of the program's rooms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace mote {

std::string version();

/// What a use case answers: for people, for programs, and whether all that was promised holds (exit status).
struct Outcome {
  std::string text;
  std::string json;
  bool ok = true;  ///< false: mismatches found, a budget exceeded, a problem in the data
};

// ---- models

struct ModelRequest {
  std::string model;  ///< a .tflite file
  std::string target = "cortex-m4";
  std::string optimize = "speed";
  std::string prefix = "model";
  bool keep_input = false, no_fuse = false;
  std::string memories;  ///< "dtcm=64k,sram=256k", the fastest first; empty: one arena
};
struct CompileRequest : ModelRequest {
  std::string folder;
};
struct RunRequest : ModelRequest {
  std::vector<std::string> inputs, goldens;  ///< .npy, one for each model input and output
  std::string hashes;                        ///< .csv: input,tensor,fnv1a64
  bool sequence = false;
  double tolerance = 0;
  std::optional<std::int64_t> samples;  ///< none: all that are given, or 16 random ones
};
Result<Outcome> compile_model(const CompileRequest& request);
Result<Outcome> run_model(const RunRequest& request);
Result<Outcome> bench_model(const RunRequest& request);

struct CheckRequest : ModelRequest {
  bool estimate = false;  ///< the size of the code is estimated, nothing is built
  std::string page;       ///< .html to write; empty: none
};
/// Not ok: an operator is not supported, or the model does not fit.
Result<Outcome> check_model(const CheckRequest& request);

struct InspectRequest {
  std::string model;
  std::string target = "cortex-m4";  ///< whose arena is shown
  std::string page;                  ///< .html to write; empty: none
};
Result<Outcome> inspect_model(const InspectRequest& request);

struct EvalRequest {
  std::string model;
  std::string target = "host";  ///< others also run the firmware and compare every byte
  std::string optimize = "speed";
  std::vector<std::string>
      data;                  ///< .npy, one for each model input; or a .csv; or a folder of pictures by class
  std::string labels;        ///< .npy, .csv or .txt; empty: the .csv's column, the folders' names
  std::string label_column;  ///< of a .csv; empty: the last one
  std::string columns;       ///< of a .csv, with the inputs' values: "s0..s124, hr"; empty: all others
  std::string label_names;   ///< .txt, a class name a line; empty: the model's own
  std::string task;          ///< classification, regression, anomaly; empty: as the labels look
  bool resize = false;       ///< pictures of another size are made to fit
  std::optional<double> offset, scale;  ///< real = (value − offset) · scale
  std::optional<std::int64_t> samples;  ///< none: all
  std::optional<std::int64_t> top_k;    ///< none: 5 where there are more classes
  std::vector<std::string>
      references;               ///< float outputs of the same cases, .npy by output; or one .npz by tensor
  std::string reference_model;  ///< .tflite that says what is right
  std::string page;             ///< .html to write; empty: none
};
Result<Outcome> eval_model(const EvalRequest& request);

struct ShrinkRequest {
  std::string model;                   ///< a .tflite in float, or with int8 weights and float activations
  std::vector<std::string> calibrate;  ///< real inputs, as EvalRequest::data
  std::string label_column, columns;   ///< of a .csv, as EvalRequest
  bool resize = false;
  std::optional<double> offset, scale;  ///< real = (value − offset) · scale
  std::optional<std::int64_t> samples;  ///< of them to look at; none: all
  std::string calibration = "minmax";   ///< minmax, percentile or mse
  std::string output;                   ///< .tflite to write
};
Result<Outcome> shrink_model(const ShrinkRequest& request);

// ---- projects

struct TrainRequest {
  std::string project = "mote.toml";
  std::string output;   ///< folder for checkpoint, model and figures; empty: `out` beside the project file
  bool resume = false;  ///< go on where an interrupted training stopped
  std::optional<int> folds, seeds;  ///< train so often instead: what is written is figures, not a model
};
/// The first half of flow: data → train.  A state is written after each epoch, so that an interruption costs one at most.
Result<Outcome> train_project(const TrainRequest& request);

struct FlowRequest {
  std::string project = "mote.toml";
  std::string output;  ///< folder for models, sources and report; empty: `out` beside the project file
};
/// All of it: data → train → quantize → compile → run on the target → report.
Result<Outcome> flow(const FlowRequest& request);

struct ShowRequest {
  std::string project = "mote.toml";
  std::string page;  ///< .html to write; empty: `out/data.html` beside the project file
};
/// What is in the data, as text and as a page of pictures.
Result<Outcome> data_show(const ShowRequest& request);
Result<Outcome> data_check(const std::string& project);
struct SplitRequestLine {
  std::string project = "mote.toml";
  std::string file;  ///< .csv to write; empty: counts alone
};
/// Which sample is on which side of the split; of k-fold, in each fold.
Result<Outcome> data_split(const SplitRequestLine& request);
struct SynthRequestLine {
  std::string generator = "ecg", file;
  std::optional<std::int64_t> subjects, beats;  ///< none: the generator's own numbers
  std::uint64_t seed = 1;
};
Result<Outcome> data_synth(const SynthRequestLine& request);

struct ImportRequest {
  std::vector<std::string> files;
  std::string folder;
  std::string reader;                  ///< empty: by the ending of each file
  std::string hmac_key;                ///< of signed acquisition files; empty: not checked
  std::string format;                  ///< of raw camera frames: "rgb565"
  std::int32_t width = 0, height = 0;  ///< of pictures; 0: as they are
  bool grey = false;
};
/// Writes each recording as PNG, WAV, CSV or .npy, and manifest.csv: all of them, or on an error none.
Result<Outcome> data_import(const ImportRequest& request);

// ---- what there is

Result<Outcome> list_targets();
Result<Outcome> list_ops(const std::string& name);  ///< empty: all
Result<Outcome> doctor();

}  // namespace mote
