// Random calls of the kernels of one input, for the tests that all variants share, and the kernels against plain formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/random_calls.h"
#include "mote/nn/cast/cast.h"
#include "mote/nn/elementwise/two_slopes_s16.h"
#include "mote/nn/l2_normalization/l2_normalization.h"
#include "mote/nn/lookup/lookup.h"
#include "mote/nn/prelu/prelu.h"
#include "mote/nn/quantize/quantize.h"
#include "mote/nn/quantize/requantize.h"
#include "mote/nn/softmax/log_softmax_f32.h"
#include "mote/nn/softmax/log_softmax_s8.h"
#include "mote/nn/softmax/softmax_s16.h"
#include "mote/nn/softmax/softmax_s8.h"
#include "mote/nn/unary/unary_f32.h"

namespace mote {
namespace {

namespace g = kernels::random_calls;
using kernels::Random;
using kernels::RandomCall;
using kernels::RandomCallsOf;

std::vector<std::int16_t> s16(Random& random, std::int64_t n) {
  std::vector<std::int16_t> values;
  for (std::int64_t i = 0; i < n; ++i)
    values.push_back(static_cast<std::int16_t>(random.one_in(8) ? random.one_of({-32768, 32767, 0})
                                                                : random.between(-32768, 32767)));
  return values;
}
std::int32_t multiplier(Random& random) { return random.between(std::int64_t{1} << 30, INT32_MAX); }

template <const char* const& kernel>
RandomCall unary_f32(Random& random) {
  const UnaryF32Params p{g::count(random)};
  g::Builder b(kernel, p);
  b.in(DType::F32, g::f32(random, p.count));
  b.out(DType::F32, p.count);
  return b.made;
}
#define MOTE_UNARY(name)                  \
  constexpr const char* k_##name = #name; \
  const RandomCallsOf of_##name { #name, unary_f32 < k_##name> }
MOTE_UNARY(abs_f32);
MOTE_UNARY(neg_f32);
MOTE_UNARY(exp_f32);
MOTE_UNARY(log_f32);
MOTE_UNARY(sqrt_f32);
MOTE_UNARY(rsqrt_f32);
MOTE_UNARY(square_f32);
MOTE_UNARY(sin_f32);
MOTE_UNARY(cos_f32);
MOTE_UNARY(round_f32);
MOTE_UNARY(floor_f32);
MOTE_UNARY(ceil_f32);
MOTE_UNARY(logistic_f32);
MOTE_UNARY(tanh_f32);
MOTE_UNARY(elu_f32);
MOTE_UNARY(hard_swish_f32);
#undef MOTE_UNARY

const RandomCallsOf kLeaky{"leaky_relu_f32", [](Random& random) {
                             const LeakyReluF32Params p{g::count(random), random.real()};
                             g::Builder b("leaky_relu_f32", p);
                             b.in(DType::F32, g::f32(random, p.count));
                             b.out(DType::F32, p.count);
                             return b.made;
                           }};
const RandomCallsOf kLookup{"lookup_s8", [](Random& random) {
                              const LookupParams p{g::count(random)};
                              g::Builder b("lookup_s8", p);
                              b.in(DType::S8, g::s8(random, p.count));
                              b.rom(DType::S8, g::s8(random, 256), "table");
                              b.out(DType::S8, p.count);
                              return b.made;
                            }};
const RandomCallsOf kLookup16{"lookup_s16", [](Random& random) {
                                const LookupParams p{g::count(random)};
                                g::Builder b("lookup_s16", p);
                                b.in(DType::S16, s16(random, p.count));
                                b.rom(DType::S16, s16(random, 513), "table");
                                b.out(DType::S16, p.count);
                                return b.made;
                              }};
std::vector<std::int16_t> sigmoid_table() {
  std::vector<std::int16_t> table;
  for (int k = 0; k < 256; ++k)
    table.push_back(static_cast<std::int16_t>(std::lround(65536.0 / (1.0 + std::exp(-k / 24.0)))));
  return table;
}
template <const char* const& kernel>
RandomCall sigmoid_s16(Random& random) {
  SigmoidS16Params p{g::count(random), random.between(1, 32767), random.between(0, 31)};
  g::Builder b(kernel, p);
  b.in(DType::S16, s16(random, p.count));
  b.rom(DType::S16, sigmoid_table(), "table");
  b.out(DType::S16, p.count);
  return b.made;
}
constexpr const char* kLogistic = "logistic_s16";
constexpr const char* kTanh = "tanh_s16";
const RandomCallsOf kLogisticCalls{kLogistic, sigmoid_s16<kLogistic>};
const RandomCallsOf kTanhCalls{kTanh, sigmoid_s16<kTanh>};

const RandomCallsOf kSlopes{"two_slopes_s16", [](Random& random) {
                              TwoSlopesS16Params p{};
                              p.count = g::count(random);
                              p.positive_multiplier = multiplier(random);
                              p.positive_shift = random.between(-8, 4);
                              p.negative_multiplier =
                                  random.one_in(2) ? -multiplier(random) : multiplier(random);
                              p.negative_shift = random.between(-8, 4);
                              p.act_min = random.between(-32768, 0);
                              p.act_max = random.between(1, 32767);
                              g::Builder b("two_slopes_s16", p);
                              b.in(DType::S16, s16(random, p.count));
                              b.out(DType::S16, p.count);
                              return b.made;
                            }};
PreluParams prelu_params(Random& random) {
  PreluParams p{};
  p.repeats = random.between(1, 5), p.period = random.one_of({1, 2, 3, 17});
  p.in_zero_point = random.zero_point(), p.alpha_zero_point = random.zero_point(),
  p.out_zero_point = random.zero_point();
  p.positive_multiplier = multiplier(random), p.positive_shift = random.between(-4, 4);
  p.negative_multiplier = multiplier(random), p.negative_shift = random.between(-9, 0);
  return p;
}
const RandomCallsOf kPrelu{"prelu_s8", [](Random& random) {
                             const PreluParams p = prelu_params(random);
                             g::Builder b("prelu_s8", p);
                             b.in(DType::S8, g::s8(random, p.repeats * p.period));
                             b.rom(DType::S8, g::s8(random, p.period), "alpha");
                             b.out(DType::S8, p.repeats * p.period);
                             return b.made;
                           }};
const RandomCallsOf kPrelu16{"prelu_s16", [](Random& random) {
                               const PreluParams p = prelu_params(random);
                               g::Builder b("prelu_s16", p);
                               b.in(DType::S16, s16(random, p.repeats * p.period));
                               b.rom(DType::S8, g::s8(random, p.period), "alpha");
                               b.out(DType::S16, p.repeats * p.period);
                               return b.made;
                             }};
const RandomCallsOf kPreluF32{"prelu_f32", [](Random& random) {
                                const PreluF32Params p{random.between(1, 5), random.one_of({1, 2, 17})};
                                g::Builder b("prelu_f32", p);
                                b.in(DType::F32, g::f32(random, p.repeats * p.period));
                                b.rom(DType::F32, g::f32(random, p.period), "alpha");
                                b.out(DType::F32, p.repeats * p.period);
                                return b.made;
                              }};
const RandomCallsOf kRequantize{"requantize_elements", [](Random& random) {
                                  RequantizeParams p{};
                                  p.count = g::count(random);
                                  p.from = random.one_of({1, 2, 4}), p.to = random.one_of({1, 2, 4});
                                  p.in_zero_point = random.zero_point(),
                                  p.out_zero_point = random.zero_point();
                                  p.multiplier = multiplier(random), p.shift = random.between(-31, 30);
                                  g::Builder b("requantize_elements", p);
                                  b.in(DType::U8, g::s8(random, p.count * p.from));
                                  b.out(DType::U8, p.count * p.to);
                                  return b.made;
                                }};
std::int32_t width_of(std::int32_t number) {
  constexpr std::int32_t kWidths[] = {4, 1, 2, 4, 8, 1, 4, 8, 1};
  return kWidths[number];
}
const RandomCallsOf kCast{"cast_elements", [](Random& random) {
                            const CastParams p{g::count(random), random.between(0, 8), random.between(0, 8)};
                            g::Builder b("cast_elements", p);
                            b.in(DType::U8, g::s8(random, p.count * width_of(p.from)));
                            b.out(DType::U8, p.count * width_of(p.to));
                            return b.made;
                          }};
template <class T, const char* const& kernel, DType dtype>
RandomCall quantize_call(Random& random) {
  const QuantizeParams p{g::count(random), 0.001f * static_cast<float>(random.between(1, 50)),
                         random.between(0, 127)};
  g::Builder b(kernel, p);
  b.in(DType::F32, g::f32(random, p.count));
  b.out(dtype, p.count);
  return b.made;
}
constexpr const char* kQuantizeU8 = "quantize_u8";
constexpr const char* kQuantizeS16 = "quantize_s16";
const RandomCallsOf kQuantizeU8Calls{kQuantizeU8, quantize_call<std::uint8_t, kQuantizeU8, DType::U8>};
const RandomCallsOf kQuantizeS16Calls{kQuantizeS16, quantize_call<std::int16_t, kQuantizeS16, DType::S16>};
const RandomCallsOf kDequantizeU8{"dequantize_u8", [](Random& random) {
                                    const QuantizeParams p{g::count(random), 0.25f, random.between(0, 255)};
                                    g::Builder b("dequantize_u8", p);
                                    b.in(DType::U8, g::s8(random, p.count));
                                    b.out(DType::F32, p.count);
                                    return b.made;
                                  }};
const RandomCallsOf kDequantizeS16{"dequantize_s16", [](Random& random) {
                                     const QuantizeParams p{g::count(random), 0.25f, random.between(-9, 9)};
                                     g::Builder b("dequantize_s16", p);
                                     b.in(DType::S16, s16(random, p.count));
                                     b.out(DType::F32, p.count);
                                     return b.made;
                                   }};
SoftmaxS8Params softmax_params(Random& random) {
  return from_block<SoftmaxS8Params>(g::softmax_s8(random).call.params);
}
const RandomCallsOf kSoftmaxWide{"softmax_s8_s16", [](Random& random) {
                                   const SoftmaxS8Params p = softmax_params(random);
                                   g::Builder b("softmax_s8_s16", p);
                                   b.in(DType::S8, g::s8(random, p.rows * p.depth));
                                   b.out(DType::S16, p.rows * p.depth);
                                   return b.made;
                                 }};
const RandomCallsOf kLogSoftmax{"log_softmax_s8", [](Random& random) {
                                  const SoftmaxS8Params s = softmax_params(random);
                                  LogSoftmaxS8Params p{s.rows,
                                                       s.depth,
                                                       s.multiplier,
                                                       s.left_shift,
                                                       s.diff_min,
                                                       multiplier(random),
                                                       -random.between(20, 31)};
                                  g::Builder b("log_softmax_s8", p);
                                  b.in(DType::S8, g::s8(random, p.rows * p.depth));
                                  b.out(DType::S8, p.rows * p.depth);
                                  return b.made;
                                }};
const RandomCallsOf kLogSoftmaxF32{
    "log_softmax_f32", [](Random& random) {
      const LogSoftmaxF32Params p{random.between(1, 4), random.one_of({1, 2, 3, 12, 100})};
      g::Builder b("log_softmax_f32", p);
      b.in(DType::F32, g::f32(random, p.rows * p.depth));
      b.out(DType::F32, p.rows * p.depth);
      return b.made;
    }};
/// A function of −10…0 and one of 0…1, as the tables of softmax_s16 hold them.
template <class Function>
std::vector<std::int16_t> table_of(double low, double high, Function function) {
  std::vector<std::int16_t> table;
  for (int i = 0; i <= 512; ++i)
    table.push_back(static_cast<std::int16_t>(
        std::min(32767.0, std::round(32768.0 * function(low + (high - low) * i / 512)))));
  return table;
}
const RandomCallsOf kSoftmax16{
    "softmax_s16", [](Random& random) {
      const SoftmaxS16Params p{random.between(1, 4), random.one_of({1, 2, 3, 5, 12, 100}), multiplier(random),
                               random.between(-6, 3)};
      g::Builder b("softmax_s16", p);
      b.in(DType::S16, s16(random, p.rows * p.depth));
      b.rom(DType::S16, table_of(-10, 0, [](double x) { return std::exp(x); }), "exponential");
      b.rom(DType::S16, table_of(0, 1, [](double x) { return 1 / (1 + x); }), "reciprocal");
      b.out(DType::S16, p.rows * p.depth);
      return b.made;
    }};
const RandomCallsOf kL2S8{"l2_normalization_s8", [](Random& random) {
                            const L2NormalizationS8Params p{
                                random.between(1, 4), random.one_of({1, 2, 3, 50}), random.zero_point()};
                            g::Builder b("l2_normalization_s8", p);
                            b.in(DType::S8, g::s8(random, p.rows * p.depth));
                            b.out(DType::S8, p.rows * p.depth);
                            return b.made;
                          }};
const RandomCallsOf kL2F32{
    "l2_normalization_f32", [](Random& random) {
      const L2NormalizationF32Params p{random.between(1, 4), random.one_of({1, 2, 50})};
      g::Builder b("l2_normalization_f32", p);
      b.in(DType::F32, g::f32(random, p.rows * p.depth));
      b.out(DType::F32, p.rows * p.depth);
      return b.made;
    }};

TEST(FixedMath, LogarithmIsTheLogarithm) {
  for (std::int64_t a = std::int64_t{1} << 19; a < (std::int64_t{4095} << 19); a += a / 37 + 1) {
    const double truth = std::log(std::ldexp(static_cast<double>(a), -19));
    EXPECT_NEAR(std::ldexp(log_of_q12(static_cast<std::int32_t>(a)), -26), truth, 2e-6) << a;
  }
}

TEST(FixedMath, InverseRootIsTheInverseRoot) {
  for (std::int64_t x = 1; x < INT32_MAX; x += x / 53 + 1) {
    const InverseRoot root = inverse_root(static_cast<std::int32_t>(x));
    const double got = std::ldexp(root.multiplier, root.shift - 31);
    EXPECT_NEAR(got * std::sqrt(static_cast<double>(x)), 1.0, 1e-5) << x;
  }
  EXPECT_EQ(inverse_root(0).multiplier, INT32_MAX);
}

TEST(SigmoidS16, IsWithinTwoStepsOfTheFunction) {
  const SigmoidS16Params p{1, 3, 0};  // scale 2^-12
  const auto table = sigmoid_table();
  for (int q = -32768; q <= 32767; q += 7) {
    const auto in = static_cast<std::int16_t>(q);
    std::int16_t logistic = 0, tanh = 0;
    logistic_s16(p, &in, table.data(), &logistic);
    tanh_s16(p, &in, table.data(), &tanh);
    EXPECT_NEAR(logistic, 32768 / (1 + std::exp(-q / 4096.0)), 4) << q;
    EXPECT_NEAR(tanh, 32768 * std::tanh(q / 4096.0), 14) << q;
  }
}

TEST(SoftmaxS16, IsTheSoftmaxToAThousandth) {
  Random random(5);
  const double scale = 10.0 / 65535.0;
  const SoftmaxS16Params p{1, 20, 1 << 30, 1};
  const auto exponential = table_of(-10, 0, [](double x) { return std::exp(x); });
  const auto reciprocal = table_of(0, 1, [](double x) { return 1 / (1 + x); });
  for (int round = 0; round < 50; ++round) {
    const auto in = s16(random, p.depth);
    std::vector<std::int16_t> out(in.size());
    softmax_s16(p, in.data(), exponential.data(), reciprocal.data(), out.data());
    double sum = 0;
    for (const std::int16_t x : in) sum += std::exp(scale * x);
    for (std::size_t i = 0; i < in.size(); ++i)
      EXPECT_NEAR(out[i] / 32768.0, std::exp(scale * in[i]) / sum, 1e-3);
  }
}

template <class In, class Out>
Out cast_one(std::int32_t from, std::int32_t to, In x) {
  Out y{};
  cast_elements(CastParams{1, from, to}, &x, &y);
  return y;
}

TEST(Cast, FloatsBecomeWholeNumbersTowardsZeroSaturated) {
  EXPECT_EQ((cast_one<float, std::int8_t>(kNumberF32, kNumberS8, -1.9f)), -1);
  EXPECT_EQ((cast_one<float, std::int8_t>(kNumberF32, kNumberS8, 1e30f)), 127);
  EXPECT_EQ((cast_one<float, std::uint8_t>(kNumberF32, kNumberU8, -5.0f)), 0);
  EXPECT_EQ((cast_one<float, std::int32_t>(kNumberF32, kNumberS32, -3e9f)), INT32_MIN);
  EXPECT_EQ((cast_one<float, std::uint32_t>(kNumberF32, kNumberU32, 4e9f)), 4000000000u);
  EXPECT_EQ((cast_one<float, std::int64_t>(kNumberF32, kNumberS64, -1e30f)), INT64_MIN);
  EXPECT_EQ((cast_one<float, std::int64_t>(kNumberF32, kNumberS64, 1e15f)), std::int64_t{999999986991104});
  EXPECT_EQ((cast_one<float, std::uint64_t>(kNumberF32, kNumberU64, 1.2e19f)),
            static_cast<std::uint64_t>(1.2e19f));
  EXPECT_EQ((cast_one<float, std::int16_t>(kNumberF32, kNumberS16, std::nanf(""))), 0);
  EXPECT_EQ((cast_one<float, std::uint8_t>(kNumberF32, kNumberBool, 0.5f)), 1);
}

TEST(Cast, IntegersBecomeTheNearestFloat) {
  Random random(9);
  for (int i = 0; i < 20000; ++i) {
    const auto high = static_cast<std::uint32_t>(random.between(INT32_MIN, INT32_MAX));
    const auto low = static_cast<std::uint32_t>(random.between(INT32_MIN, INT32_MAX));
    const std::uint64_t x = (static_cast<std::uint64_t>(high) << 32 | low) >> random.between(0, 63);
    const auto y = static_cast<std::int64_t>(x ^ (i % 2 == 0 ? 0 : ~std::uint64_t{0}));
    EXPECT_EQ((cast_one<std::uint64_t, float>(kNumberU64, kNumberF32, x)), static_cast<float>(x)) << x;
    EXPECT_EQ((cast_one<std::int64_t, float>(kNumberS64, kNumberF32, y)), static_cast<float>(y)) << y;
    const auto z = static_cast<std::int32_t>(low);
    EXPECT_EQ((cast_one<std::int32_t, float>(kNumberS32, kNumberF32, z)), static_cast<float>(z)) << z;
    EXPECT_EQ((cast_one<std::uint32_t, float>(kNumberU32, kNumberF32, low)), static_cast<float>(low)) << low;
    EXPECT_EQ((cast_one<std::int64_t, std::int16_t>(kNumberS64, kNumberS16, y)),
              static_cast<std::int16_t>(y));
  }
}

TEST(Requantize, SumsThatDoNotFitWrap) {
  const RequantizeParams p{1, 4, 4, -5, 7, 1 << 30, 1};  // times 2, halved
  const std::int32_t in = INT32_MAX;
  std::int32_t out = 0;
  requantize_elements(p, &in, &out);
  EXPECT_EQ(out, 4 + 7);  // 2^31 + 4 doubled is 8 in 32 bits
}

}  // namespace
}  // namespace mote
