// Everything that `mote flow` has to say at the end, as plain data, and its three forms: JSON for programs, and
// one Document that becomes the text on the terminal and report.html.  Nothing is measured here: whoever runs
// the stages fills the struct; what is unknown stays empty and is shown as unknown.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eval/judge.h"
#include "report/document.h"

namespace mote {

struct FlowReport {
  // ---- what it is about
  std::string mote_version;
  std::string project;                  ///< its name
  std::string task = "classification";  ///< classification | multi-label | regression | anomaly
  std::string unit;                     ///< of the number that is predicted
  std::string model;                    ///< file of the quantized model
  std::string model_hash;               ///< as in P_MODEL_HASH
  std::string sample_word = "samples";  ///< what the user calls them: "windows", "beats"
  std::vector<std::pair<std::string, std::string>> file_hashes;  ///< file → hash
  std::vector<std::string> labels;

  // ---- data
  struct Finding {
    std::string severity;  ///< ok | note | warning | problem
    std::string title, detail;
  };
  struct Input {
    std::string name, unit, shape;
    double rate_hz = 0;  ///< 0: not a series
    double minimum = 0, maximum = 0, mean = 0, deviation = 0;
  };
  struct SplitCounts {
    std::string split;
    std::vector<std::int64_t> counts;          ///< by label
    std::optional<std::int64_t> samples = {};  ///< where a sample has several labels; else the sum of counts
  };
  struct Data {
    std::string name;
    std::vector<std::string> counted;  ///< what SplitCounts count: the labels, or "samples"
    bool synthetic = false;            ///< made up by a generator, not measured
    std::string origin;                ///< "generator 'ecg', 12 subjects, seed 1", or the files
    std::vector<SplitCounts> splits;
    std::vector<Finding> findings;
    std::vector<Input> inputs;
    std::vector<report::Figure> pictures;  ///< what samples look like: data_pictures
  } data;

  // ---- training
  struct Epoch {
    double train_loss = 0, validation_loss = 0, train_accuracy = 0, validation_accuracy = 0;
  };
  struct Training {
    std::vector<Epoch> epochs;
    int best_epoch = 0;        ///< index into epochs
    std::string kept_because;  ///< "the best validation loss", "the last"
    std::vector<std::pair<std::string, std::string>> options;
    bool rare_count_more =
        false;  ///< trained for rare classes: its accuracy may lie below that of the commonest
  } training;

  // ---- what the answers are worth; test split
  struct Baseline {
    std::string name;    ///< "always 'normal'"
    std::string figure;  ///< what the value is: "accuracy", "rmse", "f1"
    std::optional<double> value;
  } baseline;
  struct Metrics : Judgement {
    std::optional<double> threshold;  ///< of anomaly scores
  };
  std::int64_t samples = 0;  ///< of the test split
  std::optional<Metrics> float_metrics, int8_metrics;

  // ---- quantization
  struct QuantLayer {
    std::string layer, op;
    double sqnr_db = 0, min = 0, max = 0, scale = 0;
    std::int32_t zero_point = 0;
  };
  std::vector<QuantLayer> quantization;

  // ---- targets
  struct Layer {
    std::string name, op, variant, output;  ///< output: "[1,25,5,64]"
    std::int64_t macs = 0;
    std::optional<double> instructions,
        cycles;  ///< per inference; cycles are estimated unless Device says exact
  };
  struct Buffer {
    std::string name;
    std::int64_t offset = 0, bytes = 0;
    int first = 0, last = 0;  ///< steps, both inclusive; −1: before the first
  };
  struct Memory {
    std::int64_t arena_bytes = 0, lower_bound = 0;
    int peak_step = -1;
    std::vector<std::string> steps;  ///< what runs at each step: the layers' names
    std::vector<Buffer> buffers;
  };
  struct Estimate {
    std::string board, datasheet;
    double clock_hz = 0, microamp_per_mhz = 0, volts = 0;
    std::optional<double> latency_ms, energy_uj;
  };
  struct Budget {
    std::string name;             ///< "flash", "RAM", "latency"
    std::string unit;             ///< "bytes", "ms"
    std::optional<double> limit;  ///< none: the user set none
    std::optional<double> actual;
    bool ok = true;
  };
  struct Device {
    std::string target;      ///< "cortex-m4"
    std::string board_name;  ///< what ran: "mps2-an386 under QEMU"
    std::string optimize;
    std::optional<Metrics> metrics;
    std::int64_t samples = 0;  ///< that ran here
    std::int64_t compared_bytes = 0, mismatched_bytes = 0;
    /// Beside the outputs: every tensor that the plan materialises.
    std::int64_t layer_samples = 0, layer_bytes = 0, layer_mismatches = 0;
    std::string first_mismatch;  ///< where and what, or empty
    bool weights_intact = true;
    std::int64_t macs = 0;
    std::optional<std::int64_t> flash_code, flash_weights, flash_quant;
    std::optional<std::int64_t> ram_arena, ram_static, ram_stack;
    std::optional<double> instructions;      ///< per inference
    std::optional<double> cycles_estimated;  ///< per inference
    std::optional<double> cycles_exact;      ///< per inference, where the emulator counts cycles (AVR)
    std::vector<Layer> layers;
    Memory memory;
    std::optional<Estimate> estimate;
    std::vector<Budget> budgets;
    bool ok() const;  ///< equal bytes, at least one of them, weights intact, within all budgets
  };
  std::vector<Device>
      devices;  ///< in the project's order; the first is the one that JSON's `device` is about

  struct Seconds {
    std::optional<double> data, train, quantize, compile, run;
  } seconds;

  bool ok() const;  ///< there is a device and all are ok
};

/// latency = cycles / clock; energy = volts · µA/MHz · MHz · seconds.
FlowReport::Estimate estimate(std::string board, std::string datasheet, double clock_hz,
                              double microamp_per_mhz, double volts, std::optional<double> cycles);

/// "2,698 windows on cortex-m4: 0 mismatched bytes of 10,792 compared".
std::string verdict_line(const FlowReport& report);

/// What speaks against using the model: it does not beat the baseline, int8 lost much.  Sentences without a full stop.
std::vector<std::string> doubts(const FlowReport& report);

/// The document that `--json` prints.  What is unknown is null; names are valid UTF-8 whatever came in.
nlohmann::ordered_json to_json(const FlowReport& report);

/// For report::to_text and report::to_html.
report::Document to_document(const FlowReport& report);

}  // namespace mote
