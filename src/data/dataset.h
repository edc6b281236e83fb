// A Dataset: samples with their inputs, labels or target values, and splits, as training and evaluation see them.
// Readers (reader.h) make it from files; splits and checks are functions on it (checks.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/values.h"

namespace mote {

enum class Task : std::uint8_t {
  Classification,  ///< one of the labels
  MultiLabel,      ///< each label on its own: yes or no
  Regression,      ///< numbers; forecasts and remaining life are numbers too
  Anomaly,         ///< trained on normal samples alone; labels are "normal" and "anomaly"
};
std::string_view name_of(Task task);  ///< "classification", "multi-label", "regression", "anomaly"

enum class Split : std::uint8_t { Train, Validation, Test, Unused };
std::string_view name_of(Split split);  ///< "train", "validation", "test", "unused"

/// One input of the model for all samples.  Values are in `unit`, after the project's offset and scale and the normalization.
struct DataInput {
  std::string name;                   ///< "beat"
  std::string unit;                   ///< "mV"
  double rate_hz = 0;                 ///< of the time axis; 0: not a series
  std::vector<std::int32_t> shape;    ///< of one sample, without batch: [125, 1] (time, channels) or [3]
  Values values;                      ///< sample-major: samples × count
  std::vector<std::string> channels;  ///< names of the columns behind it, for messages and pictures
  /// What the normalization did, by channel of the last axis: value = (reading − offset) · scale.  Empty: nothing.
  std::vector<double> channel_offset = {}, channel_scale = {};

  std::size_t count() const;  ///< elements of one sample
  std::span<const float> sample(std::size_t i) const { return {values.data() + i * count(), count()}; }
};

/// Words of the project, or of a file that it names, that met nothing in the data.
struct Unmatched {
  std::string key;                 ///< "ignore", "rename", "normal", "manifest", "intervals"
  std::vector<std::string> words;  ///< labels, or files
  bool is_harmless = false;        ///< a slip of the pen would have been an error
};

/// How split = "time" put the recordings (of rows: the files) of a group one behind the other.
enum class TimeOrder : std::uint8_t {
  Given,  ///< by their stamps; or there is one alone, or they are of one file
  Names,  ///< by their files' names: they have no clock in common
  Files,  ///< as the project lists the files, likewise
};

/// What happened to the rows on the way in; checks.h turns it into findings.
struct LoadReport {
  std::int64_t rows = 0;          ///< data rows in the files
  std::int64_t ignored = 0;       ///< rows left out because of `ignore_labels`
  std::int64_t dropped = 0;       ///< rows left out because of a missing cell (missing = "drop")
  std::int64_t zeroed_cells = 0;  ///< values set to 0 because their cell was missing (missing = "zero")
  std::int64_t shorter = 0;       ///< recordings, or parts between pauses, that were shorter than the window
  /// Pauses over which a line was drawn although they are longer than 10 steps and a hop, as no `gap` ends recordings there.
  std::int64_t bridged = 0;
  double longest_pause = 0, longest_limit = 0;  ///< seconds; of the longest: its length, and 10 of its steps
  std::string longest_in = {};                  ///< its recording
  std::vector<Unmatched> unmatched = {};
  TimeOrder order = TimeOrder::Given;
};

/// What is predicted where it is not one of the labels: numbers, in a scale that trains well.
/// A sample's number as the user knows it = value / scale + offset, plus `base` where changes are predicted.
struct DataTarget {
  std::vector<std::string> names;  ///< by output: the column, or the label
  std::string unit;                ///< of the user's number
  double offset = 0, scale = 1;
  Values values;  ///< sample-major: samples × names
  /// By sample, in the user's unit: the reading at the window's end, of forecasts; else empty.  The baseline of persistence.
  Values last;
  bool is_change = false;  ///< the number is the change since `last`

  std::size_t count() const { return names.size(); }
  std::span<const float> sample(std::size_t i) const { return {values.data() + i * count(), count()}; }
  /// The user's number behind output `k` of sample `i` when the model answers `value`.
  double real(std::size_t i, float value) const {
    return static_cast<double>(value) / scale + offset + (is_change ? static_cast<double>(last[i]) : 0.0);
  }
};

/// Where a window was cut.
struct Place {
  std::int32_t recording = 0;  ///< counted over the data set
  double begin = 0, end = 0;   ///< seconds within it, or steps where there is no clock
};

/// A recording, or a file of rows that are samples.
struct RecordingFacts {
  std::string origin;           ///< as it stands in the samples' origins
  std::string path;             ///< of its file, with the folder: "day1/log_2.csv"
  std::optional<double> start;  ///< of its first frame, seconds on the clock of its stamps, where it has them
  bool has_dates = false;       ///< the stamps are dates: seconds since 1970
};

struct Dataset {
  std::string name;
  Task task = Task::Classification;
  std::vector<DataInput> inputs;
  std::vector<std::string> labels;   ///< class names; a sample's target is an index into it
  std::vector<std::int32_t> target;  ///< by sample; 0 where the task has no classes
  DataTarget number;                 ///< of regression, and 0 or 1 by label of multi-label tasks; else empty
  std::vector<Place> place;          ///< by sample; empty where rows are samples
  std::vector<std::string>
      group;                 ///< by sample: subject, record, machine; empty when there is no such column
  std::vector<Split> split;  ///< by sample
  std::string split_by = "random";  ///< how: random | group | column | file | time | k-fold
  std::vector<std::string> origin;  ///< by sample: "beats_test.csv:17", for messages
  LoadReport load;
  std::vector<RecordingFacts> recordings = {};  ///< by Place::recording; of rows: files that have samples
  /// Columns that hold a sample's answer at its own moment: the label's, the target's, but not those of forecasts.
  std::vector<std::string> answer_columns = {};

  std::size_t size() const { return target.size(); }
  /// Values that the model answers: labels, or numbers; of anomaly detection as many as the first input has.
  std::size_t outputs() const;
  std::vector<std::size_t> indices(Split which) const;  ///< samples of a split, ascending
};

}  // namespace mote
