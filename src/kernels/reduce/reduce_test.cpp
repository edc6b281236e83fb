// Reductions: random calls for the tests that all variants share, and the formulas in wide arithmetic.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "kernels/random_calls.h"
#include "mote/nn/reduce/arg_extreme.h"
#include "mote/nn/reduce/cumsum.h"
#include "mote/nn/reduce/reduce_extreme.h"
#include "mote/nn/reduce/reduce_sum_f32.h"
#include "mote/nn/reduce/reduce_sum_integer.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
using kernels::RandomCallsOf;
using kernels::random_calls::Builder;
using kernels::random_calls::f32;
using kernels::random_calls::s8;

std::vector<std::int16_t> s16(Random& random, std::int64_t n) {
  std::vector<std::int16_t> values(static_cast<std::size_t>(n));
  for (auto& v : values)
    v = static_cast<std::int16_t>(random.one_in(8) ? random.one_of({-32768, 32767})
                                                   : random.between(-32768, 32767));
  return values;
}

template <class Params>
void put_extents(Params& p, Random& random) {
  for (std::int32_t* extent : {&p.kept0, &p.reduced0, &p.kept1, &p.reduced1, &p.kept2, &p.reduced2, &p.kept3})
    *extent = random.one_of({1, 1, 2, 3, 5});
}
template <class Params>
std::int32_t outputs(const Params& p) {
  return p.kept0 * p.kept1 * p.kept2 * p.kept3;
}
template <class Params>
std::int32_t elements(const Params& p) {
  return outputs(p) * p.reduced0 * p.reduced1 * p.reduced2;
}
template <class Params, class Values>
RandomCall one_to_one(const char* kernel, const Params& p, DType dtype, const Values& values) {
  Builder b(kernel, p);
  b.in(dtype, values);
  b.out(dtype, outputs(p));
  return b.made;
}

ReduceSumIntegerParams sum_params(Random& random) {
  ReduceSumIntegerParams p{};
  put_extents(p, random);
  p.zero_sum = random.zero_point() * (elements(p) / outputs(p));
  p.multiplier = random.between(std::int64_t{1} << 29, INT32_MAX), p.shift = random.between(-12, 2);
  p.out_zero_point = random.zero_point();
  return p;
}
template <class Params>
Params extreme_params(Random& random) {
  Params p{};
  put_extents(p, random);
  p.largest = random.between(0, 1);
  return p;
}
ArgExtremeParams arg_params(Random& random) {
  return {random.between(1, 4), random.one_of({1, 2, 3, 9}), random.between(1, 4), random.between(0, 1)};
}

const RandomCallsOf kSumS8{"reduce_sum_s8", [](Random& random) {
                             const auto p = sum_params(random);
                             return one_to_one("reduce_sum_s8", p, DType::S8, s8(random, elements(p)));
                           }};
const RandomCallsOf kSumS16{"reduce_sum_s16", [](Random& random) {
                              const auto p = sum_params(random);
                              return one_to_one("reduce_sum_s16", p, DType::S16, s16(random, elements(p)));
                            }};
const RandomCallsOf kSumF32{"reduce_sum_f32", [](Random& random) {
                              ReduceSumF32Params p{};
                              put_extents(p, random);
                              p.divisor = random.one_in(2) ? 1.0f : 7.0f;
                              return one_to_one("reduce_sum_f32", p, DType::F32, f32(random, elements(p)));
                            }};
const RandomCallsOf kExtremeS8{"reduce_extreme_s8", [](Random& random) {
                                 const auto p = extreme_params<ReduceExtremeParams>(random);
                                 return one_to_one("reduce_extreme_s8", p, DType::S8,
                                                   s8(random, elements(p)));
                               }};
const RandomCallsOf kExtremeU8{"reduce_extreme_u8", [](Random& random) {
                                 const auto p = extreme_params<ReduceExtremeParams>(random);
                                 return one_to_one("reduce_extreme_u8", p, DType::U8,
                                                   s8(random, elements(p)));
                               }};
