#include "train/batches.h"

#include <algorithm>

#include "math/random.h"

namespace mote {
namespace {

// Streams of the options' seed, so that no two uses draw the same numbers.
constexpr std::uint64_t kShuffleStream = 1, kAugmentStream = 2;

}  // namespace

std::vector<std::size_t> shuffled(std::vector<std::size_t> samples, std::uint64_t seed, int epoch) {
  Random random = Random(seed).split(kShuffleStream).split(static_cast<std::uint64_t>(epoch));
  random.shuffle(std::span<std::size_t>(samples));
  return samples;
}

std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> samples, int batch) {
  const auto size = static_cast<std::size_t>(batch);
  const std::size_t count = (samples.size() + size - 1) / size;
  std::vector<std::span<const std::size_t>> batches;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = samples.size() * i / count, end = samples.size() * (i + 1) / count;
    batches.push_back(samples.subspan(begin, end - begin));
  }
  return batches;
}

Augmentation::Augmentation(const Graph& graph, const Dataset& data, const TrainOptions& options)
    : options_(options),
      any_(options.augment_noise > 0 || options.augment_scale > 0 || options.augment_offset > 0 ||
           options.augment_shift > 0) {
  for (std::size_t i = 0; i < data.inputs.size(); ++i)
    series_.push_back(data.inputs[i].rate_hz > 0 || graph.inputs[i].rate_hz > 0 ||
                      data.inputs[i].shape.size() == 2);
}

void Augmentation::copy(const Dataset& data, std::size_t input, std::size_t sample, int epoch,
                        float* out) const {
  const DataInput& from = data.inputs[input];
  const std::span<const float> in = from.sample(sample);
  if (!any_ || !series_[input] || from.shape.empty()) {
    std::copy(in.begin(), in.end(), out);
    return;
  }
  Random random = Random(options_.seed)
                      .split(kAugmentStream)
                      .split(static_cast<std::uint64_t>(epoch))
                      .split(sample)
                      .split(input);
  const std::int64_t steps = from.shape[0],
                     width = static_cast<std::int64_t>(in.size()) / std::max<std::int64_t>(steps, 1);
  const auto reach = static_cast<std::int64_t>(options_.augment_shift);
  const std::int64_t shift =
      reach > 0 ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * reach + 1))) - reach
                : 0;
  const double factor = 1 + random.uniform(-options_.augment_scale, options_.augment_scale);
  const double offset =
      options_.augment_offset > 0 ? random.uniform(-options_.augment_offset, options_.augment_offset) : 0;
  for (std::int64_t t = 0; t < steps; ++t) {
    const std::int64_t source = std::clamp<std::int64_t>(t - shift, 0, steps - 1);
    for (std::int64_t c = 0; c < width; ++c) {
      const double value =
          static_cast<double>(in[static_cast<std::size_t>(source * width + c)]) * factor + offset;
      *out++ = static_cast<float>(
          options_.augment_noise > 0 ? value + options_.augment_noise * random.normal() : value);
    }
  }
}

}  // namespace mote
