// From what a tensor's values were to the int8 scale it gets.  First half of post-training quantization:
// `observe.cpp` fills an Observation for each tensor, a range is chosen from it here, `quantize.cpp` turns
// ranges into an int8 module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace mote {

/// Real values that int8 shall represent; values outside are clipped.
struct ValueRange {
  double min = 0, max = 0;
};

/// What was seen of one tensor over all calibration samples.
struct Observation {
  std::int64_t count = 0;   ///< values seen; 0: the tensor was never written
  double min = 0, max = 0;  ///< of those
  std::int64_t zeros = 0;   ///< values that are exactly 0: int8 holds them without error
  /// The other values, in equal bins over [min, max]; empty: no histogram was wanted
  std::vector<std::int64_t> bins;
};

/// Bins of a histogram.  Ranges narrower than a fiftieth of the extremes are never tried, so the bulk keeps 80 bins or more.
inline constexpr std::size_t kHistogramBins = 4096;

/// The range from smallest to largest value.
ValueRange minmax_range(const Observation& seen);
/// Cuts (100 − percentile) / 2 per cent of the values other than 0 off each side.  Zeros do not count: int8 holds them
/// whatever the range, and a layer that seldom fires would lose what it fires.
ValueRange percentile_range(const Observation& seen, double percentile);
/// The range with the least squared error between a value and what int8 makes of it, out of 128 × 128 candidates.
ValueRange least_error_range(const Observation& seen);

/// real = scale · (q − zero_point), q in [−128, 127].
struct ScalePoint {
  float scale = 1;
  std::int32_t zero_point = 0;
};
/// The range is widened to hold 0, then moved by less than half a step so that 0 is an integer.  A range of
/// nothing but zero (a dead layer, an input that never moved) counts as [−1, 1].
ScalePoint scale_of(ValueRange range);

}  // namespace mote
