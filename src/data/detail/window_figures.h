// A window's channels in a few numbers each: what `summary` of an input makes of it.  A small detector then learns
// how strong and how even a signal is, where the raw waveform would show it phases.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// "mean", "median", "deviation", "mad", "rms", "minimum", "maximum", "range", "step", "last".
const std::vector<std::string>& window_figure_names();

/// A known figure of one channel's values, at least one of them.  `mad` is the median distance from the median, `step` the mean
/// distance of neighbours; both and `deviation` (about the mean, over n) are 0 of a single value.
double window_figure(std::string_view name, std::span<const double> values);

/// All figures of all channels of a window [frames, width]: the first figure by channel, then the second, …
std::vector<float> window_figures(const std::vector<std::string>& names, std::span<const float> window,
                                  std::size_t width);

}  // namespace mote