const RandomCallsOf kExtremeS16{"reduce_extreme_s16", [](Random& random) {
                                  const auto p = extreme_params<ReduceExtremeParams>(random);
                                  return one_to_one("reduce_extreme_s16", p, DType::S16,
                                                    s16(random, elements(p)));
                                }};
const RandomCallsOf kExtremeF32{"reduce_extreme_f32", [](Random& random) {
                                  const auto p = extreme_params<ReduceExtremeParams>(random);
                                  return one_to_one("reduce_extreme_f32", p, DType::F32,
                                                    f32(random, elements(p)));
                                }};
const RandomCallsOf kArgS8{"arg_extreme_s8", [](Random& random) {
                             const auto p = arg_params(random);
                             Builder b("arg_extreme_s8", p);
                             b.in(DType::S8, s8(random, p.outer * p.axis * p.inner));
                             b.out(DType::S32, p.outer * p.inner);
                             return b.made;
                           }};
const RandomCallsOf kArgF32{"arg_extreme_f32", [](Random& random) {
                              const auto p = arg_params(random);
                              Builder b("arg_extreme_f32", p);
                              b.in(DType::F32, f32(random, p.outer * p.axis * p.inner));
                              b.out(DType::S32, p.outer * p.inner);
                              return b.made;
                            }};
const RandomCallsOf kCumsumS8{"cumsum_s8", [](Random& random) {
                                const CumsumS8Params p{
                                    random.between(1, 4),  random.one_of({1, 2, 30}),
                                    random.between(1, 4),  random.between(0, 1),
                                    random.between(0, 1),  random.zero_point(),
                                    random.zero_point(),   random.between(std::int64_t{1} << 30, INT32_MAX),
                                    random.between(-20, 0)};
                                Builder b("cumsum_s8", p);
                                b.in(DType::S8, s8(random, p.outer * p.axis * p.inner));
                                b.out(DType::S8, p.outer * p.axis * p.inner);
                                return b.made;
                              }};
const RandomCallsOf kCumsumF32{"cumsum_f32", [](Random& random) {
                                 const CumsumF32Params p{random.between(1, 4), random.one_of({1, 2, 30}),
                                                         random.between(1, 4), random.between(0, 1),
                                                         random.between(0, 1)};
                                 Builder b("cumsum_f32", p);
                                 b.in(DType::F32, f32(random, p.outer * p.axis * p.inner));
                                 b.out(DType::F32, p.outer * p.axis * p.inner);
                                 return b.made;
                               }};

/// Calls visit(output index, input index) for every element, by the indices' definition.
template <class Params>
void for_elements(const Params& p, const std::function<void(std::size_t, std::size_t)>& visit) {
  const std::int32_t extents[7] = {p.kept0, p.reduced0, p.kept1, p.reduced1, p.kept2, p.reduced2, p.kept3};
  for (std::int32_t i = 0; i < elements(p); ++i) {
    std::int32_t rest = i, out = 0, out_stride = 1;
    for (int d = 6; d >= 0; --d) {
      if (d % 2 == 0) {
        out += rest % extents[d] * out_stride;
        out_stride *= extents[d];
      }
      rest /= extents[d];
    }
    visit(static_cast<std::size_t>(out), static_cast<std::size_t>(i));
  }
}

TEST(ReduceSum, RequantizedSumIsTheNearestValue) {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    ReduceSumIntegerParams p{};
    put_extents(p, random);
    const std::int32_t n = elements(p) / outputs(p), zero = random.zero_point();
    p.zero_sum = zero * n;
    p.multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.shift = random.between(-8, 0);
    p.out_zero_point = random.zero_point();
    const auto in = s8(random, elements(p));
    std::vector<std::int8_t> out(static_cast<std::size_t>(outputs(p)));
    std::vector<std::int64_t> sums(out.size());
    for_elements(p, [&](std::size_t o, std::size_t e) { sums[o] += in[e] - zero; });
    reduce_sum_s8(p, in.data(), out.data());
    for (std::size_t o = 0; o < out.size(); ++o) {
      const double real =
          std::ldexp(static_cast<double>(sums[o]) * p.multiplier, p.shift - 31) + p.out_zero_point;
      EXPECT_NEAR(out[o], std::clamp(real, -128.0, 127.0), 0.75);  // rounded twice
    }
  }
}

