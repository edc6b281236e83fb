// The arena: whatever the lifetimes, nobody writes into what somebody else still needs.
#include "plan/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
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

/// Outputs of a step over inputs of it: some forward, some backward, some far apart.
std::vector<MayOverlap> random_overlaps(std::mt19937& random, const std::vector<Interval>& intervals) {
  std::vector<MayOverlap> overlaps;
  for (std::size_t out = 0; out < intervals.size(); ++out) {
    for (std::size_t in = 0; in < intervals.size(); ++in) {
      if (in == out || intervals[in].last != intervals[out].first) continue;
      if (intervals[in].first == intervals[in].last || random() % 2 == 0) continue;
      overlaps.push_back({in, out, static_cast<std::int64_t>(random() % 40) - 4, random() % 3 == 0});
    }
  }
  return overlaps;
}

std::size_t size_of(const Interval& interval) { return (interval.bytes + 3) / 4 * 4; }

bool may_lie_so(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps,
                const std::vector<std::size_t>& offsets, std::size_t i, std::size_t j) {
  if (intervals[i].first > intervals[j].last || intervals[j].first > intervals[i].last) return true;
  if (offsets[i] + size_of(intervals[i]) <= offsets[j] || offsets[j] + size_of(intervals[j]) <= offsets[i])
    return true;
  return std::any_of(overlaps.begin(), overlaps.end(), [&](const MayOverlap& overlap) {
    if (!(overlap.in == i && overlap.out == j) && !(overlap.in == j && overlap.out == i)) return false;
    const auto in = static_cast<std::int64_t>(offsets[overlap.in]);
    const auto out = static_cast<std::int64_t>(offsets[overlap.out]);
    const auto in_end = in + static_cast<std::int64_t>(intervals[overlap.in].bytes);
    const auto out_end = out + static_cast<std::int64_t>(intervals[overlap.out].bytes);
    return overlap.backward ? in_end + overlap.distance <= out_end : out + overlap.distance <= in;
  });
}

void expect_sound(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps,
                  const ArenaLayout& layout) {
  ASSERT_EQ(layout.offsets.size(), intervals.size());
  EXPECT_EQ(layout.bytes % 16, 0u);
  EXPECT_GE(layout.bytes, layout.lower_bound);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    ASSERT_EQ(layout.offsets[i] % intervals[i].alignment, 0u);
    ASSERT_LE(layout.offsets[i] + intervals[i].bytes, layout.bytes);
    for (std::size_t j = 0; j < i; ++j)
      ASSERT_TRUE(may_lie_so(intervals, overlaps, layout.offsets, i, j)) << i << " and " << j;
  }
}

TEST(Place, BuffersAliveTogetherOverlapOnlyAsAllowed) {
  std::mt19937 random(1);
  for (int round = 0; round < 1000; ++round) {
    SCOPED_TRACE(round);
    const std::vector<Interval> intervals = random_intervals(random);
    const std::vector<MayOverlap> overlaps =
        round % 2 == 0 ? std::vector<MayOverlap>{} : random_overlaps(random, intervals);
    expect_sound(intervals, overlaps, place(intervals, overlaps, Effort::Quick));
    if (round % 10 < 2) expect_sound(intervals, overlaps, place(intervals, overlaps));
    if (HasFatalFailure()) return;
  }
}

TEST(Place, LowerBoundIsTheFullestStep) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const std::vector<Interval> intervals = random_intervals(random);
    const ArenaLayout layout = place(intervals, {}, Effort::Bounds);
    std::size_t most = 0, at_peak = 0;
    for (int step = -1; step < 20; ++step) {
      std::size_t alive = 0;
      for (const Interval& interval : intervals) {
        if (interval.first <= step && step <= interval.last) alive += size_of(interval);
      }
      most = std::max(most, alive);
      if (step == layout.peak_step) at_peak = alive;
    }
    EXPECT_EQ(layout.lower_bound, most);
    EXPECT_EQ(at_peak, most);
  }
}

