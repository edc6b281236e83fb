// Chooses for each input the picture that suits it, and the samples that are shown.
#include "app/data_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "base/text.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote {
namespace {

using namespace report;  // NOLINT: this file is about nothing else
using text::cat;

constexpr std::size_t kMostPanels = 20;    // labels that are shown
constexpr std::size_t kMostFeatures = 10;  // features that are shown: those that tell most
constexpr double kSoundRate = 4000;        // Hz: from here on a spectrogram says more than a waveform

std::size_t channels_of(const DataInput& input) {
  return input.shape.empty() ? 1 : static_cast<std::size_t>(input.shape.back());
}

double reading(const DataInput& input, std::size_t channel, double value) {
  if (channel >= input.channel_scale.size()) return value;
  return value / input.channel_scale[channel] + input.channel_offset[channel];
}

/// Samples under one heading: a label, or a stretch of the number that is predicted.
struct Shown {
  std::string heading;
  std::vector<std::size_t> samples;
};

std::vector<Shown> shown_by_number(const Dataset& data, std::size_t samples_each) {
  std::vector<std::size_t> order = data.indices(Split::Train);
  if (order.empty()) return {};
  const auto real = [&](std::size_t i) { return data.number.real(i, data.number.sample(i)[0]); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return real(a) < real(b); });
  constexpr std::size_t kPanels = 5;
  std::vector<Shown> shown;
  for (std::size_t p = 0; p < std::min(kPanels, order.size()); ++p) {
    const std::size_t at = p * (order.size() - 1) / (kPanels - 1);
    Shown of{cat(significant(real(order[at]), 4), data.number.unit.empty() ? "" : " ", data.number.unit), {}};
    const std::size_t first = std::min(at, order.size() - std::min(samples_each, order.size()));
    for (std::size_t k = first; k < std::min(first + samples_each, order.size()); ++k)
      of.samples.push_back(order[k]);
    shown.push_back(std::move(of));
  }
  return shown;
}

std::vector<Shown> shown_samples(const Dataset& data, const DataSummary& summary, std::size_t samples_each) {
  if (data.task == Task::Regression && data.number.count() > 0) return shown_by_number(data, samples_each);
  std::vector<Shown> shown;
  for (std::size_t k = 0; k < std::min(summary.labels.size(), kMostPanels); ++k) {
    const std::vector<std::size_t>& all = summary.examples[k];
    Shown of{summary.labels[k], {}};
    // From the middle of the set: its first samples are often unlike the rest.
    const std::size_t count = std::min(samples_each, all.size());
    for (std::size_t i = 0; i < count; ++i) of.samples.push_back(all[(all.size() - count) / 2 + i]);
    if (!of.samples.empty()) shown.push_back(std::move(of));
  }
  return shown;
}

std::string by_what(const Dataset& data) {
  return data.task == Task::Regression ? "the number that is predicted" : "label";
}

std::string left_out(const DataSummary& summary) {
  return summary.labels.size() > kMostPanels
             ? cat(" The first ", kMostPanels, " of ", summary.labels.size(), " labels.")
             : "";
}

// ---- series

Figure waveform_figure(const Dataset& data, const DataSummary& summary, const DataInput& input) {
  const std::size_t channels = channels_of(input);
  const bool single = channels == 1, normalized = !input.channel_scale.empty();
  Waveforms picture;
  picture.name = cat("examples of '", input.name, "' by ", by_what(data));
  picture.unit = single || !normalized ? input.unit : "deviations of training";
  picture.rate_hz = input.rate_hz;
  if (!single) picture.channels = input.channels;
  for (const Shown& shown : shown_samples(data, summary, single ? 5 : 1)) {
    WavePanel panel{shown.heading, {}, !single};
    for (const std::size_t i : shown.samples) {
      const std::span<const float> values = input.sample(i);
      for (std::size_t c = 0; c < channels; ++c) {
        std::vector<float> trace;
        for (std::size_t e = c; e < values.size(); e += channels)
          trace.push_back(single ? static_cast<float>(reading(input, c, values[e])) : values[e]);
        panel.traces.push_back(std::move(trace));
      }
    }
    picture.panels.push_back(std::move(panel));
  }
  return {
      cat("Samples of '", input.name, "'"), waveforms(picture),
      cat(single ? "A few samples of each" : "A sample of each", single ? "" : ", its channels in colours",
          "; all panels have the same axes.", left_out(summary)),
      true};
}

