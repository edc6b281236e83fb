// Minimum, maximum, mean and deviation of values that come one after the other, by split and channel.
// Private to the room: one pass over an input, however large, is all that checks.cpp and summary.cpp need.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "data/dataset.h"

namespace mote {

class Moments {
 public:
  void add(float value) {
    if (count_ == 0) {
      shift_ = value;
      minimum_ = maximum_ = value;
    }
    if (value < minimum_) minimum_ = value, at_minimum_ = 0;
    if (value > maximum_) maximum_ = value, at_maximum_ = 0;
    at_minimum_ += value == minimum_;
    at_maximum_ += value == maximum_;
    const double from = static_cast<double>(value) - shift_;
    sum_ += from;
    squares_ += from * from;
    ++count_;
  }
  void add(const Moments& other);

  std::int64_t count() const { return count_; }
  float minimum() const { return minimum_; }
  float maximum() const { return maximum_; }
  std::int64_t at_minimum() const { return at_minimum_; }  ///< values that are exactly the minimum
  std::int64_t at_maximum() const { return at_maximum_; }
  double mean() const { return count_ > 0 ? shift_ + sum_ / static_cast<double>(count_) : 0; }
  double deviation() const;  ///< of the population; 0 where rounding is all that is left

 private:
  std::int64_t count_ = 0, at_minimum_ = 0, at_maximum_ = 0;
  float minimum_ = 0, maximum_ = 0;
  double shift_ = 0, sum_ = 0, squares_ = 0;  ///< of values less the first: nothing cancels that need not
};

/// [split][channel]
using SplitMoments = std::array<std::vector<Moments>, 4>;

/// The last axis: [T, C] has C channels, [n] has n.
std::size_t channels_of(const DataInput& input);

/// `wanted`: which samples count; none: all.
SplitMoments moments_of(const Dataset& data, const DataInput& input,
                        const std::function<bool(std::size_t)>& wanted = {});

/// Of the numbers that are predicted, as the user knows them: [split][number].
SplitMoments moments_of_numbers(const Dataset& data);

/// Train, validation and test together.
std::vector<Moments> merged(const SplitMoments& moments);

/// What the sensor said behind a value of the input, before normalization.
double reading(const DataInput& input, std::size_t channel, double value);

}  // namespace mote
