// Internal to the room: intervals of time that need bytes → offsets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mote {

struct Interval {
  std::size_t bytes = 0;
  int first = 0, last = 0;    ///< steps, both inclusive
  std::size_t alignment = 4;  ///< of its offset: 4, or 8 for elements of 64 bits
};

/// Two intervals that meet in one step, in which `out` is computed from `in`: they may overlap where out.offset + distance
/// ≤ in.offset.  Backward: where in's end + distance ≤ out's end.
struct MayOverlap {
  std::size_t in = 0, out = 0;
  std::int64_t distance = 0;
  bool backward = false;
};

struct ArenaLayout {
  std::vector<std::size_t> offsets;  ///< by interval, multiples of their alignment
  std::size_t bytes = 0;             ///< a multiple of 16
  std::vector<std::size_t> alive;    ///< by step, from 0: bytes that no placement can do without there
  std::size_t lower_bound = 0;       ///< the most of these, and of what is alive before step 0
  int peak_step = 0;                 ///< where that is
  bool optimal = false;              ///< proved: no placement needs less
};

enum class Effort : std::uint8_t {
  Bounds,    ///< no offsets, only what each step needs
  Quick,     ///< a few orders, lowest place first
  Thorough,  ///< these, then exchanges, then an exact search that gives up after a fixed number of nodes
};

ArenaLayout place(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps,
                  Effort effort = Effort::Thorough);

}  // namespace mote