// ---- sound

Figure spectrogram_figure(const Dataset& data, const DataSummary& summary, const DataInput& input) {
  constexpr float kRange = 80;  // dB below the loudest that are told apart
  const std::size_t channels = channels_of(input);
  std::vector<std::pair<std::string, Spectrogram>> all;
  float loudest = -300;
  for (const Shown& shown : shown_samples(data, summary, 1)) {
    std::vector<float> sound;
    const std::span<const float> values = input.sample(shown.samples.front());
    for (std::size_t e = 0; e < values.size(); e += channels) sound.push_back(values[e]);
    all.push_back({shown.heading, spectrogram(sound, input.rate_hz)});
    for (const float level : all.back().second.decibels) loudest = std::max(loudest, level);
  }
  HeatMaps maps;
  maps.name = cat("spectrograms of '", input.name, "' by ", by_what(data));
  maps.y_high = input.rate_hz / 2000;
  maps.y_unit = "kHz";
  maps.x_unit = "seconds";
  maps.caption = "shade: level, dark 80 dB below the loudest";
  const std::size_t frames = input.count() / channels;
  const double seconds = static_cast<double>(frames) / input.rate_hz;
  for (const auto& [heading, of] : all) {
    HeatPanel panel{heading, static_cast<int>(of.columns), static_cast<int>(of.bins), {}, 0, seconds};
    for (std::size_t row = 0; row < of.bins; ++row) {
      for (std::size_t column = 0; column < of.columns; ++column) {
        const float level = of.decibels[column * of.bins + (of.bins - 1 - row)];
        panel.values.push_back(1 + (level - loudest) / kRange);
      }
    }
    maps.panels.push_back(std::move(panel));
  }
  return {cat("Sound of '", input.name, "'"), heat_maps(maps),
          cat("A sample of each ", by_what(data), ": frequencies over time.", left_out(summary)), true};
}

// ---- photographs

/// Every `factor`-th point is the mean of its square.
Pixels pixels_of(const DataInput& input, std::size_t sample, double low, double high) {
  const int height = input.shape[0], width = input.shape[1], channels = input.shape[2];
  constexpr int kLargest = 96;  // points a side: pages stay small
  const int factor = std::max(1, (std::max(height, width) + kLargest - 1) / kLargest);
  const int kept = channels == 3 ? 3 : 1;
  Pixels pixels{std::max(width / factor, 1), std::max(height / factor, 1), kept, {}};
  const std::span<const float> values = input.sample(sample);
  for (int y = 0; y < pixels.height; ++y) {
    for (int x = 0; x < pixels.width; ++x) {
      for (int c = 0; c < kept; ++c) {
        double sum = 0;
        int count = 0;
        for (int dy = 0; dy < factor && y * factor + dy < height; ++dy) {
          for (int dx = 0; dx < factor && x * factor + dx < width; ++dx, ++count) {
            const int at = ((y * factor + dy) * width + x * factor + dx) * channels + c;
            sum += reading(input, static_cast<std::size_t>(c), values[static_cast<std::size_t>(at)]);
          }
        }
        const double level = (sum / std::max(count, 1) - low) / (high > low ? high - low : 1);
        pixels.values.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 1.0) * 255)));
      }
    }
  }
  return pixels;
}

