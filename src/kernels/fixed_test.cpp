// mote/base/fixed.h against the definitions in wide integers.
#include "mote/base/fixed.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace mote {
namespace {

// round(x / 2^exponent), ties away from zero, by magnitude and sign.
std::int64_t wide_rounding_divide(std::int64_t x, int exponent) {
  const std::int64_t magnitude = x < 0 ? -x : x;
  const std::int64_t half = exponent == 0 ? 0 : std::int64_t{1} << (exponent - 1);
  const std::int64_t rounded = (magnitude + half) >> exponent;
  return x < 0 ? -rounded : rounded;
}

// The nudge-and-truncate form in which the rule is usually published.
std::int32_t wide_doubling_high_mul(std::int32_t a, std::int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t nudge = product >= 0 ? (std::int64_t{1} << 30) : 1 - (std::int64_t{1} << 30);
  return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

// Numbers around every power of two, and random ones.
std::vector<std::int32_t> interesting() {
  std::vector<std::int32_t> values = {0};
  for (int bit = 0; bit < 32; ++bit) {
    for (std::int64_t near = -2; near <= 2; ++near) {
      for (const std::int64_t sign : {-1, 1}) {
        const std::int64_t v = sign * ((std::int64_t{1} << bit) + near);
        if (v >= INT32_MIN && v <= INT32_MAX) values.push_back(static_cast<std::int32_t>(v));
      }
    }
  }
  std::mt19937_64 bits(7);
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<std::int32_t>(bits()) >> (bits() % 31));
  return values;
}

TEST(Fixed, DoublingHighMulRoundsTiesUpAndSaturatesOnce) {
  const auto values = interesting();
  for (const std::int32_t a : values) {
    for (const std::int32_t b : values)
      ASSERT_EQ(doubling_high_mul(a, b), wide_doubling_high_mul(a, b)) << a << " " << b;
  }
}

TEST(Fixed, RoundingDivideRoundsTiesAwayFromZero) {
  for (const std::int32_t x : interesting()) {
    for (int exponent = 0; exponent <= 31; ++exponent) {
      ASSERT_EQ(rounding_divide_by_pot(x, exponent), wide_rounding_divide(x, exponent))
          << x << " " << exponent;
    }
  }
  EXPECT_EQ(rounding_divide_by_pot(5, 1), 3);
  EXPECT_EQ(rounding_divide_by_pot(-5, 1), -3);
}

TEST(Fixed, RequantizeRoundsTwice) {
  for (const std::int32_t x : interesting()) {
    for (const std::int32_t m : {0, 1 << 30, (1 << 30) + 1, 1342177280, INT32_MAX}) {
      for (int shift = -31; shift <= 30; ++shift) {
        const std::int64_t shifted = std::int64_t{x} * (std::int64_t{1} << (shift > 0 ? shift : 0));
        if (shifted < INT32_MIN || shifted > INT32_MAX) continue;
        const std::int32_t product = wide_doubling_high_mul(static_cast<std::int32_t>(shifted), m);
        ASSERT_EQ(requantize(x, m, shift), wide_rounding_divide(product, shift < 0 ? -shift : 0))
            << x << " " << m << " " << shift;
      }
    }
  }
}

TEST(Fixed, RequantizeDiffersFromSingleRounding) {
  // 5/2 = 2.5 → 3, 3/2 = 1.5 → 2; rounded once, 5/4 = 1.25 → 1.
  EXPECT_EQ(requantize(5, 1 << 30, -1), 2);
}

TEST(Fixed, ClampKeepsWhatIsInside) {
  EXPECT_EQ(clamp(-129, -128, 127), -128);
  EXPECT_EQ(clamp(128, -128, 127), 127);
  EXPECT_EQ(clamp(5, 5, 5), 5);
}

}  // namespace
}  // namespace mote
