// Placement in the arena.  In some order, each interval goes to the lowest offset that nothing placed before forbids; which
// order is best is an NP-hard question, so several are tried, then improved by moving what sticks out to the front, and small
// cases are searched exhaustively.  Everything is counted in steps of work, never in time: the same plan on any machine.
#include "plan/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/result.h"

namespace mote {

namespace {

constexpr std::size_t kUnit = 16;           // the arena is a multiple of it
constexpr int kMoves = 2000;                // of orders that are not best yet
constexpr std::size_t kExactUpTo = 48;      // intervals
constexpr std::size_t kExactNodes = 50000;  // of the search tree

using Offset = std::int64_t;
constexpr Offset kNowhere = std::numeric_limits<Offset>::max() / 4;

Offset round_up(Offset n, Offset unit) { return (n + unit - 1) / unit * unit; }

/// Where interval i may not begin when the other one begins at o: strictly between o + above and o + below.
struct Forbidden {
  std::size_t other;
  Offset above, below;
};

class Placement {
 public:
  Placement(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps)
      : intervals_(intervals), overlaps_(overlaps), forbidden_(intervals.size()) {
    for (const Interval& interval : intervals)
      sizes_.push_back(round_up(static_cast<Offset>(interval.bytes), 4));
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (intervals[i].first > intervals[j].last || intervals[j].first > intervals[i].last) continue;
        forbidden_[i].push_back({j, -sizes_[i], sizes_[j]});
        forbidden_[j].push_back({i, -sizes_[j], sizes_[i]});
      }
    }
    for (const MayOverlap& overlap : overlaps) relax(overlap);
  }

  std::size_t count() const { return intervals_.size(); }
  const Interval& interval(std::size_t i) const { return intervals_[i]; }
  Offset size(std::size_t i) const { return sizes_[i]; }
  const std::vector<Forbidden>& around(std::size_t i) const { return forbidden_[i]; }

  /// The lowest offset, `from` at least, that the intervals placed so far leave; those at kNowhere are not placed.
  Offset lowest(std::size_t i, Offset from, const std::vector<Offset>& offsets) {
    ranges_.clear();
    for (const Forbidden& f : forbidden_[i]) {
      const Offset o = offsets[f.other];
      if (o != kNowhere && f.above + 1 < f.below) ranges_.emplace_back(o + f.above, o + f.below);
    }
    std::sort(ranges_.begin(), ranges_.end());
    const auto alignment = static_cast<Offset>(intervals_[i].alignment);
    Offset at = round_up(from, alignment);
    for (const auto& [above, below] : ranges_) {
      if (at <= above) break;  // and so it is with all that follow
      if (at < below) at = round_up(below, alignment);
    }
    return at;
  }

  /// Bytes that the order needs; its offsets.
  Offset follow(const std::vector<std::size_t>& order, std::vector<Offset>& offsets) {
    offsets.assign(count(), kNowhere);
    Offset bytes = 0;
    for (const std::size_t i : order) {
      offsets[i] = lowest(i, 0, offsets);
      bytes = std::max(bytes, offsets[i] + sizes_[i]);
    }
    return round_up(bytes, kUnit);
  }

  /// Whether some best placement is found by placing intervals by rising offsets, each as low as it can be.  Moving all
  /// down keeps every constraint but those that hold an interval from above.
  bool rises() const {
    return std::all_of(overlaps_.begin(), overlaps_.end(), [&](const MayOverlap& overlap) {
      return overlap.backward ? ends_of(overlap) > 0 : overlap.distance >= 0;
    });
  }

  /// What the intervals that `counts` selects need at that step, whatever lies over whatever.
  template <class Counts>
  Offset needed(int step, const Counts& counts) const {
    Offset all = 0;
    const auto alive = [&](std::size_t i) {
      return intervals_[i].first <= step && step <= intervals_[i].last && counts(i);
    };
    for (std::size_t i = 0; i < count(); ++i) all += alive(i) ? sizes_[i] : 0;
    for (std::size_t o = 0; o < overlaps_.size(); ++o) {  // of one output they follow each other
      const std::size_t out = overlaps_[o].out;
      if ((o > 0 && overlaps_[o - 1].out == out) || !alive(out)) continue;
      Offset inputs = 0, together = sizes_[out];
      for (std::size_t k = o; k < overlaps_.size() && overlaps_[k].out == out; ++k) {
        if (!alive(overlaps_[k].in)) continue;
        const Offset in = sizes_[overlaps_[k].in];
        inputs += in;
        const Offset end =
            overlaps_[k].backward ? bytes_of(overlaps_[k].in) : in;  // ends are counted in bytes
        together = std::max({together, in, overlaps_[k].distance + end});
      }
      all -= sizes_[out] + inputs - std::min(sizes_[out] + inputs, std::max(together, inputs));
    }
    return all;
  }