Figure photograph_figure(const Dataset& data, const DataSummary& summary, const DataInput& input,
                         const InputSummary& of) {
  double low = 1e300, high = -1e300;
  for (std::size_t c = 0; c < of.channels.size(); ++c) {
    low = std::min(low, reading(input, c, of.channels[c].minimum));
    high = std::max(high, reading(input, c, of.channels[c].maximum));
  }
  PictureGrid grid;
  grid.name = cat("pictures of '", input.name, "' by ", by_what(data));
  for (const Shown& shown : shown_samples(data, summary, 8)) {
    PictureRow row{shown.heading, {}};
    for (const std::size_t i : shown.samples) row.pictures.push_back(pixels_of(input, i, low, high));
    grid.rows.push_back(std::move(row));
  }
  return {
      cat("Pictures of '", input.name, "'"), picture_grid(grid),
      cat("As the network sees them: ", input.shape[1], " x ", input.shape[0], " points.", left_out(summary)),
      true};
}

// ---- features

/// How much of a feature's variance the labels explain, or the number does: 0 … 1.
std::vector<double> telling(const Dataset& data, const DataInput& input) {
  const std::size_t features = input.count(), labels = std::max<std::size_t>(data.labels.size(), 1);
  const bool by_number = data.task == Task::Regression || data.task == Task::MultiLabel;
  std::vector<double> scores;
  constexpr std::size_t kEnough = 10'000;  // samples that choose what is shown
  std::vector<std::size_t> train = data.indices(Split::Train);
  const std::size_t stride = train.size() / kEnough + 1;
  for (std::size_t k = 0; k * stride < train.size(); ++k) train[k] = train[k * stride];
  train.resize((train.size() + stride - 1) / stride);
  const double n = static_cast<double>(std::max<std::size_t>(train.size(), 1));
  for (std::size_t f = 0; f < features; ++f) {
    double mean = 0, variance = 0, covariance = 0, number_mean = 0, number_variance = 0, between = 0;
    std::vector<double> sums(labels), counts(labels);
    for (const std::size_t i : train) {
      mean += input.sample(i)[f] / n;
      if (by_number) number_mean += data.number.sample(i)[0] / n;
    }
    for (const std::size_t i : train) {
      const double off = input.sample(i)[f] - mean;
      variance += off * off / n;
      const auto k = static_cast<std::size_t>(data.target[i]);
      sums[k] += off;
      ++counts[k];
      if (!by_number) continue;
      const double number_off = data.number.sample(i)[0] - number_mean;
      covariance += off * number_off / n;
      number_variance += number_off * number_off / n;
    }
    for (std::size_t k = 0; k < labels; ++k) between += counts[k] > 0 ? sums[k] * sums[k] / counts[k] / n : 0;
    const double score = by_number ? covariance * covariance / std::max(number_variance, 1e-30) : between;
    scores.push_back(variance > 0 ? score / variance : 0);
  }
  return scores;
}

/// All of a few, in their order; of many those that tell most.
std::vector<std::size_t> shown_features(const Dataset& data, const DataInput& input) {
  std::vector<std::size_t> order;
  for (std::size_t f = 0; f < input.count(); ++f) order.push_back(f);
  if (order.size() <= kMostFeatures) return order;
  const std::vector<double> scores = telling(data, input);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  order.resize(kMostFeatures);
  return order;
}

std::string feature_name(const DataInput& input, std::size_t f) {
  return f < input.channels.size() ? input.channels[f] : cat("value ", f);
}

/// Values beyond three deviations would leave a point's width to all the others.
std::pair<double, double> shown_range(const ChannelSummary& of) {
  const double low = std::max(of.minimum, of.mean - 3 * of.deviation);
  const double high = std::min(of.maximum, of.mean + 3 * of.deviation);
  return {low, high > low ? high : low + 1};
}

bool is_on(const Dataset& data, std::size_t i, std::size_t label) {
  return data.task == Task::MultiLabel ? data.number.sample(i)[label] > 0.5f
                                       : data.target[i] == static_cast<std::int32_t>(label);
}