/// The least bytes over all offsets that are multiples of 16, by trying them all.
std::size_t brute_force(const std::vector<Interval>& intervals, const std::vector<MayOverlap>& overlaps) {
  std::size_t best = std::numeric_limits<std::size_t>::max(), all = 0;
  for (const Interval& interval : intervals) all += (interval.bytes + 15) / 16 * 16;
  std::vector<std::size_t> offsets(intervals.size(), 0);
  const auto put = [&](const auto& self, std::size_t i, std::size_t bytes) -> void {
    if (bytes >= best) return;
    if (i == intervals.size()) {
      best = bytes;
      return;
    }
    for (std::size_t at = 0; at + intervals[i].bytes <= all; at += 16) {
      offsets[i] = at;
      bool fits = true;
      for (std::size_t j = 0; j < i && fits; ++j) fits = may_lie_so(intervals, overlaps, offsets, i, j);
      if (fits) self(self, i + 1, std::max(bytes, at + size_of(intervals[i])));
    }
  };
  put(put, 0, 0);
  return best;
}

TEST(Place, ProvedOptimalIsWhatBruteForceFinds) {
  std::mt19937 random(3);
  int proved = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<Interval> intervals(1 + random() % 6);
    for (Interval& interval : intervals) {
      const int a = static_cast<int>(random() % 5), b = static_cast<int>(random() % 5);
      interval = {16 * (1 + random() % 4), std::min(a, b), std::max(a, b)};
    }
    std::vector<MayOverlap> overlaps = random_overlaps(random, intervals);
    for (MayOverlap& overlap : overlaps) overlap.distance = 16 * (overlap.distance / 16);
    const ArenaLayout layout = place(intervals, overlaps);
    const std::size_t least = brute_force(intervals, overlaps);
    EXPECT_GE(layout.bytes, least);
    if (layout.optimal) {
      ASSERT_EQ(layout.bytes, least) << "round " << round;
    }
    proved += layout.optimal ? 1 : 0;
  }
  EXPECT_GT(proved, 250);
}

TEST(Place, WhatMayOverlapNeverNeedsMoreThanWhatMayNot) {
  std::mt19937 random(4);
  for (int round = 0; round < 60; ++round) {
    const std::vector<Interval> intervals = random_intervals(random);
    EXPECT_LE(place(intervals, random_overlaps(random, intervals)).bytes, place(intervals, {}).bytes);
  }
}

// Each layer writes twice what it reads: the input ends where its output ends, and 64 bytes behind.
TEST(Place, AnOutputOverItsInputTakesNoMoreThanTheDistance) {
  const ArenaLayout layout = place({{640, 0, 1}, {1280, 1, 2}}, {{0, 1, 704, false}});
  EXPECT_EQ(layout.bytes, 1344u);
  EXPECT_TRUE(layout.optimal);
}

TEST(Place, ForwardAndBackwardByTurnsStayWhereTheyAre) {
  std::vector<Interval> chain;
  std::vector<MayOverlap> overlaps;
  for (int i = 0; i < 12; ++i) {
    chain.push_back({8000, i, i + 1});
    if (i > 0) overlaps.push_back({chain.size() - 2, chain.size() - 1, 384, i % 2 == 0});
  }
  const ArenaLayout layout = place(chain, overlaps);
  EXPECT_EQ(layout.bytes, 8384u);
  EXPECT_TRUE(layout.optimal);
}

TEST(Place, AChainNeedsOnlyItsFullestPair) {
  const ArenaLayout layout = place({{100, 0, 1}, {60, 1, 2}, {80, 2, 3}, {40, 3, 4}}, {});
  EXPECT_EQ(layout.lower_bound, 160u);
  EXPECT_EQ(layout.bytes, 160u);
  EXPECT_EQ(layout.peak_step, 1);
}

TEST(Place, NothingNeedsNothing) {
  EXPECT_EQ(place({}, {}).bytes, 0u);
  EXPECT_EQ(place({{0, 0, 5}}, {}).bytes, 0u);
}

TEST(Place, SamePlaceEachTime) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    const std::vector<Interval> intervals = random_intervals(random);
    const std::vector<MayOverlap> overlaps = random_overlaps(random, intervals);
    EXPECT_EQ(place(intervals, overlaps).offsets, place(intervals, overlaps).offsets);
  }
}

}  // namespace
}  // namespace mote
