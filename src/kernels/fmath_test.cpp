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

/// The worst error over every 8209th float between the limits, where the true value is a finite float.
double worst_error(float (*function)(float), double (*truth)(double), float low, float high) {
  double worst = 0;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 8209) {
    const float x = float_of_bits(static_cast<std::uint32_t>(bits));
    if (!(x >= low) || !(x <= high)) continue;
    const double wanted = truth(static_cast<double>(x));
    if (!std::isfinite(static_cast<float>(wanted))) continue;
    const float got = function(x);
    if (wanted == 0 ? got != 0 : !(error_in_ulps(got, wanted) <= worst))
      worst = wanted == 0 ? 1e9 : error_in_ulps(got, wanted);
  }
  return worst;
}

TEST(Fmath, IsWithinTheStatedErrorOverAllFloats) {
  const float most = std::numeric_limits<float>::max();
  EXPECT_LT(worst_error([](float x) { return mote::expm1f(x); }, std::expm1, -100, 88.7f), 1.4);
  EXPECT_LT(worst_error([](float x) { return mote::logf(x); }, std::log, 1e-45f, most), 0.9);
  EXPECT_LT(worst_error([](float x) { return mote::sinf(x); }, std::sin, -most, most), 1.6);
  EXPECT_LT(worst_error([](float x) { return mote::cosf(x); }, std::cos, -most, most), 1.6);
  EXPECT_LT(worst_error([](float x) { return mote::tanhf(x); }, std::tanh, -most, most), 1.6);
  EXPECT_LT(worst_error([](float x) { return mote::logisticf(x); },
                        [](double x) { return x < -9 ? std::exp(x) : 1 / (1 + std::exp(-x)); }, -103, most),
            2.2);
}

TEST(Fmath, SquareRootsAreCorrectlyRounded) {
  EXPECT_LE(
      worst_error([](float x) { return mote::sqrtf(x); }, std::sqrt, 0, std::numeric_limits<float>::max()),
      0.5);
  EXPECT_EQ(bits_of(mote::sqrtf(-1.0f)), 0x7fc00000u);
  EXPECT_EQ(mote::sqrtf(infinity_f32()), infinity_f32());
}

TEST(Fmath, RoundingIsExact) {
  const float most = std::numeric_limits<float>::max();
  EXPECT_EQ(worst_error([](float x) { return mote::floorf(x); }, std::floor, -most, most), 0);
  EXPECT_EQ(worst_error([](float x) { return mote::ceilf(x); }, std::ceil, -most, most), 0);
  EXPECT_EQ(worst_error([](float x) { return round_half_evenf(x); }, std::nearbyint, -most, most), 0);
  EXPECT_EQ(round_half_evenf(2.5f), 2.0f);
  EXPECT_EQ(round_half_evenf(-3.5f), -4.0f);
}

TEST(Fmath, KnowsTheEnds) {
  const float infinity = infinity_f32();
  EXPECT_EQ(mote::logf(0.0f), -infinity);
  EXPECT_EQ(mote::logf(infinity), infinity);
  EXPECT_EQ(bits_of(mote::logf(-1.0f)), 0x7fc00000u);
  EXPECT_EQ(bits_of(mote::sinf(infinity)), 0x7fc00000u);
  EXPECT_EQ(bits_of(mote::cosf(-infinity)), 0x7fc00000u);
  EXPECT_EQ(mote::tanhf(-infinity), -1.0f);
  EXPECT_EQ(mote::expm1f(-infinity), -1.0f);
  EXPECT_EQ(mote::expm1f(infinity), infinity);
  EXPECT_EQ(logisticf(-infinity), 0.0f);
  EXPECT_EQ(logisticf(infinity), 1.0f);
}

// The contract with every device, as for expf.
TEST(Fmath, GivesTheseBits) {
  std::uint32_t hash = 2166136261u;
  const auto add = [&](float value) { hash = (hash ^ bits_of(value)) * 16777619u; };
  for (float x = -40.0f; x < 40.0f; x += 0.0123f) {
    add(mote::sinf(x * x * x));
    add(mote::cosf(x));
    add(mote::tanhf(x));
    add(mote::expm1f(x));
    add(mote::logf(mote::absf(x)));
    add(mote::sqrtf(mote::absf(x)));
    add(logisticf(x));
  }
  EXPECT_EQ(hash, 3123956575u);
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
