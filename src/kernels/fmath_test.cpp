// mote/base/fmath.h against the C library in double.
#include "mote/base/fmath.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace mote {
namespace {

std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// Distance to the true value in units of the last place of a float of that size.
double error_in_ulps(float got, double truth) {
  const int exponent = std::max(std::ilogb(truth), -126);
  return std::fabs(static_cast<double>(got) - truth) / std::ldexp(1.0, exponent - 23);
}

TEST(Expf, IsWithinOneUlpEverywhere) {
  double worst = 0, worst_normal = 0;
  float worst_at = 0;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 1021) {
    const float x = float_of_bits(static_cast<std::uint32_t>(bits));
    if (!(x <= 88.7228f) || !(x >= -103.9f)) continue;
    const double truth = std::exp(static_cast<double>(x));
    const double error = error_in_ulps(mote::expf(x), truth);
    if (error > worst) worst = error, worst_at = x;
    if (x > -87.0f) worst_normal = std::max(worst_normal, error);
  }
  EXPECT_LT(worst, 1.0) << "at " << worst_at;
  RecordProperty("worst_ulp", std::to_string(worst));
  RecordProperty("worst_ulp_of_normal_results", std::to_string(worst_normal));
}

TEST(Expf, KnowsTheEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(mote::expf(0.0f), 1.0f);
  EXPECT_EQ(mote::expf(-0.0f), 1.0f);
  EXPECT_EQ(mote::expf(infinity), infinity);
  EXPECT_EQ(mote::expf(-infinity), 0.0f);
  EXPECT_EQ(mote::expf(89.0f), infinity);
  EXPECT_EQ(mote::expf(-104.0f), 0.0f);
  EXPECT_TRUE(std::isfinite(mote::expf(88.7228f)));
  EXPECT_GT(mote::expf(-103.9f), 0.0f);
  EXPECT_EQ(bits_of(mote::expf(float_of_bits(0xffc12345u))), 0x7fc00000u);
}

// These bits are the contract with every device: they may not depend on the compiler, its flags or the processor.
TEST(Expf, GivesTheseBits) {
  std::uint32_t hash = 2166136261u;
  for (float x = -104.0f; x < 89.0f; x += 0.0123f) hash = (hash ^ bits_of(mote::expf(x))) * 16777619u;
  EXPECT_EQ(hash, 566281498u);
}

TEST(Canonical, WritesOneNan) {
  EXPECT_EQ(bits_of(canonical(float_of_bits(0xffc00001u))), 0x7fc00000u);
  EXPECT_EQ(canonical(1.5f), 1.5f);
  EXPECT_EQ(bits_of(clamp_f32_value(float_of_bits(0xff800001u), 0.0f, 6.0f)), 0x7fc00000u);
  EXPECT_EQ(clamp_f32_value(-1.0f, 0.0f, 6.0f), 0.0f);
  EXPECT_EQ(clamp_f32_value(7.0f, 0.0f, 6.0f), 6.0f);
}

}  // namespace
}  // namespace mote
