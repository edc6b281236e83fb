// What the references prove from their constants: bounds of sums, ranges of shifts, and the folding that rests on them.
#include <gtest/gtest.h>

#include "kernels/fold.h"
#include "kernels/random_calls.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;

KernelCall dense(std::int32_t in_zero_point, const std::vector<std::int8_t>& weights, std::int32_t bias) {
  FullyConnectedS8Params p{};
  p.batches = 1, p.in_count = static_cast<std::int32_t>(weights.size()), p.out_count = 1;
  p.in_zero_point = in_zero_point, p.act_min = -128, p.act_max = 127;
  kernels::random_calls::Builder b("fully_connected_s8", p);
  b.in(DType::S8, std::vector<std::int8_t>(weights.size()));
  b.rom(DType::S8, weights, "weights");
  b.rom(DType::S32, std::vector<std::int32_t>{bias}, "bias");
  b.rom(DType::S32, std::vector<std::int32_t>{1 << 30}, "multiplier");
  b.rom(DType::S8, std::vector<std::int8_t>{-5}, "shift");
  b.out(DType::S8, 1);
  return b.made.call;
}

TEST(Facts, AreReachedByTheWorstInput) {
  const Facts facts = reference_of("fully_connected_s8").facts(dense(-100, {3, -2}, 50));
  EXPECT_EQ(facts.accumulator_max, (127 + 100) * 3 - (-128 + 100) * 2 + 50);
  EXPECT_EQ(facts.accumulator_min, (-128 + 100) * 3 - (127 + 100) * 2);  // the bias comes last
  EXPECT_EQ(facts.shift_min, -5);
  EXPECT_EQ(facts.shift_max, -5);
}

// Every partial sum of every output of the call, in the reference's order, handed to `check`.
template <class Params, class Check>
void walk_sums(const RandomCall& random, bool depthwise, Check check) {
  const auto p = from_block<Params>(random.call.params);
  const auto weights = kernels::constants_of<std::int8_t>(random.call, 1);
  const auto bias = kernels::constants_of<std::int32_t>(random.call, 2);
  const auto* in = reinterpret_cast<const std::int8_t*>(random.inputs[0].data());
  for (int y = 0; y < p.out_h; ++y) {
    for (int x = 0; x < p.out_w; ++x) {
      for (int o = 0; o < p.out_c; ++o) {
        std::int64_t sum = 0;
        for (int ky = 0; ky < p.kernel_h; ++ky) {
          for (int kx = 0; kx < p.kernel_w; ++kx) {
            const int iy = y * p.stride_h - p.pad_top + ky * p.dilation_h;
            const int ix = x * p.stride_w - p.pad_left + kx * p.dilation_w;
            if (iy < 0 || iy >= p.in_h || ix < 0 || ix >= p.in_w) continue;
            const int tap = ky * p.kernel_w + kx;
            for (int i = 0; i < (depthwise ? 1 : p.in_c); ++i) {
              const int channel = depthwise ? o * p.in_c / p.out_c : i;
              const int w = depthwise ? tap * p.out_c + o : (o * p.kernel_h * p.kernel_w + tap) * p.in_c + i;
              sum += (in[(iy * p.in_w + ix) * p.in_c + channel] - p.in_zero_point) *
                     weights[static_cast<std::size_t>(w)];
              check(sum);
            }
          }
        }
        check(sum + (bias.empty() ? 0 : bias[static_cast<std::size_t>(o)]));
      }
    }
  }
}

TEST(Facts, HoldOnRandomInputs) {
  for (const bool depthwise : {false, true}) {
    const char* kernel = depthwise ? "depthwise_conv2d_s8" : "conv2d_s8";
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Random source(seed);
      const RandomCall random = kernels::generators().at(kernel)(source);
      const Facts facts = reference_of(kernel).facts(random.call);
      const auto check = [&](std::int64_t sum) {
        ASSERT_GE(sum, facts.accumulator_min) << kernel << " seed " << seed;
        ASSERT_LE(sum, facts.accumulator_max) << kernel << " seed " << seed;
      };
      if (depthwise)
        walk_sums<DepthwiseConv2dS8Params>(random, true, check);
      else
        walk_sums<Conv2dS8Params>(random, false, check);
      for (const std::int8_t shift : kernels::constants_of<std::int8_t>(random.call, 4)) {
        ASSERT_GE(shift, facts.shift_min);
        ASSERT_LE(shift, facts.shift_max);
      }
    }
  }
}

TEST(Fold, MovesTheZeroPointIntoTheBias) {
  const auto folded =
      kernels::fold_zero_point(dense(-100, {3, -2}, 50), -100, 1, kernels::WeightOrder::OutputFirst);
  ASSERT_TRUE(folded.has_value());
  const auto& constant = *std::get<Arg::Rom>(folded->what).constant;
  EXPECT_EQ(constant.name, "bias");
  EXPECT_EQ(constant.bytes, (Bytes{150, 0, 0, 0}));  // 50 + 100·(3 − 2)
}

TEST(Fold, RefusesWhatMightLeave32Bits) {
  const KernelCall call =
      dense(-128, {1, -1}, INT32_MAX - 255);  // (x0 + 128) − (x1 + 128) + bias fits, by a hair
  EXPECT_EQ(reference_of("fully_connected_s8").facts(call).accumulator_max, INT32_MAX);
  EXPECT_FALSE(kernels::fold_zero_point(call, -128, 1, kernels::WeightOrder::OutputFirst).has_value());
}

}  // namespace
}  // namespace mote
