// A stream's frames at other moments: at a uniform rate, or stretched to a number of steps.
// Private to the room; windows.cpp uses it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mote {

/// Frames of `width` values at `times` (rising) → `count` frames at begin, begin + 1/rate, …: the mean of the frames nearest to a
/// moment where the stream is denser than `rate`, else on the line between its neighbours.  NaN spreads to what is made of it.
/// Moments before the first or after the last frame get that frame.
std::vector<float> resample_at(std::span<const double> times, std::span<const float> values,
                               std::size_t width, double begin, double rate, std::size_t count);

/// Frames at `from` a second → frames at `to` a second, of the same length in time, by a windowed sinc (Kaiser, 70 dB) whose band
/// ends below half of the lower rate.  Outside the stream lie its first and last frame.
std::vector<float> resample_uniform(std::span<const float> values, std::size_t width, double from, double to);

}  // namespace mote
