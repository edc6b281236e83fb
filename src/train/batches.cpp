#include "train/batches.h"

#include <algorithm>

#include "math/random.h"
#include "train/streams.h"

namespace mote {

std::vector<Draw> shuffled(std::span<const std::size_t> samples, std::uint64_t seed, int epoch) {
  std::vector<std::size_t> order(samples.begin(), samples.end());
  Random random = Random(seed).split(kShuffleStream).split(static_cast<std::uint64_t>(epoch));
  random.shuffle(std::span<std::size_t>(order));
  std::vector<Draw> draws;
  for (const std::size_t sample : order) draws.push_back({sample, 0});
  return draws;
}

std::vector<Draw> balanced(const Dataset& data, std::span<const std::size_t> samples, std::uint64_t seed,
                           int epoch) {
  std::vector<std::vector<std::size_t>> by_class(data.labels.size());
  for (const std::size_t i : samples) by_class[static_cast<std::size_t>(data.target[i])].push_back(i);
  std::erase_if(by_class, [](const auto& members) { return members.empty(); });
  Random random = Random(seed).split(kBalanceStream).split(static_cast<std::uint64_t>(epoch));
  random.shuffle(std::span<std::vector<std::size_t>>(by_class));  // which classes get the one more
  std::vector<Draw> draws;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    std::vector<std::size_t>& members = by_class[c];
    random.shuffle(std::span<std::size_t>(members));
    const std::size_t count =
        samples.size() * (c + 1) / by_class.size() - samples.size() * c / by_class.size();
    for (std::size_t k = 0; k < count; ++k)
      draws.push_back({members[k % members.size()], static_cast<std::uint32_t>(k / members.size())});
  }
  random.shuffle(std::span<Draw>(draws));
  return draws;
}

}  // namespace mote
