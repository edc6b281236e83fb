// Random calls of the kernels of two inputs, for the tests that all variants share; floor_div and floor_mod against
// double arithmetic; div_s8 against the real quotient.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/random_calls.h"
#include "mote/nn/binary/add_n.h"
#include "mote/nn/binary/binary.h"
#include "mote/nn/binary/div.h"
#include "mote/nn/binary/floor_div_f32.h"
#include "mote/nn/binary/select.h"

namespace mote::kernels {
namespace {

/// Six loops, each input repeated along some of them.
struct Loops {
  std::int32_t extent[6], step[3][6];
  std::int64_t count = 1, elements[3] = {1, 1, 1};  ///< of the output; of each input

  explicit Loops(Random& random) {
    const int pattern = random.between(0, 3);  // 0: nothing repeated
    for (int loop = 5; loop >= 0; --loop) {
      extent[loop] = random.one_of({1, 1, 2, 3});
      count *= extent[loop];
      for (int in = 0; in < 3; ++in) {
        const bool repeated = pattern == in + 1 ? true : pattern != 0 && random.one_in(3);
        step[in][loop] = repeated ? 0 : static_cast<std::int32_t>(elements[in]);
        if (!repeated) elements[in] *= extent[loop];
      }
    }
  }
  template <class Params>
  void put(Params& p) const {
    const std::int32_t *e = extent, *a = step[0], *b = step[1];
    p.extent0 = e[0], p.extent1 = e[1], p.extent2 = e[2], p.extent3 = e[3], p.extent4 = e[4],
    p.extent5 = e[5];
    p.in1_step0 = a[0], p.in1_step1 = a[1], p.in1_step2 = a[2];
    p.in1_step3 = a[3], p.in1_step4 = a[4], p.in1_step5 = a[5];
    p.in2_step0 = b[0], p.in2_step1 = b[1], p.in2_step2 = b[2];
    p.in2_step3 = b[3], p.in2_step4 = b[4], p.in2_step5 = b[5];
  }
};

template <class T>
std::vector<T> values(Random& random, std::int64_t n) {
  std::vector<T> made(static_cast<std::size_t>(n));
  for (T& value : made) {
    if constexpr (std::is_floating_point_v<T>) {
      value = random.one_in(10) ? 0.0f : random.real();
    } else {
      const auto low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
      const auto bits =
          static_cast<std::uint64_t>(static_cast<std::uint32_t>(random.between(INT32_MIN, INT32_MAX)));
      value = random.one_in(6) ? random.one_in(2) ? low : high : static_cast<T>(bits * 0x100000001u);
      if (random.one_in(6)) value = static_cast<T>(random.between(-1, 1));
    }
  }
  return made;
}

/// kernel(p, in1, in2, out) with p's loops; `fill` sets the rest.
template <class Params, class T>
RandomCall pair_call(Random& random, const char* kernel, DType in, DType out,
                     void (*fill)(Params&, Random&)) {
  const Loops loops(random);
  Params p{};
  loops.put(p);
  fill(p, random);
  random_calls::Builder b(kernel, p);
  b.in(in, values<T>(random, loops.elements[0]));
  b.in(in, values<T>(random, loops.elements[1]));
  b.out(out, loops.count);
  return b.made;
}

std::int32_t multiplier(Random& random) { return random.between(std::int64_t{1} << 30, INT32_MAX); }

/// `wide`: zero points of s16 lie anywhere; else they are 0.
template <int bits>
std::int32_t zero_point(Random& random, bool wide) {
  if (bits == 8) return random.zero_point();
  return wide ? random.one_of({0, INT16_MIN, INT16_MAX, random.between(-999, 999)}) : 0;
}
template <int bits, class Params>
void put_range(Params& p, Random& random) {
  const std::int32_t low = -(1 << (bits - 1)), high = (1 << (bits - 1)) - 1;
  p.act_min = random.one_in(2) ? low : random.between(low, high - 1);
  p.act_max = random.one_in(2) ? high : random.between(p.act_min, high);
}
template <class Params>
void put_multipliers(Params& p, Random& random) {
  p.in1_multiplier = multiplier(random), p.in1_shift = random.between(-6, -1);
  p.in2_multiplier = multiplier(random), p.in2_shift = random.between(-6, -1);
}

template <int bits>
void rescaled(RescaledPairParams& p, Random& random, int left_shift, bool wide) {
  p.left_shift = left_shift;
  p.in1_zero_point = zero_point<bits>(random, wide);
  p.in2_zero_point = zero_point<bits>(random, wide);
  p.out_zero_point = zero_point<bits>(random, wide);
  put_multipliers(p, random);
  p.in2_sign = random.one_of({-1, 1});
  p.out_multiplier = multiplier(random);
  put_range<bits>(p, random);
}
template <int bits>
void sum(RescaledPairParams& p, Random& random) {
  rescaled<bits>(p, random, bits == 8 ? 20 : 15, true);
  p.out_shift = random.between(-20, 0);
}
template <int bits>
void square(RescaledPairParams& p, Random& random) {
  rescaled<bits>(p, random, bits == 8 ? 7 : 0, false);
  p.out_shift = random.between(-25, 3);
}
template <int bits>
void scaled(ScaledPairParams& p, Random& random) {
  p.in1_zero_point = zero_point<bits>(random, false);
  p.in2_zero_point = zero_point<bits>(random, false);
  p.out_zero_point = zero_point<bits>(random, false);
  p.multiplier = multiplier(random);
  p.shift = random.between(-15, 23);
  put_range<bits>(p, random);
}
void integers(IntegerPairParams& p, Random& random) {
  p.in2_sign = random.one_of({-1, 1});
  p.act_min = random.one_of({INT32_MIN, 0, -1}), p.act_max = random.one_of({INT32_MAX, 6, 1});
}
void reals(FloatPairParams& p, Random& random) {
  p.in2_sign = random.one_in(2) ? 1.0f : -1.0f;
  random_calls::set_f32_activation(p, random);
}
void extremum(ExtremumParams& p, Random& random) { p.largest = random.between(0, 1); }
template <class Params>
void outcomes(Params& p, Random& random) {
  p.when_less = random.between(0, 1), p.when_equal = random.between(0, 1),
  p.when_greater = random.between(0, 1);
}
void compare(CompareParams& p, Random& random) {
  outcomes(p, random);
  p.when_unordered = random.between(0, 1);
}
template <int bits>
void compare_rescaled(CompareRescaledParams& p, Random& random) {
  outcomes(p, random);
  p.left_shift = 8;
  p.in1_zero_point = zero_point<bits>(random, true), p.in2_zero_point = zero_point<bits>(random, true);
  put_multipliers(p, random);
}
void truth(LogicalParams& p, Random& random) { p.truth = random.between(0, 15); }
void nothing(PlainPairParams&, Random&) {}

#define MOTE_RANDOM_PAIR(kernel, Params, T, in, out, fill) \
  const RandomCallsOf k_##kernel{                          \
      #kernel, [](Random& random) { return pair_call<Params, T>(random, #kernel, in, out, fill); }};
MOTE_RANDOM_PAIR(add_sub_s8, RescaledPairParams, std::int8_t, DType::S8, DType::S8, sum<8>)
MOTE_RANDOM_PAIR(add_sub_s16, RescaledPairParams, std::int16_t, DType::S16, DType::S16, sum<16>)
MOTE_RANDOM_PAIR(add_sub_s32, IntegerPairParams, std::int32_t, DType::S32, DType::S32, integers)
MOTE_RANDOM_PAIR(add_sub_f32, FloatPairParams, float, DType::F32, DType::F32, reals)
MOTE_RANDOM_PAIR(mul_s8, ScaledPairParams, std::int8_t, DType::S8, DType::S8, scaled<8>)
MOTE_RANDOM_PAIR(mul_s16, ScaledPairParams, std::int16_t, DType::S16, DType::S16, scaled<16>)
MOTE_RANDOM_PAIR(mul_s32, IntegerPairParams, std::int32_t, DType::S32, DType::S32, integers)
MOTE_RANDOM_PAIR(mul_f32, FloatPairParams, float, DType::F32, DType::F32, reals)
MOTE_RANDOM_PAIR(div_s8, ScaledPairParams, std::int8_t, DType::S8, DType::S8, scaled<8>)
MOTE_RANDOM_PAIR(div_s32, IntegerPairParams, std::int32_t, DType::S32, DType::S32, integers)
MOTE_RANDOM_PAIR(div_f32, FloatPairParams, float, DType::F32, DType::F32, reals)
MOTE_RANDOM_PAIR(extremum_s8, ExtremumParams, std::int8_t, DType::S8, DType::S8, extremum)
MOTE_RANDOM_PAIR(extremum_s16, ExtremumParams, std::int16_t, DType::S16, DType::S16, extremum)
MOTE_RANDOM_PAIR(extremum_s32, ExtremumParams, std::int32_t, DType::S32, DType::S32, extremum)
MOTE_RANDOM_PAIR(extremum_s64, ExtremumParams, std::int64_t, DType::S64, DType::S64, extremum)
MOTE_RANDOM_PAIR(extremum_f32, ExtremumParams, float, DType::F32, DType::F32, extremum)
MOTE_RANDOM_PAIR(squared_difference_s8, RescaledPairParams, std::int8_t, DType::S8, DType::S8, square<8>)
MOTE_RANDOM_PAIR(squared_difference_s16, RescaledPairParams, std::int16_t, DType::S16, DType::S16, square<16>)
MOTE_RANDOM_PAIR(squared_difference_s32, PlainPairParams, std::int32_t, DType::S32, DType::S32, nothing)
MOTE_RANDOM_PAIR(squared_difference_f32, PlainPairParams, float, DType::F32, DType::F32, nothing)
MOTE_RANDOM_PAIR(compare_s8, CompareRescaledParams, std::int8_t, DType::S8, DType::Bool, compare_rescaled<8>)
MOTE_RANDOM_PAIR(compare_s16, CompareRescaledParams, std::int16_t, DType::S16, DType::Bool,
                 compare_rescaled<16>)
MOTE_RANDOM_PAIR(compare_s32, CompareParams, std::int32_t, DType::S32, DType::Bool, compare)
MOTE_RANDOM_PAIR(compare_s64, CompareParams, std::int64_t, DType::S64, DType::Bool, compare)
MOTE_RANDOM_PAIR(compare_f32, CompareParams, float, DType::F32, DType::Bool, compare)
MOTE_RANDOM_PAIR(logical, LogicalParams, std::int8_t, DType::Bool, DType::Bool, truth)
MOTE_RANDOM_PAIR(floor_div_f32, PlainPairParams, float, DType::F32, DType::F32, nothing)
MOTE_RANDOM_PAIR(floor_mod_f32, PlainPairParams, float, DType::F32, DType::F32, nothing)
#undef MOTE_RANDOM_PAIR

const RandomCallsOf k_select{
    "select_bytes", [](Random& random) {
      const Loops loops(random);
      SelectParams p{};
      loops.put(p);
      p.element_bytes = random.one_of({1, 2, 4, 8});
      const std::int32_t* c = loops.step[2];
      p.condition_step0 = c[0], p.condition_step1 = c[1], p.condition_step2 = c[2];
      p.condition_step3 = c[3], p.condition_step4 = c[4], p.condition_step5 = c[5];
      random_calls::Builder b("select_bytes", p);
      b.in(DType::U8, values<std::int8_t>(random, loops.elements[2]));
      b.in(DType::U8, values<std::int8_t>(random, loops.elements[0] * p.element_bytes));
      b.in(DType::U8, values<std::int8_t>(random, loops.elements[1] * p.element_bytes));
      b.out(DType::U8, loops.count * p.element_bytes);
      return b.made;
    }};

const RandomCallsOf k_add_n_s8{"add_n_s8", [](Random& random) {
                                 AddNS8Params p{};
                                 p.count = random_calls::count(random), p.inputs = random.between(1, 16);
                                 p.in_zero_point = random.zero_point(),
                                 p.out_zero_point = random.zero_point();
                                 p.multiplier = multiplier(random), p.shift = random.between(-22, -15);
                                 random_calls::Builder b("add_n_s8", p);
                                 for (int i = 0; i < 16; ++i)
                                   b.in(DType::S8, random_calls::s8(random, p.count));
                                 b.out(DType::S8, p.count);
                                 return b.made;
                               }};
const RandomCallsOf k_add_n_f32{"add_n_f32", [](Random& random) {
                                  const AddNF32Params p{random_calls::count(random), random.between(1, 16)};
                                  random_calls::Builder b("add_n_f32", p);
                                  for (int i = 0; i < 16; ++i)
                                    b.in(DType::F32, random_calls::f32(random, p.count));
                                  b.out(DType::F32, p.count);
                                  return b.made;
                                }};

// ---- floor_div, floor_mod

/// Any finite float, and quotients near whole numbers.
float any_float(Random& random) {
  for (;;) {
    if (random.one_in(2)) return static_cast<float>(random.between(-40, 40)) * 0.1f;
    const float value = float_of_bits(static_cast<std::uint32_t>(random.between(INT32_MIN, INT32_MAX)));
    if (std::isfinite(value)) return value;
  }
}

TEST(FloorDivF32, IsTheFloorOfTheQuotientInDouble) {
  Random random(3);
  for (int i = 0; i < 200000; ++i) {
    const float x = any_float(random);
    const float y = random.one_in(3) ? x / static_cast<float>(random.between(1, 1000)) : any_float(random);
    if (y == 0.0f) continue;
    const double quotient = static_cast<double>(x) / static_cast<double>(y);
    const auto wanted = static_cast<float>(std::floor(quotient));
    const float got = FloorQuotient()(x, y);
    if (std::fabs(quotient) < 16777215.0 || std::isinf(wanted))
      ASSERT_EQ(got, wanted) << x << " / " << y;
    else
      ASSERT_LE(std::fabs(got / wanted - 1.0f), 1.2e-7f) << x << " / " << y;
  }
}

TEST(FloorModF32, IsFmodWithTheDivisorsSign) {
  Random random(4);
  for (int i = 0; i < 200000; ++i) {
    const float x = any_float(random);
    const float y = random.one_in(3) ? x / static_cast<float>(random.between(1, 1000)) : any_float(random);
    if (y == 0.0f) continue;
    float wanted = std::fmod(x, y);
    if (wanted != 0.0f && (y < 0.0f) != (wanted < 0.0f)) wanted += y;
    const float got = FloorRemainder()(x, y);
    ASSERT_EQ(got, wanted) << x << " mod " << y;
    ASSERT_EQ(std::signbit(got), std::signbit(wanted)) << x << " mod " << y;
  }
}

TEST(FloorDivF32, ZeroAndInfinity) {
  const float inf = infinity_f32();
  EXPECT_EQ(FloorQuotient()(1.0f, 0.0f), inf);
  EXPECT_EQ(FloorQuotient()(-1.0f, 0.0f), -inf);
  EXPECT_TRUE(std::isnan(FloorQuotient()(0.0f, 0.0f)));
  EXPECT_EQ(FloorQuotient()(-1e-45f, 3e38f), -1.0f) << "a quotient too small for a float is still below 0";
  EXPECT_EQ(FloorQuotient()(-1.0f, inf), 0.0f);
  EXPECT_TRUE(std::isnan(FloorRemainder()(1.0f, 0.0f)));
  EXPECT_TRUE(std::isnan(FloorRemainder()(inf, 1.0f)));
  EXPECT_EQ(FloorRemainder()(1.5f, inf), 1.5f);
  EXPECT_EQ(FloorRemainder()(-1.5f, inf), inf);
}

// ---- div_s8

TEST(DivS8, EveryPairIsTheNearestQuotient) {
  for (const std::int32_t zero_point : {-128, -3, 127}) {
    for (const double ratio : {0.37, 1.0, 12.5, 300.0}) {
      int shift = 0;
      const double fraction = std::frexp(ratio, &shift);
      ScaledPairParams p{};
      p.in1_zero_point = p.in2_zero_point = zero_point, p.out_zero_point = 5;
      p.multiplier = static_cast<std::int32_t>(std::lround(std::ldexp(fraction, 31) - 1e-3)), p.shift = shift;
      p.act_min = -128, p.act_max = 127;
      for (int x = -128; x < 128; ++x) {
        for (int y = -128; y < 128; ++y) {
          const int got = ScaledQuotient{p}(static_cast<std::int8_t>(x), static_cast<std::int8_t>(y));
          const double dividend = x - zero_point, divisor = y - zero_point;
          const double real = dividend == 0 ? 5.0 : dividend / divisor * ratio + 5.0;
          ASSERT_NEAR(got, std::clamp(real, -128.0, 127.0), 0.5001) << x << " " << y << " " << ratio;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mote::kernels
