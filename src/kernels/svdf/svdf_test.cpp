// svdf: what it remembers, and its values against the formula in wide integers and double.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "kernels/random_calls.h"
#include "mote/nn/svdf/svdf_f32.h"
#include "mote/nn/svdf/svdf_s8.h"

namespace mote {
namespace {

using kernels::Random;
namespace calls = kernels::random_calls;

TEST(SvdfF32, WeightsItsLastInputsOverTime) {
  const SvdfF32Params p = {1, 2, 1, 2, 3, -1e9f, 1e9f};
  const std::vector<float> feature = {1, 0, 0, 1}, time = {1, 10, 100, 2, 20, 200}, bias = {0.5f};
  std::vector<float> state(6, 0.0f);
  std::deque<double> a(3, 0.0), b(3, 0.0);
  for (int step = 0; step < 6; ++step) {
    const std::vector<float> in = {static_cast<float>(step + 1), static_cast<float>(step * step)};
    float out = 0;
    svdf_f32(p, in.data(), feature.data(), time.data(), bias.data(), state.data(), &out);
    a.pop_front(), b.pop_front();
    a.push_back(step + 1), b.push_back(step * step);
    EXPECT_FLOAT_EQ(
        out, static_cast<float>(0.5 + a[0] + 10 * a[1] + 100 * a[2] + 2 * b[0] + 20 * b[1] + 200 * b[2]));
  }
}

TEST(SvdfF32, LimitsItsOutputAndKeepsBatchesApart) {
  const SvdfF32Params p = {2, 1, 1, 1, 2, 0.0f, 6.0f};
  const std::vector<float> one = {1}, time = {1, 1};
  std::vector<float> state(4, 0.0f), out(2);
  const std::vector<float> first = {4, -5}, second = {3, 1};
  svdf_f32(p, first.data(), one.data(), time.data(), nullptr, state.data(), out.data());
  EXPECT_EQ(out, (std::vector<float>{4, 0}));
  svdf_f32(p, second.data(), one.data(), time.data(), nullptr, state.data(), out.data());
  EXPECT_EQ(out, (std::vector<float>{6, 0}));
  EXPECT_EQ(state, (std::vector<float>{4, 3, -5, 1}));
}

/// requantize rounds twice, so that it is up to 0.75 away from the real value.
template <class State>
void expect_within_one_step(std::uint64_t seed) {
  Random random(seed);
  SvdfS8Params p{};
  p.batches = random.between(1, 2), p.in_count = random.between(1, 9), p.units = random.between(1, 4);
  p.rank = random.between(1, 3), p.memory = random.between(1, 5);
  const bool narrow = sizeof(State) == 1;
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  p.state_zero_point = narrow ? random.between(-20, 20) : 0;
  p.state_multiplier = p.out_multiplier = 1 << 30;
  p.state_shift = narrow ? -6 : -1, p.out_shift = narrow ? -6 : -12;
  const double to_state = std::ldexp(0.5, p.state_shift), to_out = std::ldexp(0.5, p.out_shift);
  const auto filters = static_cast<std::size_t>(p.units * p.rank),
             memory = static_cast<std::size_t>(p.memory);
  const auto inputs = static_cast<std::size_t>(p.in_count), batches = static_cast<std::size_t>(p.batches);
  const auto feature = calls::s8(random, p.units * p.rank * p.in_count);
  std::vector<State> time(filters * memory),
      state(batches * filters * memory, static_cast<State>(p.state_zero_point));
  for (auto& w : time) w = static_cast<State>(random.between(-128, 127));
  std::vector<State> before = state;
  std::vector<std::int8_t> out(batches * static_cast<std::size_t>(p.units));
  for (int step = 0; step < 4; ++step) {
    const auto in = calls::s8(random, p.batches * p.in_count);
    if constexpr (sizeof(State) == 1)
      svdf_s8_state8(p, in.data(), feature.data(), time.data(), nullptr, state.data(), out.data());
    else
      svdf_s8(p, in.data(), feature.data(), time.data(), nullptr, state.data(), out.data());
    for (std::size_t n = 0; n < batches; ++n)
      for (std::size_t u = 0; u < static_cast<std::size_t>(p.units); ++u) {
        double sum = 0;
        for (std::size_t f = u * static_cast<std::size_t>(p.rank);
             f < (u + 1) * static_cast<std::size_t>(p.rank); ++f) {
          const std::size_t at = (n * filters + f) * memory;
          for (std::size_t m = 0; m + 1 < memory; ++m) ASSERT_EQ(state[at + m], before[at + m + 1]) << seed;
          double projected = 0;
          for (std::size_t i = 0; i < inputs; ++i)
            projected += (in[n * inputs + i] - p.in_zero_point) * feature[f * inputs + i];
          const double lowest = narrow ? -128 : -32768, highest = narrow ? 127 : 32767;
          ASSERT_NEAR(state[at + memory - 1],
                      std::clamp(projected * to_state + p.state_zero_point, lowest, highest), 0.76)
              << seed;
          for (std::size_t m = 0; m < memory; ++m)
            sum += (state[at + m] - p.state_zero_point) * time[f * memory + m];
        }
        ASSERT_NEAR(out[n * static_cast<std::size_t>(p.units) + u],
                    std::clamp(sum * to_out + p.out_zero_point, -128.0, 127.0), 0.76)
            << seed;
      }
    before = state;
  }
}

TEST(SvdfS8, IsTheFormulaToItsTwoRoundingsAndShiftsItsMemory) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    expect_within_one_step<std::int16_t>(seed);
    expect_within_one_step<std::int8_t>(seed);
  }
}

}  // namespace
}  // namespace mote
