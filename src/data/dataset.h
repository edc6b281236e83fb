// A Dataset: samples with their inputs, labels and splits, in memory, as training and evaluation see them.
// Readers (reader.h) make it from files; splits and checks are functions on it (checks.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mote {

enum class Split : std::uint8_t { Train, Validation, Test, Unused };
std::string_view name_of(Split split);  ///< "train", "validation", "test", "unused"

/// One input of the model for all samples.  Values are in `unit`, after the project's offset and scale.
struct DataInput {
  std::string name;                   ///< "beat"
  std::string unit;                   ///< "mV"
  double rate_hz = 0;                 ///< of the time axis; 0: not a series
  std::vector<std::int32_t> shape;    ///< of one sample, without batch: [125, 1] (time, channels) or [3]
  std::vector<float> values;          ///< sample-major: samples × count
  std::vector<std::string> channels;  ///< names of the columns behind it, for messages and pictures

  std::size_t count() const;  ///< elements of one sample
  std::span<const float> sample(std::size_t i) const { return {values.data() + i * count(), count()}; }
};

/// What happened to the rows on the way in; checks.h turns it into findings.
struct LoadReport {
  std::int64_t rows = 0;          ///< data rows in the files
  std::int64_t ignored = 0;       ///< rows left out because of `ignore_labels`
  std::int64_t dropped = 0;       ///< rows left out because of a missing cell (missing = "drop")
  std::int64_t zeroed_cells = 0;  ///< values set to 0 because their cell was missing (missing = "zero")
};

struct Dataset {
  std::string name;
  std::vector<DataInput> inputs;
  std::vector<std::string> labels;   ///< class names; a sample's target is an index into it
  std::vector<std::int32_t> target;  ///< by sample
  std::vector<std::string>
      group;                 ///< by sample: subject, record, machine; empty when there is no such column
  std::vector<Split> split;  ///< by sample
  std::vector<std::string> origin;  ///< by sample: "beats_test.csv:17", for messages
  LoadReport load;

  std::size_t size() const { return target.size(); }
  std::vector<std::size_t> indices(Split which) const;  ///< samples of a split, ascending
};

}  // namespace mote
