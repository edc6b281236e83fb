// Streams of the options' seed, so that no two uses in training draw the same numbers.  Internal to train.
#pragma once

#include <cstdint>

namespace mote {

inline constexpr std::uint64_t kShuffleStream = 1, kAugmentStream = 2, kStepStream = 3, kBalanceStream = 4,
                               kMixStream = 5;

}  // namespace mote