TEST(ReduceSum, WrapsInsteadOfOverflowing) {
  ReduceSumIntegerParams p{1, 70000, 1, 1, 1, 1, 1, 0, 1 << 30, 0, 0};
  const std::vector<std::int16_t> in(70000, 32767);
  std::int16_t out = 0;
  reduce_sum_s16(p, in.data(), &out);
  EXPECT_EQ(out, -32768);  // 70000 · 32767 − 2^32 is far below the range
}

TEST(ReduceExtreme, IsTheExtremeOfEachOutput) {
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    const auto p = extreme_params<ReduceExtremeParams>(random);
    const auto in = f32(random, elements(p));
    std::vector<float> out(static_cast<std::size_t>(outputs(p)));
    const float start = std::numeric_limits<float>::infinity();
    std::vector<float> expected(out.size(), p.largest ? -start : start);
    for_elements(p, [&](std::size_t o, std::size_t e) {
      expected[o] = p.largest ? std::max(expected[o], in[e]) : std::min(expected[o], in[e]);
    });
    reduce_extreme_f32(p, in.data(), out.data());
    EXPECT_EQ(out, expected);
  }
}

TEST(ArgExtreme, OfEqualElementsTheFirst) {
  const std::vector<std::int8_t> in = {3, 7, 7, -1, 7, -1};
  std::int32_t out = -1;
  arg_extreme_s8({1, 6, 1, 1}, in.data(), &out);
  EXPECT_EQ(out, 1);
  arg_extreme_s8({1, 6, 1, 0}, in.data(), &out);
  EXPECT_EQ(out, 3);
}

TEST(ArgExtreme, GoesAlongTheMiddleAxis) {
  const std::vector<float> in = {0, 5, 1, 4, 2, 3, /**/ 9, 6, 8, 7, 7, 8};
  std::vector<std::int32_t> out(4);
  arg_extreme_f32({2, 3, 2, 1}, in.data(), out.data());
  EXPECT_EQ(out, (std::vector<std::int32_t>{2, 0, 0, 2}));
}

TEST(ArgExtreme, ANanIsNeverBetter) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> in = {1, nan, 2, nan};
  std::int32_t out = -1;
  arg_extreme_f32({1, 4, 1, 1}, in.data(), &out);
  EXPECT_EQ(out, 2);
}

TEST(Cumsum, ExclusiveAndReverse) {
  const std::vector<float> in = {1, 2, 3, 4};
  const auto sums = [&](std::int32_t exclusive, std::int32_t reverse) {
    std::vector<float> out(4);
    cumsum_f32({1, 4, 1, exclusive, reverse}, in.data(), out.data());
    return out;
  };
  EXPECT_EQ(sums(0, 0), (std::vector<float>{1, 3, 6, 10}));
  EXPECT_EQ(sums(1, 0), (std::vector<float>{0, 1, 3, 6}));
  EXPECT_EQ(sums(0, 1), (std::vector<float>{10, 9, 7, 4}));
  EXPECT_EQ(sums(1, 1), (std::vector<float>{9, 7, 4, 0}));
}

TEST(Cumsum, Int8StaysInRangeWhenSumsWrap) {
  CumsumS8Params p{1, 40, 1, 0, 0, -128, 127, INT32_MAX, 0};
  const std::vector<std::int8_t> in(40, 127);
  std::vector<std::int8_t> out(40);
  cumsum_s8(p, in.data(), out.data());
  EXPECT_EQ(out[0], 127);
}

}  // namespace
}  // namespace mote
