// The arena: whatever the lifetimes, nobody writes into what somebody else still needs.
#include "plan/arena.h"

#include <gtest/gtest.h>

#include <random>

namespace mote {
namespace {

std::vector<Interval> random_intervals(std::mt19937& random) {
  std::vector<Interval> intervals(random() % 24);
  const int steps = 1 + static_cast<int>(random() % 20);
  for (Interval& interval : intervals) {
    const int a = static_cast<int>(random() % static_cast<unsigned>(steps)) - 1;
    const int b = static_cast<int>(random() % static_cast<unsigned>(steps)) - 1;
    interval = {random() % 8 == 0 ? random() % 5 : random() % 300, std::min(a, b), std::max(a, b)};
    if (random() % 4 == 0) interval.alignment = 8;
  }
  return intervals;
}

TEST(PlaceGreedily, BuffersAliveTogetherNeverOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const std::vector<Interval> intervals = random_intervals(random);
    const ArenaLayout layout = place_greedily(intervals);
    ASSERT_EQ(layout.offsets.size(), intervals.size());
    EXPECT_EQ(layout.bytes % 16, 0u);
    EXPECT_GE(layout.bytes, layout.lower_bound);
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      ASSERT_EQ(layout.offsets[i] % intervals[i].alignment, 0u);
      ASSERT_LE(layout.offsets[i] + intervals[i].bytes, layout.bytes);
      for (std::size_t j = 0; j < i; ++j) {
        if (intervals[i].first > intervals[j].last || intervals[j].first > intervals[i].last) continue;
        const bool apart = layout.offsets[i] + intervals[i].bytes <= layout.offsets[j] ||
                           layout.offsets[j] + intervals[j].bytes <= layout.offsets[i];
        ASSERT_TRUE(apart) << "round " << round << ", " << i << " and " << j;
      }
    }
  }
}

TEST(PlaceGreedily, LowerBoundIsTheFullestStep) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const std::vector<Interval> intervals = random_intervals(random);
    const ArenaLayout layout = place_greedily(intervals);
    std::size_t most = 0, at_peak = 0;
    for (int step = -1; step < 20; ++step) {
      std::size_t alive = 0;
      for (const Interval& interval : intervals) {
        if (interval.first <= step && step <= interval.last) alive += (interval.bytes + 3) / 4 * 4;
      }
      most = std::max(most, alive);
      if (step == layout.peak_step) at_peak = alive;
    }
    EXPECT_EQ(layout.lower_bound, most);
    EXPECT_EQ(at_peak, most);
  }
}

TEST(PlaceGreedily, AChainNeedsOnlyItsFullestPair) {
  const ArenaLayout layout = place_greedily({{100, 0, 1}, {60, 1, 2}, {80, 2, 3}, {40, 3, 4}});
  EXPECT_EQ(layout.lower_bound, 160u);
  EXPECT_EQ(layout.bytes, 160u);
  EXPECT_EQ(layout.peak_step, 1);
}

TEST(PlaceGreedily, NothingNeedsNothing) {
  EXPECT_EQ(place_greedily({}).bytes, 0u);
  EXPECT_EQ(place_greedily({{0, 0, 5}}).bytes, 0u);
}

}  // namespace
}  // namespace mote
