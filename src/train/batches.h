// Samples become batches: which ones an epoch sees and in what order, and the sizes of its batches.
// Internal to train.  Everything drawn depends on seed, epoch and sample alone, never on the thread or the batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace mote {

/// A sample as an epoch sees it; where a class is repeated, each `copy` is augmented in its own way.
struct Draw {
  std::size_t sample = 0;
  std::uint32_t copy = 0;
};

/// `samples` in the order of `epoch`, each once.
std::vector<Draw> shuffled(std::span<const std::size_t> samples, std::uint64_t seed, int epoch);

/// As many draws as samples, of each class (Dataset::target) equally many or one more: rare ones are repeated, of
/// frequent ones each epoch sees others.
std::vector<Draw> balanced(const Dataset& data, std::span<const std::size_t> samples, std::uint64_t seed,
                           int epoch);

/// All cut into ⌈n / batch⌉ runs whose sizes differ by at most one: no tiny last batch to upset batch norm.
template <class T>
std::vector<std::span<const T>> batches_of(std::span<const T> all, int batch) {
  const auto size = static_cast<std::size_t>(batch);
  const std::size_t count = (all.size() + size - 1) / size;
  std::vector<std::span<const T>> batches;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = all.size() * i / count, end = all.size() * (i + 1) / count;
    batches.push_back(all.subspan(begin, end - begin));
  }
  return batches;
}

}  // namespace mote