  bool holds(const std::vector<Offset>& offsets) const {
    for (std::size_t i = 0; i < count(); ++i) {
      for (const Forbidden& f : forbidden_[i]) {
        const Offset from_other = offsets[i] - offsets[f.other];
        if (from_other > f.above && from_other < f.below) return false;
      }
    }
    return true;
  }

 private:
  Offset bytes_of(std::size_t i) const { return static_cast<Offset>(intervals_[i].bytes); }
  /// How far above its input an output begins whose end lies as far above the input's as it must.
  Offset ends_of(const MayOverlap& overlap) const {
    return bytes_of(overlap.in) + overlap.distance - bytes_of(overlap.out);
  }

  void relax(const MayOverlap& overlap) {
    // Forward: out ≤ in − distance.  Backward: out ≥ in + ends.
    const Offset ends = ends_of(overlap);
    for (Forbidden& f : forbidden_[overlap.out]) {
      if (f.other != overlap.in) continue;
      if (overlap.backward)
        f.below = std::min(f.below, ends);
      else
        f.above = std::max(f.above, -overlap.distance);
    }
    for (Forbidden& f : forbidden_[overlap.in]) {
      if (f.other != overlap.out) continue;
      if (overlap.backward)
        f.above = std::max(f.above, -ends);
      else
        f.below = std::min(f.below, overlap.distance);
    }
  }

  const std::vector<Interval>& intervals_;
  const std::vector<MayOverlap>& overlaps_;
  std::vector<Offset> sizes_;
  std::vector<std::vector<Forbidden>> forbidden_;
  std::vector<std::pair<Offset, Offset>> ranges_;
};

struct Best {
  Offset bytes = kNowhere;
  std::vector<Offset> offsets;
  std::vector<std::size_t> order;

  void take(Offset other_bytes, const std::vector<Offset>& other,
            const std::vector<std::size_t>& other_order) {
    if (other_bytes >= bytes) return;
    bytes = other_bytes;
    offsets = other;
    order = other_order;
  }
};

/// Largest first; longest; largest area; from the last step back, which lets outputs lie below their inputs; from the first on.
std::vector<std::vector<std::size_t>> orders_of(const Placement& placement) {
  const auto key = [&](int strategy, std::size_t i) -> std::pair<Offset, Offset> {
    const Interval& interval = placement.interval(i);
    const Offset size = placement.size(i), length = interval.last - interval.first + 1;
    switch (strategy) {
      case 0:
        return {-size, interval.first};
      case 1:
        return {-length, -size};
      case 2:
        return {-size * length, -size};
      case 3:
        return {-interval.first, -size};
      case 4:
        return {-interval.last, -size};
      default:
        return {interval.first, -size};
    }
  };
  std::vector<std::vector<std::size_t>> orders;
  for (int strategy = 0; strategy < 6; ++strategy) {
    std::vector<std::size_t>& order = orders.emplace_back(placement.count());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return key(strategy, a) < key(strategy, b); });
  }
  return orders;
}

/// Moves an interval to an earlier place of the order: mostly one that ends highest.  What needs no more is kept.
void improve(Placement& placement, Offset bound, Best& best) {
  std::uint64_t state = 0x9e3779b97f4a7c15u;
  const auto below = [&](std::size_t n) {  // xorshift64
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<std::size_t>(state % n);
  };
  std::vector<std::size_t> order = best.order;
  std::vector<Offset> offsets = best.offsets;
  Offset bytes = best.bytes;
  const std::size_t n = placement.count();
  const int moves = static_cast<int>(std::min<std::size_t>(kMoves, 200000 / n));
  for (int move = 0; move < moves && best.bytes > bound; ++move) {
    std::vector<std::size_t> highest;
    for (std::size_t k = 1; k < n; ++k) {
      if (round_up(offsets[order[k]] + placement.size(order[k]), kUnit) == bytes) highest.push_back(k);
    }
    const std::size_t from = highest.empty() || below(4) == 0 ? below(n) : highest[below(highest.size())];
    const std::size_t to = below(from + 1);
    std::vector<std::size_t> moved = order;
    std::rotate(moved.begin() + static_cast<std::ptrdiff_t>(to),
                moved.begin() + static_cast<std::ptrdiff_t>(from),
                moved.begin() + static_cast<std::ptrdiff_t>(from) + 1);
    std::vector<Offset> there;
    const Offset needs = placement.follow(moved, there);
    if (needs > bytes) continue;
    order = std::move(moved);
    offsets = std::move(there);
    bytes = needs;
    best.take(bytes, offsets, order);
  }
}

/// Branch and bound over placements by rising offsets.
class ExactSearch {
 public:
  ExactSearch(Placement& placement, Offset bound, Best& best)
      : placement_(placement), bound_(bound), best_(best), offsets_(placement.count(), kNowhere) {
    for (std::size_t i = 0; i < placement.count(); ++i) steps_.push_back(placement.interval(i).first);
    std::sort(steps_.begin(), steps_.end());
    steps_.erase(std::unique(steps_.begin(), steps_.end()), steps_.end());
  }

  /// Whether all was searched, so that nothing is better than the best.
  bool run() {
    descend(0);
    return nodes_ < kExactNodes;
  }

