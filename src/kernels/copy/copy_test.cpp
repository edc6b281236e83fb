// Random calls of the kernels that copy and fill, for the tests that all kernels share, and what those cannot say.
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "kernels/random_calls.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;

/// A permutation of up to six dimensions, with gaps, repetition or reversal in the input: the output is dense.
RandomCall copy_strided(Random& random) {
  CopyStridedParams p{};
  p.run_bytes = random.one_of({1, 2, 3, 4, 5, 8, 12});
  std::array<std::int32_t, 6> count{}, in{}, out{}, order{0, 1, 2, 3, 4, 5};
  for (auto& c : count) c = random.one_of({1, 1, 2, 3});
  for (std::size_t i = 5; i > 0; --i)
    std::swap(order[i], order[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i)))]);
  std::int32_t in_bytes = p.run_bytes, out_bytes = p.run_bytes;
  for (std::size_t i = 6; i-- > 0; out_bytes *= count[i]) out[i] = out_bytes;
  for (const std::int32_t d : order) {
    const auto i = static_cast<std::size_t>(d);
    if (random.one_in(6)) continue;  // stride 0: repeated
    const std::int32_t step = in_bytes + random.between(0, 2);
    const std::int32_t span = step * (count[i] - 1);
    const bool backwards = random.one_in(3);
    in[i] = backwards ? -step : step;
    if (backwards) p.in_offset += span;
    in_bytes += span;
  }
  p.count0 = count[0], p.count1 = count[1], p.count2 = count[2], p.count3 = count[3], p.count4 = count[4],
  p.count5 = count[5];
  p.in0 = in[0], p.in1 = in[1], p.in2 = in[2], p.in3 = in[3], p.in4 = in[4], p.in5 = in[5];
  p.out0 = out[0], p.out1 = out[1], p.out2 = out[2], p.out3 = out[3], p.out4 = out[4], p.out5 = out[5];
  kernels::random_calls::Builder b("copy_strided", p);
  b.in(DType::U8, kernels::random_calls::s8(random, in_bytes));
  b.out(DType::U8, out_bytes);
  return b.made;
}

RandomCall fill(Random& random) {
  FillParams p{};
  p.count = kernels::random_calls::count(random);
  p.element_bytes = random.one_of({1, 2, 4, 8});
  p.low = random.between(INT32_MIN, INT32_MAX), p.high = random.between(INT32_MIN, INT32_MAX);
  kernels::random_calls::Builder b("fill", p);
  b.out(DType::U8, static_cast<std::int64_t>(p.count) * p.element_bytes);
  return b.made;
}

const kernels::RandomCallsOf kCopyStrided{"copy_strided", copy_strided};
const kernels::RandomCallsOf kFill{"fill", fill};

TEST(CopyStrided, EqualsTheFormulaByteByByte) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const RandomCall call = copy_strided(random);
    const auto p = from_block<CopyStridedParams>(call.call.params);
    Bytes wanted(call.out_bytes, 0x55);
    for (std::int32_t n = 0; n < p.count0 * p.count1 * p.count2 * p.count3 * p.count4 * p.count5; ++n) {
      std::int32_t rest = n, from = p.in_offset, to = p.out_offset;
      const auto step = [&](std::int32_t count, std::int32_t in, std::int32_t out) {
        from += rest % count * in, to += rest % count * out, rest /= count;
      };
      step(p.count5, p.in5, p.out5), step(p.count4, p.in4, p.out4), step(p.count3, p.in3, p.out3);
      step(p.count2, p.in2, p.out2), step(p.count1, p.in1, p.out1), step(p.count0, p.in0, p.out0);
      for (std::int32_t b = 0; b < p.run_bytes; ++b)
        wanted[static_cast<std::size_t>(to + b)] = call.inputs[0][static_cast<std::size_t>(from + b)];
    }
    EXPECT_EQ(kernels::run_apart(reference_of("copy_strided"), call), wanted) << seed;
  }
}

TEST(Fill, RepeatsTheElementLowBytesFirst) {
  kernels::random_calls::Builder b("fill", FillParams{3, 8, 0x04030201, 0x08070605});
  b.out(DType::U8, 24);
  Bytes wanted;
  for (int i = 0; i < 3; ++i) wanted.insert(wanted.end(), {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(kernels::run_apart(reference_of("fill"), b.made), wanted);
}

}  // namespace
}  // namespace mote
