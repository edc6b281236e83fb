// Internal to the room: intervals of time that need bytes → offsets.
#pragma once

#include <cstddef>
#include <vector>

namespace mote {

struct Interval {
  std::size_t bytes = 0;
  int first = 0, last = 0;    ///< steps, both inclusive
  std::size_t alignment = 4;  ///< of its offset: 4, or 8 for elements of 64 bits
};

struct ArenaLayout {
  std::vector<std::size_t> offsets;  ///< by interval, multiples of their alignment
  std::size_t bytes = 0;             ///< a multiple of 16
  std::size_t lower_bound = 0;       ///< most bytes alive at one step
  int peak_step = 0;                 ///< where that is
};

ArenaLayout place_greedily(const std::vector<Interval>& intervals);

}  // namespace mote
