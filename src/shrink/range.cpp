// Ranges from observations; the three calibration methods and the nudge to an integer zero point (range.h).
#include "shrink/range.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mote {
namespace {

// Narrower ranges count as zero: the product of two such scales must still be a normal float.
constexpr double kSmallestSpan = 1e-20;

double bin_width(const Observation& seen) {
  return (seen.max - seen.min) / static_cast<double>(seen.bins.size());
}

/// Count, sum and sum of squares of all values in the bins before a bin: the error of any clipping in constant time.
struct Moments {
  double count = 0, sum = 0, squares = 0;
};

std::vector<Moments> running_moments(const Observation& seen) {
  std::vector<Moments> before(seen.bins.size() + 1);
  const double width = bin_width(seen);
  for (std::size_t i = 0; i < seen.bins.size(); ++i) {
    const double n = static_cast<double>(seen.bins[i]);
    const double x = seen.min + (static_cast<double>(i) + 0.5) * width;
    before[i + 1] = {before[i].count + n, before[i].sum + n * x, before[i].squares + n * x * x};
  }
  return before;
}

/// Σ (x − edge)² over values with these moments.
double squared_distance(const Moments& m, double edge) {
  return std::max(0.0, m.squares - 2 * edge * m.sum + edge * edge * m.count);
}

/// Index of the first bin whose centre is at or above `value`.
std::size_t bins_below(const Observation& seen, double value) {
  const double position = std::ceil((value - seen.min) / bin_width(seen) - 0.5);
  return static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(seen.bins.size())));
}

}  // namespace

ValueRange minmax_range(const Observation& seen) { return {seen.min, seen.max}; }

ValueRange percentile_range(const Observation& seen, double percentile) {
  if (seen.bins.empty() || seen.max <= seen.min) return minmax_range(seen);
  const double cut = (100.0 - percentile) / 200.0 * static_cast<double>(seen.count - seen.zeros);
  const double width = bin_width(seen);
  const auto in_bin = [&](std::size_t i) { return static_cast<double>(seen.bins[i]); };

  // Walk inwards from each end until more than `cut` values would be lost.
  std::size_t first = 0, last = seen.bins.size() - 1;
  for (double lost = in_bin(first); lost <= cut && first < last; lost += in_bin(++first)) continue;
  for (double lost = in_bin(last); lost <= cut && last > first; lost += in_bin(--last)) continue;
  return {seen.min + static_cast<double>(first) * width, seen.min + static_cast<double>(last + 1) * width};
}

// Values inside the range err like uniform noise, step²/12 each; values outside by their distance to the
// edge; exact zeros not at all.  Candidates are geometric, 3 % apart, down to a fiftieth of the observed edge on each side.
ValueRange least_error_range(const Observation& seen) {
  if (seen.bins.empty() || seen.max <= seen.min) return minmax_range(seen);
  constexpr std::size_t kCandidates = 128;
  constexpr double kRatio = 0.97;

  struct Edge {
    double value, outside_error, outside_count;
  };
  const std::vector<Moments> before = running_moments(seen);
  const Moments& all = before.back();
  std::array<Edge, kCandidates> low{}, high{};
  double factor = 1;
  for (std::size_t i = 0; i < kCandidates; ++i, factor *= kRatio) {
    const double lo = std::min(0.0, seen.min) * factor;
    const double hi = std::max(0.0, seen.max) * factor;
    const Moments under = before[bins_below(seen, lo)];
    const Moments up_to = before[bins_below(seen, hi)];
    const Moments over{all.count - up_to.count, all.sum - up_to.sum, all.squares - up_to.squares};
    low[i] = {lo, squared_distance(under, lo), under.count};
    high[i] = {hi, squared_distance(over, hi), over.count};
  }

  ValueRange best = minmax_range(seen);
  double least = INFINITY;
  for (const Edge& lo : low) {
    for (const Edge& hi : high) {
      const double step = (hi.value - lo.value) / 255.0;
      const double inside = all.count - lo.outside_count - hi.outside_count;
      const double squared_error = inside * step * step / 12.0 + lo.outside_error + hi.outside_error;
      if (squared_error < least) {
        least = squared_error;
        best = {lo.value, hi.value};
      }
    }
  }
  return best;
}

ScalePoint scale_of(ValueRange range) {
  double min = std::min(0.0, range.min);
  double max = std::max(0.0, range.max);
  if (max - min < kSmallestSpan) {
    min = -1;
    max = 1;
  }
  const auto scale = static_cast<float>((max - min) / 255.0);
  const double zero_point = std::round(-128.0 - min / static_cast<double>(scale));
  return {scale, static_cast<std::int32_t>(std::clamp(zero_point, -128.0, 127.0))};
}

}  // namespace mote
