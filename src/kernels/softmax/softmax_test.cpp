// Softmax: the fixed point against the definition, sums, ends.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/random_calls.h"
#include "mote/nn/softmax/softmax_f32.h"
#include "mote/nn/softmax/softmax_s8.h"

namespace mote {
namespace {

// β·scale = 2^(left_shift − 27) with multiplier 2^30.
SoftmaxS8Params params(std::int32_t rows, std::int32_t depth, std::int32_t left_shift) {
  return {rows, depth, 1 << 30, left_shift,
          -static_cast<std::int32_t>((std::int64_t{31} << 26) >> left_shift)};
}

TEST(SoftmaxS8, IsWithinOneStepOfTheDefinition) {
  kernels::Random random(3);
  for (int i = 0; i < 300; ++i) {
    const std::int32_t depth = random.one_of({1, 2, 3, 12, 100});
    const SoftmaxS8Params p = params(1, depth, random.between(20, 26));
    const double scale = std::ldexp(1.0, p.left_shift - 27);
    const auto in = kernels::random_calls::s8(random, depth);
    std::vector<std::int8_t> out(in.size());
    softmax_s8(p, in.data(), out.data());
    double sum = 0;
    for (const std::int8_t x : in) sum += std::exp(scale * x);
    for (std::size_t c = 0; c < in.size(); ++c) {
      const double truth = std::min(std::exp(scale * in[c]) / sum * 256.0 - 128.0, 127.0);
      EXPECT_NEAR(out[c], truth, 1.0) << "depth " << depth << " element " << c;
    }
  }
}

TEST(SoftmaxS8, EqualInputsShareTheWhole) {
  const std::vector<std::int8_t> in(4, -128);
  std::vector<std::int8_t> out(4);
  softmax_s8(params(1, 4, 24), in.data(), out.data());
  EXPECT_EQ(out, std::vector<std::int8_t>(4, -64));
}

TEST(SoftmaxS8, OneElementIsTheWhole) {
  const std::int8_t in = 5;
  std::int8_t out = 0;
  softmax_s8(params(1, 1, 24), &in, &out);
  EXPECT_EQ(out, 127);  // 256/256 saturates
}

TEST(ExpOfNegativeQ5, IsTheExponential) {
  for (std::int64_t a = 0; a >= -(std::int64_t{31} << 26); a -= 999331) {
    const double truth = std::exp(std::ldexp(static_cast<double>(a), -26));
    EXPECT_NEAR(std::ldexp(exp_of_negative_q5(static_cast<std::int32_t>(a)), -31), truth, 2e-7);
  }
}

TEST(OneOverOnePlus, IsTheReciprocal) {
  for (std::int64_t a = 0; a < (std::int64_t{1} << 31); a += 1000003) {
    const double truth =
        std::min(1.0 / (1.0 + std::ldexp(static_cast<double>(a), -31)), 1.0 - std::ldexp(1.0, -31));
    EXPECT_NEAR(std::ldexp(one_over_one_plus_q0(static_cast<std::int32_t>(a)), -31), truth, 2e-8);
  }
}

TEST(SoftmaxF32, SumsToOneAndSurvivesLargeInputs) {
  const std::vector<float> in = {1e30f, 1e30f, 0.0f, -1e30f};
  std::vector<float> out(4);
  softmax_f32({1, 4, 1.0f}, in.data(), out.data());
  EXPECT_EQ(out, (std::vector<float>{0.5f, 0.5f, 0.0f, 0.0f}));
}

TEST(SoftmaxF32, ANanMakesItsRowTheCanonicalNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> in = {0.0f, -nan, 1.0f, 2.0f};
  std::vector<float> out(4);
  softmax_f32({2, 2, 1.0f}, in.data(), out.data());
  std::uint32_t bits[4];
  std::memcpy(bits, out.data(), sizeof bits);
  EXPECT_EQ(bits[0], 0x7fc00000u);
  EXPECT_EQ(bits[1], 0x7fc00000u);
  EXPECT_NEAR(out[2] + out[3], 1.0f, 1e-6f);
}

}  // namespace
}  // namespace mote