Figure feature_figure(const Dataset& data, const DataSummary& summary, const DataInput& input,
                      const InputSummary& of) {
  constexpr std::size_t kBins = 48, kMostRows = 32;
  const std::size_t rows = std::min(summary.labels.size(), kMostRows);
  HeatMaps maps;
  maps.name = cat("features of '", input.name, "' by label");
  maps.row_names.assign(summary.labels.begin(), summary.labels.begin() + static_cast<std::ptrdiff_t>(rows));
  maps.caption = "shade: share of the label's samples, the label's most frequent value lightest";
  for (const std::size_t f : shown_features(data, input)) {
    const auto [low, high] = shown_range(of.channels[f]);
    std::vector<double> counts(rows * kBins);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] == Split::Unused) continue;
      const double place = (input.sample(i)[f] - low) / (high - low) * static_cast<double>(kBins);
      const auto bin = static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kBins) - 1));
      for (std::size_t k = 0; k < rows; ++k) counts[k * kBins + bin] += is_on(data, i, k) ? 1 : 0;
    }
    HeatPanel panel{feature_name(input, f), static_cast<int>(kBins), static_cast<int>(rows), {},
                    reading(input, f, low), reading(input, f, high)};
    for (std::size_t k = 0; k < rows; ++k) {
      const auto row = counts.begin() + static_cast<std::ptrdiff_t>(k * kBins);
      const double most = std::max(*std::max_element(row, row + kBins), 1.0);
      for (std::size_t b = 0; b < kBins; ++b)
        panel.values.push_back(static_cast<float>(row[static_cast<std::ptrdiff_t>(b)] / most));
    }
    maps.panels.push_back(std::move(panel));
  }
  return {cat("Features of '", input.name, "'"), heat_maps(maps),
          input.count() > kMostFeatures
              ? cat("The ", kMostFeatures, " of ", input.count(), " that tell the labels apart best.")
              : "",
          true};
}

Figure scatter_figure(const Dataset& data, const DataInput& input) {
  constexpr std::size_t kMostPoints = 400;
  Scatter picture;
  picture.name = cat("features of '", input.name, "' and the number that is predicted");
  picture.y_label = cat("up: ", data.number.names[0], data.number.unit.empty() ? "" : ", ", data.number.unit);
  const std::vector<std::size_t> train = data.indices(Split::Train);
  for (const std::size_t f : shown_features(data, input)) {
    ScatterPanel panel{feature_name(input, f), {}, {}};
    const std::size_t count = std::min(train.size(), kMostPoints);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = train[k * train.size() / count];
      panel.x.push_back(reading(input, f, input.sample(i)[f]));
      panel.y.push_back(data.number.real(i, data.number.sample(i)[0]));
    }
    picture.panels.push_back(std::move(panel));
  }
  return {cat("Features of '", input.name, "'"), scatter(picture),
          input.count() > kMostFeatures
              ? cat("The ", kMostFeatures, " of ", input.count(), " that the number follows most closely.")
              : "",
          true};
}

// ---- numbers

Figure number_figure(const NumberSummary& number) {
  double low = 1e300, high = -1e300;
  for (const ChannelSummary& of : number.by_split) {
    std::int64_t count = 0;
    for (const std::int64_t c : of.histogram) count += c;
    if (count == 0) continue;
    low = std::min(low, of.minimum);
    high = std::max(high, of.maximum);
  }
  LineChart chart;
  chart.name = cat("how often '", number.name, "' is what");
  chart.x_label = cat(number.name, number.unit.empty() ? "" : ", ", number.unit);
  chart.y_label = "share of the split, %";
  chart.y_min = 0;
  chart.width = 1040;
  const double width = (high - low) / static_cast<double>(kHistogramBins);
  for (const ChannelSummary& of : number.by_split) {
    double total = 0;
    for (const std::int64_t count : of.histogram) total += static_cast<double>(count);
    Series series{of.name, {}, {}};
    for (std::size_t b = 0; b < of.histogram.size() && total > 0; ++b) {
      const double share = 100 * static_cast<double>(of.histogram[b]) / total;
      series.x.push_back(low + width * static_cast<double>(b));
      series.x.push_back(low + width * static_cast<double>(b + 1));
      series.y.insert(series.y.end(), 2, share);
    }
    chart.series.push_back(std::move(series));
  }
  return {cat("Number '", number.name, "'"), line_chart(chart), "", true};
}

// ---- the Fourier transform

