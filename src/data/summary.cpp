// What is in a Dataset, in a few numbers: counts, ranges, histograms, and which samples to show.  Two passes over the values, no
// copy of them.
#include <algorithm>
#include <set>

#include "data/checks.h"
#include "data/detail/findings.h"
#include "data/detail/moments.h"

namespace mote {
namespace {

ChannelSummary describe(std::string name, const Moments& of) {
  return {std::move(name), of.minimum(), of.maximum(), of.mean(), of.deviation(), {}};
}

/// The bin of a value between a channel's minimum and maximum; the first where all are alike.
std::size_t bin_of(float value, const ChannelSummary& of) {
  const double width = of.maximum - of.minimum;
  if (!(width > 0)) return 0;
  const double place =
      (static_cast<double>(value) - of.minimum) / width * static_cast<double>(kHistogramBins);
  return std::min(static_cast<std::size_t>(std::max(place, 0.0)), kHistogramBins - 1);
}

void fill_histograms(const Dataset& data, const DataInput& input, InputSummary& of) {
  const std::size_t channels = of.channels.size();
  of.all.histogram.assign(kHistogramBins, 0);
  for (ChannelSummary& channel : of.channels) channel.histogram.assign(kHistogramBins, 0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused) continue;
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = 0; e < sample.size(); e += channels) {
      for (std::size_t c = 0; c < channels; ++c) {
        ++of.channels[c].histogram[bin_of(sample[e + c], of.channels[c])];
        ++of.all.histogram[bin_of(sample[e + c], of.all)];
      }
    }
  }
}

InputSummary summarize_input(const Dataset& data, const DataInput& input) {
  InputSummary of{input.name, input.unit, input.rate_hz,        input.shape,
                  {},         {},         input.channel_offset, input.channel_scale};
  const std::vector<Moments> moments = merged(moments_of(data, input));
  Moments all;
  for (std::size_t c = 0; c < moments.size(); ++c) {
    of.channels.push_back(describe(channel_name(input, c), moments[c]));
    all.add(moments[c]);
  }
  of.all = describe(input.name, all);
  fill_histograms(data, input, of);
  return of;
}

std::vector<NumberSummary> summarize_numbers(const Dataset& data) {
  std::vector<NumberSummary> numbers;
  if (data.task != Task::Regression) return numbers;
  const SplitMoments moments = moments_of_numbers(data);
  for (std::size_t k = 0; k < data.number.count(); ++k) {
    NumberSummary of{data.number.names[k], data.number.unit, {}};
    // One scale for all splits, so that their histograms can be laid over each other.
    Moments all;
    for (const Split split : kUsedSplits) all.add(moments[index_of(split)][k]);
    const ChannelSummary range = describe({}, all);
    for (const Split split : kUsedSplits) {
      ChannelSummary& in = of.by_split[index_of(split)];
      in = describe(std::string(name_of(split)), moments[index_of(split)][k]);
      in.histogram.assign(kHistogramBins, 0);
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] == Split::Unused) continue;
      const auto real = static_cast<float>(data.number.real(i, data.number.sample(i)[k]));
      ++of.by_split[index_of(data.split[i])].histogram[bin_of(real, range)];
    }
    numbers.push_back(std::move(of));
  }
  return numbers;
}

/// Up to n of the samples, from the first to the last in even steps.
std::vector<std::size_t> spread(const std::vector<std::size_t>& samples, std::size_t n) {
  if (samples.size() <= n) return samples;
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < n; ++k)
    chosen.push_back(samples[n == 1 ? 0 : k * (samples.size() - 1) / (n - 1)]);
  return chosen;
}

bool is_of(const Dataset& data, std::size_t i, std::size_t label) {
  return data.task == Task::MultiLabel ? data.number.sample(i)[label] > 0.5f
                                       : data.target[i] == static_cast<std::int32_t>(label);
}

/// Samples of a label in the first split that has any.
std::vector<std::size_t> samples_of(const Dataset& data, std::size_t label) {
  std::vector<std::size_t> samples;
  for (const Split split : kUsedSplits) {
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] == split && is_of(data, i, label)) samples.push_back(i);
    }
    if (!samples.empty()) break;
  }
  return samples;
}

}  // namespace

DataSummary count(const Dataset& data) {
  DataSummary summary;
  summary.task = data.task;
  summary.labels = counted_labels(data);
  summary.counts = count_labels(data);
  summary.samples = count_samples(data);
  return summary;
}

DataSummary summarize(const Dataset& data, std::size_t examples_per_label) {
  DataSummary summary = count(data);
  summary.groups =
      static_cast<std::int64_t>(std::set<std::string>(data.group.begin(), data.group.end()).size());
  std::set<std::int32_t> recordings;
  for (const Place& place : data.place) recordings.insert(place.recording);
  summary.recordings = static_cast<std::int64_t>(recordings.size());
  for (const DataInput& input : data.inputs) summary.inputs.push_back(summarize_input(data, input));
  summary.numbers = summarize_numbers(data);
  for (std::size_t k = 0; k < summary.labels.size(); ++k)
    summary.examples.push_back(spread(samples_of(data, k), examples_per_label));
  return summary;
}

}  // namespace mote