 private:
  void descend(Offset from) {
    if (++nodes_ >= kExactNodes || best_.bytes <= bound_) return;
    if (order_.size() == placement_.count()) {
      Offset bytes = 0;
      for (std::size_t i = 0; i < offsets_.size(); ++i)
        bytes = std::max(bytes, offsets_[i] + placement_.size(i));
      best_.take(round_up(bytes, kUnit), offsets_, order_);
      return;
    }
    const Offset limit = best_.bytes - static_cast<Offset>(kUnit);  // what would be better
    std::vector<Offset> lowest(placement_.count(), kNowhere);
    std::vector<std::pair<Offset, std::size_t>> next;
    for (std::size_t i = 0; i < placement_.count(); ++i) {
      if (offsets_[i] != kNowhere) continue;
      lowest[i] = placement_.lowest(i, from, offsets_);
      if (lowest[i] + placement_.size(i) > limit) return;
      next.emplace_back(lowest[i], i);
    }
    for (const int step : steps_) {
      Offset begin = kNowhere;
      for (const auto& [at, i] : next) {
        const Interval& interval = placement_.interval(i);
        if (interval.first <= step && step <= interval.last) begin = std::min(begin, at);
      }
      if (begin == kNowhere) continue;
      if (begin + placement_.needed(step, [&](std::size_t i) { return offsets_[i] == kNowhere; }) > limit)
        return;
    }
    std::sort(next.begin(), next.end());
    for (const auto& [at, i] : next) {
      if (!order_.empty() && at == offsets_[order_.back()] && precedes(i, order_.back())) continue;
      if (leaves_room_below(at, i, next)) break;
      offsets_[i] = at;
      order_.push_back(i);
      descend(at);
      order_.pop_back();
      offsets_[i] = kNowhere;
      if (nodes_ >= kExactNodes || best_.bytes <= bound_) return;
    }
  }

  // Of those at one offset one order is enough: outputs before inputs, which they hold up.
  bool precedes(std::size_t i, std::size_t other) const {
    const int first = placement_.interval(i).first, other_first = placement_.interval(other).first;
    return first != other_first ? first > other_first : i < other;
  }

  // Some other interval fits wholly below: placing it first loses nothing, and so for all that would begin higher.
  bool leaves_room_below(Offset at, std::size_t i,
                         const std::vector<std::pair<Offset, std::size_t>>& next) const {
    return std::any_of(next.begin(), next.end(), [&](const auto& other) {
      return other.second != i && other.first + placement_.size(other.second) <= at &&
             placement_.size(other.second) > 0;
    });
  }

  Placement& placement_;
  Offset bound_;
  Best& best_;
  std::vector<Offset> offsets_;
  std::vector<std::size_t> order_;
  std::vector<int> steps_;
  std::size_t nodes_ = 0;
};

void find_lower_bound(const Placement& placement, ArenaLayout& layout) {
  int last = -1;
  for (std::size_t i = 0; i < placement.count(); ++i) last = std::max(last, placement.interval(i).last);
  for (int step = -1; step <= last; ++step) {
    const auto needed = static_cast<std::size_t>(placement.needed(step, [](std::size_t) { return true; }));
    if (step >= 0) layout.alive.push_back(needed);
    if (needed <= layout.lower_bound) continue;
    layout.lower_bound = needed;
    layout.peak_step = step;
  }
}

}  // namespace

ArenaLayout place(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps,
                  Effort effort) {
  Placement placement(intervals, overlaps);
  ArenaLayout layout;
  find_lower_bound(placement, layout);
  if (effort == Effort::Bounds) return layout;
  const Offset bound = round_up(static_cast<Offset>(layout.lower_bound), kUnit);

  Best best;
  std::vector<Offset> offsets;
  for (const std::vector<std::size_t>& order : orders_of(placement))
    best.take(placement.follow(order, offsets), offsets, order);
  layout.optimal = best.bytes == bound;
  if (effort == Effort::Thorough && !layout.optimal) {
    improve(placement, bound, best);
    if (!overlaps.empty()) {  // what the rules leave free is no reason to need more
      ArenaLayout apart = place(intervals, {}, Effort::Quick);
      if (static_cast<Offset>(apart.lower_bound) < best.bytes) apart = place(intervals, {}, Effort::Thorough);
      best.take(static_cast<Offset>(apart.bytes),
                std::vector<Offset>(apart.offsets.begin(), apart.offsets.end()), best.order);
    }
    bool searched = false;
    if (best.bytes > bound && intervals.size() <= kExactUpTo)
      searched = ExactSearch(placement, bound, best).run() && placement.rises();
    layout.optimal = best.bytes == bound || searched;
  }
  MOTE_CHECK(placement.holds(best.offsets), "what is needed at one time lies apart");
  layout.offsets.assign(best.offsets.begin(), best.offsets.end());
  layout.bytes = static_cast<std::size_t>(best.bytes);
  return layout;
}

}  // namespace mote
