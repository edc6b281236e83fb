// Looks at a Dataset before anyone trains on it: what would spoil the result, and what is in there.
// Plain data: the report room draws it.  Loading is reader.h; checks never change a Dataset.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace mote {

/// Ok: looked, nothing found.  Note: good to know.  Warning: may cost accuracy.  Problem: results would not be true.
enum class Severity : std::uint8_t { Ok, Note, Warning, Problem };
std::string_view name_of(Severity severity);  ///< "ok", "note", "warning", "problem"

struct Finding {
  Severity severity = Severity::Ok;
  std::string title;   ///< "the same samples in train and test"
  std::string detail;  ///< numbers, examples and what to do
};

struct DataCheck {
  std::vector<Finding> findings;  ///< one or more a check, in the order of the checks
  Severity worst() const;
};

/// Class balance by split, missing values, constant and clipped channels, flat samples, duplicates within and
/// across splits, contradicting labels, groups on two sides, classes without training samples.
DataCheck check_dataset(const Dataset& data);

/// Of a channel (the last axis of an input) over all samples that are in use.
struct ChannelSummary {
  std::string name;  ///< of a feature: its column; of a series: "" for its only channel
  double minimum = 0, maximum = 0, mean = 0, deviation = 0;
};

struct InputSummary {
  std::string name, unit;
  double rate_hz = 0;
  std::vector<std::int32_t> shape;
  ChannelSummary all;                    ///< over every value of the input
  std::vector<ChannelSummary> channels;  ///< by channel
};

struct DataSummary {
  std::vector<std::string> labels;
  std::array<std::vector<std::int64_t>, 4> counts;  ///< [split][label]; splits in the order of the enum
  std::int64_t groups = 0;                          ///< different ones; 0: no group column
  std::vector<InputSummary> inputs;
  std::vector<std::vector<std::size_t>> examples;  ///< by label: a few training samples, spread over the set
};

/// `examples_per_label` at most; from other splits when a class has no training sample.
DataSummary summarize(const Dataset& data, std::size_t examples_per_label = 6);

}  // namespace mote
