#include "data/detail/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>

#include "math/random.h"

namespace mote {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// sin(pi x) / (pi x), by the cosine that is the same everywhere.
double sinc(double x) {
  if (std::abs(x) < 1e-9) return 1;
  return exact::cos(kPi * x - kPi / 2) / (kPi * x);
}

/// Modified Bessel function of the first kind, order 0, by its power series.
double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

}  // namespace

std::vector<float> resample_at(std::span<const double> times, std::span<const float> values,
                               std::size_t width, double begin, double rate, std::size_t count) {
  std::vector<float> out(count * width);
  if (times.empty()) return out;
  std::size_t next = 0;  // the first frame after the moment
  for (std::size_t i = 0; i < count; ++i) {
    const double moment = begin + static_cast<double>(i) / rate, half = 0.5 / rate;
    while (next < times.size() && times[next] <= moment) ++next;
    std::size_t first = next, last = next;  // frames nearer than half a period: [first, last)
    while (first > 0 && times[first - 1] > moment - half) --first;
    while (last < times.size() && times[last] <= moment + half) ++last;
    for (std::size_t c = 0; c < width; ++c) {
      double value = 0;
      if (last - first >= 2) {
        for (std::size_t k = first; k < last; ++k) value += static_cast<double>(values[k * width + c]);
        value /= static_cast<double>(last - first);
      } else if (next == 0 || next == times.size()) {
        value = static_cast<double>(values[(next == 0 ? 0 : times.size() - 1) * width + c]);
      } else {
        const double share = (moment - times[next - 1]) / (times[next] - times[next - 1]);
        const double a = static_cast<double>(values[(next - 1) * width + c]),
                     b = static_cast<double>(values[next * width + c]);
        value = share == 0 ? a : a + share * (b - a);
      }
      out[i * width + c] = static_cast<float>(value);
    }
  }
  return out;
}

std::vector<float> resample_uniform(std::span<const float> values, std::size_t width, double from,
                                    double to) {
  const auto frames = static_cast<std::int64_t>(values.size() / width);
  if (frames == 0) return {};
  constexpr double kBeta = 7.0, kCrossings = 16;  // Kaiser's shape; zero crossings on each side
  const double band = 0.95 * std::min(1.0, to / from), reach = kCrossings / band;
  const auto count = static_cast<std::int64_t>(std::floor(static_cast<double>(frames) * to / from + 1e-9));
  std::vector<float> out(static_cast<std::size_t>(count) * width);
  const double top = bessel_i0(kBeta);
  // Weights repeat with the phase between the grids: a few hundred of them for the rates of sensors and sound.
  std::map<std::int64_t, std::vector<double>> phases;
  constexpr double kPhaseSteps = 1 << 20;
  for (std::int64_t i = 0; i < count; ++i) {
    const double moment = static_cast<double>(i) * from / to;
    const auto centre = static_cast<std::int64_t>(std::floor(moment));
    const auto phase =
        static_cast<std::int64_t>(std::llround((moment - static_cast<double>(centre)) * kPhaseSteps));
    const auto first = -static_cast<std::int64_t>(std::ceil(reach)), last = -first + 1;
    if (phases.size() > 4096) phases.clear();
    std::vector<double>& weights = phases[phase];
    if (weights.empty()) {
      double sum = 0;
      for (std::int64_t k = first; k <= last; ++k) {
        const double x = static_cast<double>(k) - static_cast<double>(phase) / kPhaseSteps, u = x / reach;
        const double window = std::abs(u) < 1 ? bessel_i0(kBeta * std::sqrt(1 - u * u)) / top : 0;
        weights.push_back(sinc(band * x) * window);
        sum += weights.back();
      }
      for (double& weight : weights) weight /= sum;
    }
    for (std::size_t c = 0; c < width; ++c) {
      double value = 0;
      for (std::int64_t k = first; k <= last; ++k) {
        const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(centre + k, 0, frames - 1));
        value += weights[static_cast<std::size_t>(k - first)] * static_cast<double>(values[at * width + c]);
      }
      out[static_cast<std::size_t>(i) * width + c] = static_cast<float>(value);
    }
  }
  return out;
}

}  // namespace mote