/// In place, a power of two of points.  (Cooley and Tukey 1965)
void transform(std::vector<std::complex<double>>& points) {
  const std::size_t n = points.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(points[i], points[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2) {
    const double angle = -2 * std::numbers::pi / static_cast<double>(length);
    for (std::size_t i = 0; i < n; i += length) {
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto turn = std::polar(1.0, angle * static_cast<double>(k));
        const auto even = points[i + k], odd = points[i + k + length / 2] * turn;
        points[i + k] = even + odd;
        points[i + k + length / 2] = even - odd;
      }
    }
  }
}

std::string bars(const std::vector<double>& heights) {
  static constexpr std::string_view kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string out;
  for (const double height : heights)
    out += kBars[static_cast<std::size_t>(std::clamp(height * 8, 0.0, 7.0))];
  return out;
}

}  // namespace

Spectrogram spectrogram(const std::vector<float>& sound, double rate_hz, std::size_t most_columns) {
  std::size_t window = 64;
  while (window < 2048 && static_cast<double>(window) < rate_hz / 40) window *= 2;
  Spectrogram out;
  if (sound.empty() || most_columns == 0) return out;
  const std::size_t room = sound.size() > window ? sound.size() - window : 0;
  const std::size_t hop = std::max(window / 4, room / std::max<std::size_t>(most_columns - 1, 1) + 1);
  out.columns = room / hop + 1;
  // Neighbouring frequencies share a point where a window has more than a screen shows.
  const std::size_t together = std::max<std::size_t>(window / 256, 1);
  out.bins = window / 2 / together;
  for (std::size_t column = 0; column < out.columns; ++column) {
    std::vector<std::complex<double>> points(window);
    for (std::size_t i = 0; i < window && column * hop + i < sound.size(); ++i) {
      const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window);
      points[i] = static_cast<double>(sound[column * hop + i]) * (0.5 - 0.5 * std::cos(phase));
    }
    transform(points);
    for (std::size_t bin = 0; bin < out.bins; ++bin) {
      double power = 0;
      for (std::size_t k = 0; k < together; ++k) power += std::norm(points[bin * together + k]);
      out.decibels.push_back(static_cast<float>(10 * std::log10(power + 1e-12)));
    }
  }
  return out;
}

std::string sparkline(const std::vector<std::int64_t>& counts) {
  std::int64_t most = 1;
  for (const std::int64_t count : counts) most = std::max(most, count);
  std::vector<double> heights;
  for (const std::int64_t count : counts)
    heights.push_back(static_cast<double>(count) / static_cast<double>(most));
  return bars(heights);
}

std::string sparkline(const std::vector<float>& values, std::size_t width) {
  if (values.empty() || width == 0) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double span = *high > *low ? static_cast<double>(*high) - *low : 1;
  std::vector<double> heights;
  const std::size_t count = std::min(width, values.size());
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t first = k * values.size() / count, behind = (k + 1) * values.size() / count;
    double sum = 0;
    for (std::size_t i = first; i < behind; ++i) sum += values[i];
    heights.push_back((sum / static_cast<double>(behind - first) - *low) / span);
  }
  return bars(heights);
}

std::vector<Figure> data_pictures(const Dataset& data, const DataSummary& summary) {
  std::vector<Figure> figures;
  if (data.size() == 0) return figures;
  for (const NumberSummary& number : summary.numbers) {
    if (figures.size() < 3) figures.push_back(number_figure(number));
  }
  for (std::size_t k = 0; k < data.inputs.size(); ++k) {
    const DataInput& input = data.inputs[k];
    if (input.shape.size() == 3) {
      figures.push_back(photograph_figure(data, summary, input, summary.inputs[k]));
    } else if (input.shape.size() == 2 && input.rate_hz >= kSoundRate) {
      figures.push_back(spectrogram_figure(data, summary, input));
    } else if (input.shape.size() == 2) {
      figures.push_back(waveform_figure(data, summary, input));
    } else if (data.task == Task::Regression && data.number.count() > 0) {
      figures.push_back(scatter_figure(data, input));
    } else if (input.shape.size() == 1) {
      figures.push_back(feature_figure(data, summary, input, summary.inputs[k]));
    }
  }
  return figures;
}

}  // namespace mote
