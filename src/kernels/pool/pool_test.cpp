// Pools: rounding, padding, limits.
#include <gtest/gtest.h>

#include <array>

#include "mote/nn/pool/average_pool2d_f32.h"
#include "mote/nn/pool/average_pool2d_s8.h"
#include "mote/nn/pool/max_pool2d_s8.h"

namespace mote {
namespace {

TEST(AveragePool2dS8, RoundsHalfAwayFromZero) {
  const Pool2dS8Params p = {1, 1, 2, 1, 1, 1, 1, 2, 1, 2, 0, 0, -128, 127};
  const auto mean = [&](std::int8_t a, std::int8_t b) {
    const std::array<std::int8_t, 2> in = {a, b};
    std::int8_t out = 0;
    average_pool2d_s8(p, in.data(), &out);
    return static_cast<int>(out);
  };
  EXPECT_EQ(mean(1, 2), 2);
  EXPECT_EQ(mean(-1, -2), -2);
  EXPECT_EQ(mean(-1, 0), -1);
  EXPECT_EQ(mean(127, 127), 127);
  EXPECT_EQ(mean(-128, -128), -128);
}

TEST(AveragePool2dS8, DoesNotCountPadding) {
  const Pool2dS8Params p = {1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1, -128, 127};
  const std::int8_t in = 90;
  std::int8_t out = 0;
  average_pool2d_s8(p, &in, &out);
  EXPECT_EQ(out, 90);
}

TEST(AveragePool2dF32, DoesNotCountPadding) {
  const Pool2dF32Params p = {1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1, -1e9f, 1e9f};
  const float in = 0.1f;
  float out = 0;
  average_pool2d_f32(p, &in, &out);
  EXPECT_EQ(out, 0.1f);
}

TEST(MaxPool2dS8, FindsTheLargestAlsoBelowZero) {
  const Pool2dS8Params p = {1, 2, 2, 1, 1, 1, 2, 2, 2, 2, 0, 0, -128, 127};
  const std::array<std::int8_t, 4> in = {-128, -127, -5, -90};
  std::int8_t out = 0;
  max_pool2d_s8(p, in.data(), &out);
  EXPECT_EQ(out, -5);
}

}  // namespace
}  // namespace mote
