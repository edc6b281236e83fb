// The greedy placement: largest first; put it into the lowest gap that nothing alive at the same time uses.
// Not optimal (the problem is NP-hard), in practice within a few percent; the plan states the lower bound beside it.
#include "plan/arena.h"

#include <algorithm>
#include <numeric>

namespace mote {

namespace {

std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

void find_lower_bound(const std::vector<Interval>& intervals, ArenaLayout& layout) {
  for (const Interval& moment : intervals) {  // the maximum is reached where some interval begins
    std::size_t alive = 0;
    for (const Interval& other : intervals) {
      if (other.first <= moment.first && moment.first <= other.last) alive += round_up(other.bytes, 4);
    }
    if (alive <= layout.lower_bound) continue;
    layout.lower_bound = alive;
    layout.peak_step = moment.first;
  }
}

}  // namespace

ArenaLayout place_greedily(const std::vector<Interval>& intervals) {
  ArenaLayout layout;
  layout.offsets.assign(intervals.size(), 0);
  std::vector<std::size_t> order(intervals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return intervals[a].bytes > intervals[b].bytes; });

  std::vector<std::size_t> placed;
  for (const std::size_t i : order) {
    std::vector<std::pair<std::size_t, std::size_t>> taken;  // [begin, end) of what is alive at the same time
    for (const std::size_t other : placed) {
      const bool together =
          intervals[i].first <= intervals[other].last && intervals[other].first <= intervals[i].last;
      if (together)
        taken.emplace_back(layout.offsets[other],
                           layout.offsets[other] + round_up(intervals[other].bytes, 4));
    }
    std::sort(taken.begin(), taken.end());
    std::size_t at = 0;
    for (const auto& [begin, end] : taken) {
      if (at + intervals[i].bytes <= begin) break;
      at = std::max(at, round_up(end, intervals[i].alignment));
    }
    layout.offsets[i] = at;
    layout.bytes = std::max(layout.bytes, at + intervals[i].bytes);
    placed.push_back(i);
  }
  layout.bytes = round_up(layout.bytes, 16);
  find_lower_bound(intervals, layout);
  return layout;
}

}  // namespace mote
