#include "shrink/range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "math/random.h"

namespace mote {
namespace {

Observation observed(const std::vector<double>& values) {
  Observation seen;
  seen.count = static_cast<std::int64_t>(values.size());
  seen.min = *std::min_element(values.begin(), values.end());
  seen.max = *std::max_element(values.begin(), values.end());
  seen.bins.resize(kHistogramBins);
  const double width = (seen.max - seen.min) / static_cast<double>(kHistogramBins);
  for (const double v : values) {
    if (v == 0)
      ++seen.zeros;
    else
      ++seen.bins[std::min(kHistogramBins - 1,
                           static_cast<std::size_t>(width > 0 ? (v - seen.min) / width : 0))];
  }
  return seen;
}

double squared_error(const std::vector<double>& values, ValueRange range) {
  const ScalePoint s = scale_of(range);
  double sum = 0;
  for (const double v : values) {
    const double q = std::clamp(std::round(v / static_cast<double>(s.scale)) + s.zero_point, -128.0, 127.0);
    const double back = (q - s.zero_point) * static_cast<double>(s.scale);
    sum += (v - back) * (v - back);
  }
  return sum;
}

std::vector<double> heavy_tailed(std::uint64_t seed, bool one_sided) {
  Random random(seed);
  std::vector<double> values;
  for (int i = 0; i < 200000; ++i) {
    const double v = random.normal() / (0.05 + random.uniform());
    values.push_back(one_sided ? std::max(0.0, v) : v);
  }
  values.push_back(300);
  return values;
}

TEST(ScaleOf, ZeroIsAnIntegerAndTheRangeFits) {
  Random random(4);
  for (int i = 0; i < 1000; ++i) {
    const double a = random.uniform(-5, 5), b = random.uniform(-5, 5);
    const ValueRange range{std::min(a, b), std::max(a, b)};
    const ScalePoint s = scale_of(range);
    ASSERT_GE(s.zero_point, -128);
    ASSERT_LE(s.zero_point, 127);
    const double scale = static_cast<double>(s.scale);
    EXPECT_LE((-128 - s.zero_point) * scale, std::min(0.0, range.min) + 0.501 * scale);
    EXPECT_GE((127 - s.zero_point) * scale, std::max(0.0, range.max) - 0.501 * scale);
  }
}

TEST(ScaleOf, RangesOfOneSignStartAtZero) {
  EXPECT_EQ(scale_of({2, 5}).zero_point, -128);
  EXPECT_FLOAT_EQ(scale_of({2, 5}).scale, 5.0f / 255);
  EXPECT_EQ(scale_of({-5, -2}).zero_point, 127);
}

TEST(ScaleOf, NothingButZeroIsMinusOneToOne) {
  EXPECT_FLOAT_EQ(scale_of({0, 0}).scale, 2.0f / 255);
  EXPECT_FLOAT_EQ(scale_of({0, 1e-30}).scale, 2.0f / 255);
}

TEST(ScaleOf, LargestFloatsDoNotOverflow) {
  const ScalePoint s = scale_of({-3.4e38, 3.4e38});
  EXPECT_TRUE(std::isfinite(s.scale));
  EXPECT_LE(std::abs(s.zero_point), 1);
}

TEST(LeastErrorRange, BeatsMinMaxOnHeavyTails) {
  for (const bool one_sided : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const std::vector<double> values = heavy_tailed(seed, one_sided);
      const Observation seen = observed(values);
      EXPECT_LT(squared_error(values, least_error_range(seen)), squared_error(values, minmax_range(seen)));
    }
  }
}

TEST(LeastErrorRange, CloseToTheBestOfAFineSearch) {
  const std::vector<double> values = heavy_tailed(9, true);
  const Observation seen = observed(values);
  double best = INFINITY;
  for (int i = 1; i <= 100; ++i) best = std::min(best, squared_error(values, {0, seen.max * i / 100}));
  EXPECT_LE(squared_error(values, least_error_range(seen)), 1.05 * best);
}

TEST(LeastErrorRange, UniformValuesKeepTheirRange) {
  Random random(2);
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) values.push_back(random.uniform(-1, 3));
  const Observation seen = observed(values);
  const ValueRange range = least_error_range(seen);
  EXPECT_EQ(range.min, seen.min);
  EXPECT_EQ(range.max, seen.max);
}

TEST(PercentileRange, CutsHalfTheRestOffEachSide) {
  std::vector<double> values;
  for (int i = -500; i < 500; ++i) values.push_back(i + 0.5);
  const ValueRange range = percentile_range(observed(values), 90);  // 50 values off each side
  EXPECT_NEAR(range.min, -450, 1);
  EXPECT_NEAR(range.max, 450, 1);
}

TEST(PercentileRange, HundredIsMinMax) {
  const std::vector<double> values = heavy_tailed(1, false);
  const Observation seen = observed(values);
  EXPECT_NEAR(percentile_range(seen, 100).min, seen.min, 1e-9);
  EXPECT_NEAR(percentile_range(seen, 100).max, seen.max, 1e-9);
}

TEST(PercentileRange, LayerThatSeldomFiresKeepsWhatItFires) {
  std::vector<double> values(100000, 0.0);
  values.push_back(4);
  EXPECT_NEAR(percentile_range(observed(values), 99.99).max, 4, 1e-9);
}

TEST(EveryMethod, OneValueOnly) {
  const Observation seen = observed({2.5, 2.5});
  EXPECT_EQ(percentile_range(seen, 99).max, 2.5);
  EXPECT_EQ(least_error_range(seen).max, 2.5);
}

}  // namespace
}  // namespace mote
