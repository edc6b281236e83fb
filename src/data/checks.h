// Looks at a Dataset before anyone trains on it: what would spoil the result, and what is in there.
// Plain data: the report room draws it.  Loading is reader.h; checks never change a Dataset and never copy its values.
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

/// How a channel of a split differs from training.  Anomalies are left out: to differ is what they are there for.
struct Drift {
  std::string input, channel;  ///< of the number that is predicted: "" and its name
  Split split = Split::Test;
  double mean = 0, trained_mean = 0;  ///< readings, in the user's unit
  double shift = 0;                   ///< of the mean, in deviations of training
  double spread = 1;                  ///< deviation / deviation of training; 0 where training does not move
  double outside = 0;                 ///< share of values beyond training's minimum and maximum
};

struct DataCheck {
  std::vector<Finding> findings;  ///< one or more a check, in the order of the checks
  std::vector<Drift> drift;       ///< by input, split and channel; numbers last
  Severity worst() const;
};

/// Class balance by split or what the numbers are; leakage: groups, recordings, overlapping windows and identical samples on two
/// sides, answers among the inputs; drift between splits; missing values; constant and clipped channels, flat samples.
DataCheck check_dataset(const Dataset& data);

/// Of a channel (the last axis of an input) over all samples that are in use.
struct ChannelSummary {
  std::string name;  ///< of a feature: its column; of a series: "" for its only channel
  double minimum = 0, maximum = 0, mean = 0, deviation = 0;
  std::vector<std::int64_t> histogram =
      {};  ///< values by place between minimum and maximum, kHistogramBins of them
};
inline constexpr std::size_t kHistogramBins = 24;

struct InputSummary {
  std::string name, unit;
  double rate_hz = 0;
  std::vector<std::int32_t> shape;
  ChannelSummary all;                                           ///< over every value of the input
  std::vector<ChannelSummary> channels;                         ///< by channel
  std::vector<double> channel_offset = {}, channel_scale = {};  ///< as DataInput's
};

/// A number that is predicted, in the user's unit.
struct NumberSummary {
  std::string name, unit;
  std::array<ChannelSummary, 3> by_split;  ///< train, validation, test
};

struct DataSummary {
  Task task = Task::Classification;
  std::vector<std::string> labels;                  ///< {"samples"} of regression
  std::array<std::vector<std::int64_t>, 4> counts;  ///< [split][label]; splits in the order of the enum
  std::array<std::int64_t, 4> samples = {};         ///< by split
  std::int64_t groups = 0;                          ///< different ones; 0: no group column
  std::int64_t recordings = 0;                      ///< that windows were cut from; 0: rows are samples
  std::vector<InputSummary> inputs;
  std::vector<NumberSummary> numbers;              ///< of regression
  std::vector<std::vector<std::size_t>> examples;  ///< by label: a few training samples, spread over the set
};

/// The counts alone: labels, counts, samples.
DataSummary count(const Dataset& data);

/// `examples_per_label` at most; from other splits when a class has no training sample.
DataSummary summarize(const Dataset& data, std::size_t examples_per_label = 6);

}  // namespace mote
