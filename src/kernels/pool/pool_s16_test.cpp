// Pools in s16, and the root of the mean square.
#include <gtest/gtest.h>

#include <array>

#include "kernels/random_calls.h"
#include "mote/nn/pool/average_pool2d_s16.h"
#include "mote/nn/pool/l2_pool2d_f32.h"
#include "mote/nn/pool/max_pool2d_s16.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
namespace calls = kernels::random_calls;

RandomCall s16_call(Random& random, const char* kernel) {
  Pool2dS16Params p{};
  p.batches = random.between(1, 2), p.channels = calls::channels(random);
  const calls::Axis h = calls::axis(random, false), w = calls::axis(random, false);
  calls::set_window(p, h, w);
  p.act_min = random.one_in(2) ? -32768 : 0, p.act_max = random.one_in(2) ? 32767 : 20000;
  calls::Builder b(kernel, p);
  std::vector<std::int16_t> in(static_cast<std::size_t>(p.batches * p.in_h * p.in_w * p.channels));
  for (auto& v : in) v = static_cast<std::int16_t>(random.between(-32768, 32767));
  b.in(DType::S16, in);
  b.out(DType::S16, p.batches * p.out_h * p.out_w * p.channels);
  return b.made;
}
const kernels::RandomCallsOf kAverage{"average_pool2d_s16",
                                      [](Random& r) { return s16_call(r, "average_pool2d_s16"); }};
const kernels::RandomCallsOf kMax{"max_pool2d_s16", [](Random& r) { return s16_call(r, "max_pool2d_s16"); }};
constexpr const char* kL2Name = "l2_pool2d_f32";
const kernels::RandomCallsOf kL2{kL2Name, calls::pool_f32<kL2Name>};

TEST(AveragePool2dS16, RoundsHalfAwayFromZero) {
  const Pool2dS16Params p = {1, 1, 2, 1, 1, 1, 1, 2, 1, 2, 0, 0, -32768, 32767};
  const auto mean = [&](std::int16_t a, std::int16_t b) {
    const std::array<std::int16_t, 2> in = {a, b};
    std::int16_t out = 0;
    average_pool2d_s16(p, in.data(), &out);
    return static_cast<int>(out);
  };
  EXPECT_EQ(mean(1, 2), 2);
  EXPECT_EQ(mean(-1, -2), -2);
  EXPECT_EQ(mean(32767, 32767), 32767);
  EXPECT_EQ(mean(-32768, -32768), -32768);
}

TEST(MaxPool2dS16, FindsTheLargestAlsoBelowZero) {
  const Pool2dS16Params p = {1, 2, 2, 1, 1, 1, 2, 2, 2, 2, 0, 0, -32768, 32767};
  const std::array<std::int16_t, 4> in = {-32768, -32767, -500, -9000};
  std::int16_t out = 0;
  max_pool2d_s16(p, in.data(), &out);
  EXPECT_EQ(out, -500);
}

TEST(L2Pool2dF32, IsTheRootOfTheMeanSquareWithoutPadding) {
  const Pool2dF32Params p = {1, 2, 2, 1, 1, 1, 4, 4, 4, 4, 1, 1, -1e9f, 1e9f};
  const std::array<float, 4> in = {3.0f, -4.0f, 5.0f, -6.0f};
  float out = 0;
  l2_pool2d_f32(p, in.data(), &out);
  EXPECT_FLOAT_EQ(out, 4.636809248f);  // √(86 / 4)
}

}  // namespace
}  // namespace mote
