#include "math/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace mote {
namespace {

TEST(Random, SameSeedSameSequenceOnEveryMachine) {
  // Reference values of SplitMix64 from seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.bits(), 6457827717110365317u);
  EXPECT_EQ(random.bits(), 3203168211198807973u);
  EXPECT_EQ(random.bits(), 9817491932198370423u);
}

TEST(Random, SplitsDoNotRepeatTheirParent) {
  const Random parent(7);
  Random a = parent.split(0), b = parent.split(1), again = parent.split(0), self(7);
  const std::uint64_t first = a.bits();
  EXPECT_EQ(first, again.bits());
  EXPECT_NE(first, b.bits());
  EXPECT_NE(first, self.bits());
}

TEST(Random, NormalHasMeanZeroAndDeviationOne) {
  Random random(3);
  double sum = 0, squares = 0;
  constexpr int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.01);
  EXPECT_NEAR(squares / n, 1, 0.01);
}

TEST(Random, BelowReachesEveryValueEquallyOften) {
  Random random(5);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70000; ++i) ++seen[random.below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 10000, 400);
}

TEST(Random, ShuffleKeepsTheItems) {
  std::vector<int> items(100);
  for (int i = 0; i < 100; ++i) items[static_cast<std::size_t>(i)] = i;
  Random(1).shuffle(std::span<int>(items));
  std::vector<bool> seen(100);
  for (const int i : items) seen[static_cast<std::size_t>(i)] = true;
  for (const bool s : seen) EXPECT_TRUE(s);
  EXPECT_NE(items[0] + items[1] + items[2], 3);
}

TEST(Exact, AgreesWithTheMathLibrary) {
  Random random(9);
  for (int i = 0; i < 20000; ++i) {
    const double x = random.uniform(-700, 700), y = random.uniform(1e-9, 50), z = random.uniform(-50, 50);
    EXPECT_NEAR(exact::exp(x) / std::exp(x), 1, 2e-15);
    EXPECT_NEAR(exact::log(y), std::log(y), 2e-15 * (1 + std::fabs(std::log(y))));
    EXPECT_NEAR(exact::cos(z), std::cos(z), 5e-15);
  }
  EXPECT_EQ(exact::exp(0), 1);
  EXPECT_EQ(exact::exp(-1000), 0);
  EXPECT_TRUE(std::isinf(exact::exp(1000)));
  EXPECT_TRUE(std::isinf(exact::log(0)));
  EXPECT_TRUE(std::isnan(exact::log(-1)));
  EXPECT_TRUE(std::isnan(exact::exp(std::nan(""))));
}

}  // namespace
}  // namespace mote
