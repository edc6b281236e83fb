// A project: what the one human-written file `mote.toml` says about data, model, training, quantization and
// targets. The key table (keys.cpp) is the single source of truth: parsing, messages and
// docs/reference/mote-toml.md come from it. Read app/network.h for what becomes of [model].
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/network.h"
#include "base/result.h"
#include "data/reader.h"
#include "data/synth/ecg.h"
#include "shrink/quantize.h"
#include "train/train.h"

namespace mote {

/// Made-up data instead of files.  The generator's columns are then the project's label, group and inputs, unless the
/// project names its own.
struct SynthRequest {
  std::string generator;  ///< "ecg"; empty: the data comes from files
  EcgOptions ecg;
};

/// One CPU or board to compile for and to run on, with its budgets.
struct TargetRequest {
  std::string name;                 ///< "cortex-m4"
  std::string optimize;             ///< speed | size | ram
  double flash_kb = 0, ram_kb = 0;  ///< kB = 1000 bytes; 0: no budget
  double latency_ms = 0;            ///< of one inference; 0: no budget
  std::int64_t samples = 0;         ///< test samples that run on the device; 0: all
};

struct Project {
  std::string name;
  std::string file;              ///< as the user named it, for messages
  std::filesystem::path folder;  ///< that paths are relative to
  DataSource data;               ///< parsed only: paths may still be patterns (see find_data_files)
  SynthRequest synth;
  ModelDescription model;
  TrainOptions train;
  QuantizeOptions quantize;
  double threshold_share = 0.99;  ///< of anomaly detection: share of normal validation samples below it
  std::int64_t calibration_samples = 0;  ///< training samples that calibrate; 0: all
  std::vector<TargetRequest> targets;    ///< at least one
  std::map<std::string, int> lines;  ///< where a key stands: "data.label" → 12; for messages of later stages

  bool is_generated() const { return !synth.generator.empty(); }
};

/// Reads and checks a project, finds its data files (patterns expanded, sorted) and the data folder.
Result<Project> load_project(const std::filesystem::path& file);

/// The same from text, without looking at any file.  `folder` is what paths are relative to; `data_folder` is
/// what
/// `$MOTE_DATA` stands for, and empty when there is none.
Result<Project> parse_project(std::string_view text, const std::string& file_name,
                              const std::filesystem::path& folder,
                              const std::filesystem::path& data_folder = {});

/// Replaces patterns (`*`, `?`) by the files that match, sorted.  A path that leads to nothing is an error.
Result<void> find_data_files(Project& project);

/// An error for the first setting that would do nothing in this project, whose data files are found.
Result<void> check_uses(const Project& project);

/// $MOTE_DATA, or else the nearest `shared/data` in a folder above the project or above the program; empty when there is none.
std::filesystem::path default_data_folder(const std::filesystem::path& project_folder = {});

// ---- the key table

enum class KeyType : std::uint8_t {
  Name,  ///< letter, then letters, digits, '_' or '-': becomes part of C names
  Text,
  Layers,  ///< text of several lines
  Flag,
  Whole,
  Number,
  Texts,        ///< list
  TextOrTexts,  ///< one text or a list
  WholeOrAll,   ///< a whole number or "all"
  Weights,      ///< "none", "balanced" or a list of numbers
  Range,        ///< [low, high]: two numbers
  Wholes,       ///< list of whole numbers
  TwoWholes,    ///< [width, height]
  WordMap,      ///< { "a" = "b" }: words and what they become
};

/// A value as it stands in the file: by the key's type.  monostate: no default.
using KeyValue = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                              std::vector<std::string>, std::vector<double>>;

struct ProjectKey {
  std::string_view table;  ///< "" for the top, "data", "data.input", …
  std::string_view name;
  KeyType type;
  KeyValue default_value;
  bool required;
  double min, max;                   ///< of numbers
  std::vector<std::string> choices;  ///< of a text; empty: any
  std::string_view unit;
  std::string_view doc;                    ///< one sentence
  void (*set)(Project&, const KeyValue&);  ///< a key of a repeated table sets its last element
};

struct ProjectTable {
  std::string_view name;
  bool repeated;  ///< [[name]]
  std::string_view doc;
};

std::span<const ProjectTable> project_tables();
std::span<const ProjectKey> project_keys();

/// A complete project of two inputs, which the reference page shows and a test reads.
std::string_view project_example();

/// docs/reference/mote-toml.md.
std::string project_reference_markdown();

}  // namespace mote
