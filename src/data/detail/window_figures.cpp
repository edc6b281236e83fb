// Figures of windows: each is a few lines, so that a device's code can compute the same.
#include "data/detail/window_figures.h"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

using Values = std::span<const double>;

double count_of(Values values) { return static_cast<double>(values.size()); }

double mean(Values values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / count_of(values);
}

/// Of an even number of values: the mean of the middle two.
double median(Values values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}

/// √ of the mean square about `center`.
double spread_about(double center, Values values) {
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / count_of(values));
}
double deviation(Values values) { return spread_about(mean(values), values); }
double rms(Values values) { return spread_about(0, values); }

double mad(Values values) {
  const double center = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - center));
  return median(distances);
}

double minimum(Values values) { return *std::min_element(values.begin(), values.end()); }
double maximum(Values values) { return *std::max_element(values.begin(), values.end()); }
double range(Values values) { return maximum(values) - minimum(values); }

double step(Values values) {
  double sum = 0;
  for (std::size_t i = 1; i < values.size(); ++i) sum += std::abs(values[i] - values[i - 1]);
  return values.size() > 1 ? sum / (count_of(values) - 1) : 0;
}

double last(Values values) { return values.back(); }

struct Figure {
  std::string_view name;
  double (*of)(Values);
};
constexpr Figure kFigures[] = {
    {"mean", mean},       {"median", median},   {"deviation", deviation}, {"mad", mad},   {"rms", rms},
    {"minimum", minimum}, {"maximum", maximum}, {"range", range},         {"step", step}, {"last", last}};

}  // namespace

const std::vector<std::string>& window_figure_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Figure& figure : kFigures) all.emplace_back(figure.name);
    return all;
  }();
  return names;
}

double window_figure(std::string_view name, std::span<const double> values) {
  for (const Figure& figure : kFigures)
    if (figure.name == name) return figure.of(values);
  return 0;
}

std::vector<float> window_figures(const std::vector<std::string>& names, std::span<const float> window,
                                  std::size_t width) {
  std::vector<float> out;
  const std::size_t frames = window.size() / width;
  std::vector<double> channel(frames);
  for (const std::string& name : names) {
    for (std::size_t c = 0; c < width; ++c) {
      for (std::size_t i = 0; i < frames; ++i) channel[i] = static_cast<double>(window[i * width + c]);
      out.push_back(static_cast<float>(window_figure(name, channel)));
    }
  }
  return out;
}

}  // namespace mote
