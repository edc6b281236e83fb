#include "data/detail/moments.h"

#include <algorithm>

namespace mote {

void Moments::add(const Moments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  if (other.minimum_ <= minimum_) {
    at_minimum_ = (other.minimum_ == minimum_ ? at_minimum_ : 0) + other.at_minimum_;
    minimum_ = other.minimum_;
  }
  if (other.maximum_ >= maximum_) {
    at_maximum_ = (other.maximum_ == maximum_ ? at_maximum_ : 0) + other.at_maximum_;
    maximum_ = other.maximum_;
  }
  // Σ(x − s)² about this shift: with d = other shift − s, Σ(x − s')² + 2 d Σ(x − s') + n d².
  const double d = other.shift_ - shift_, n = static_cast<double>(other.count_);
  squares_ += other.squares_ + 2 * d * other.sum_ + n * d * d;
  sum_ += other.sum_ + n * d;
  count_ += other.count_;
}

double Moments::deviation() const {
  if (count_ == 0) return 0;
  const double n = static_cast<double>(count_), off = sum_ / n;
  const double variance = squares_ / n - off * off;
  return variance > 1e-12 * std::max(off * off, 1e-30) && minimum_ != maximum_ ? std::sqrt(variance) : 0;
}

std::size_t channels_of(const DataInput& input) {
  return input.shape.empty() ? 1 : static_cast<std::size_t>(input.shape.back());
}

SplitMoments moments_of(const Dataset& data, const DataInput& input,
                        const std::function<bool(std::size_t)>& wanted) {
  SplitMoments moments;
  const std::size_t channels = channels_of(input);
  for (auto& of : moments) of.resize(channels);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused || (wanted && !wanted(i))) continue;
    std::vector<Moments>& of = moments[static_cast<std::size_t>(data.split[i])];
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = 0; e < sample.size(); e += channels) {
      for (std::size_t c = 0; c < channels; ++c) of[c].add(sample[e + c]);
    }
  }
  return moments;
}

SplitMoments moments_of_numbers(const Dataset& data) {
  SplitMoments moments;
  for (auto& of : moments) of.resize(data.number.count());
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::span<const float> numbers = data.number.sample(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      moments[static_cast<std::size_t>(data.split[i])][k].add(
          static_cast<float>(data.number.real(i, numbers[k])));
    }
  }
  return moments;
}

std::vector<Moments> merged(const SplitMoments& moments) {
  std::vector<Moments> all(moments[0].size());
  for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
    const std::vector<Moments>& of = moments[static_cast<std::size_t>(split)];
    for (std::size_t c = 0; c < all.size(); ++c) all[c].add(of[c]);
  }
  return all;
}

double reading(const DataInput& input, std::size_t channel, double value) {
  if (channel >= input.channel_scale.size()) return value;
  return value / input.channel_scale[channel] + input.channel_offset[channel];
}

}  // namespace mote
