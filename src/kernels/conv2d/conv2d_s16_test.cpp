// Convolutions in groups and in s16, depthwise and fully connected in s16: random calls of them, and their values against
// sums in wide integers.
#include <gtest/gtest.h>

#include "kernels/random_calls.h"
#include "mote/base/fixed.h"
#include "mote/nn/conv2d/conv2d_grouped_s8.h"
#include "mote/nn/conv2d/conv2d_s16.h"
#include "mote/nn/conv2d/conv2d_s8.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s16.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h"
#include "mote/nn/fully_connected/fully_connected_s16.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
namespace calls = kernels::random_calls;

std::vector<std::int16_t> s16(Random& random, std::int64_t n) {
  std::vector<std::int16_t> values(static_cast<std::size_t>(n));
  for (auto& v : values)
    v = static_cast<std::int16_t>(random.one_in(8) ? random.one_of({-32768, 32767})
                                                   : random.between(-32768, 32767));
  return values;
}
template <class Params>
void set_s16_activation(Params& p, Random& random) {
  p.act_min = random.one_in(2) ? -32768 : random.between(-32768, 20000);
  p.act_max = random.one_in(2) ? 32767 : random.between(p.act_min, 32767);
}
void bias_s64(calls::Builder& b, Random& random, std::int32_t n) {
  if (random.one_in(3)) return b.absent(DType::S64);
  std::vector<std::int64_t> bias;
  for (std::int32_t i = 0; i < n; ++i) bias.push_back(std::int64_t{1000} * random.between(-3000000, 3000000));
  b.rom(DType::S64, bias, "bias");
}

/// Channels of x and out in groups of the same size.
template <class Params>
void set_groups(Params& p, Random& random) {
  calls::set_conv_window(p, random);
  p.groups = random.one_of({1, 2, 3, 4});
  p.in_c = p.groups * random.one_of({1, 2, 3});
  p.out_c = p.groups * random.one_of({1, 2, 3});
}
template <class Params>
std::int64_t in_count(const Params& p) {
  return std::int64_t{p.batches} * p.in_h * p.in_w * p.in_c;
}
template <class Params>
std::int64_t out_count(const Params& p) {
  return std::int64_t{p.batches} * p.out_h * p.out_w * p.out_c;
}
template <class Params>
std::int64_t weight_count(const Params& p) {
  return std::int64_t{p.out_c} * p.kernel_h * p.kernel_w * (p.in_c / p.groups);
}

const kernels::RandomCallsOf kGroupedS8{"conv2d_grouped_s8", [](Random& random) {
                                          Conv2dGroupedS8Params p{};
                                          set_groups(p, random);
                                          p.in_zero_point = random.zero_point(),
                                          p.out_zero_point = random.zero_point();
                                          calls::set_s8_activation(p, random);
                                          calls::Builder b("conv2d_grouped_s8", p);
                                          b.in(DType::S8, calls::s8(random, in_count(p)));
                                          b.rom(DType::S8, calls::s8(random, weight_count(p)), "weights");
                                          b.bias_s32(random, p.out_c);
                                          b.requantize_table(random, p.out_c);
                                          b.out(DType::S8, out_count(p));
                                          return b.made;
                                        }};
const kernels::RandomCallsOf kGroupedF32{"conv2d_grouped_f32", [](Random& random) {
                                           Conv2dGroupedF32Params p{};
                                           set_groups(p, random);
                                           calls::set_f32_activation(p, random);
                                           calls::Builder b("conv2d_grouped_f32", p);
                                           b.in(DType::F32, calls::f32(random, in_count(p)));
                                           b.rom(DType::F32, calls::f32(random, weight_count(p)), "weights");
                                           b.bias_f32(random, p.out_c);
                                           b.out(DType::F32, out_count(p));
                                           return b.made;
                                         }};

RandomCall conv_s16(Random& random, const char* kernel, bool wide) {
  Conv2dS16Params p{};
  set_groups(p, random);
  set_s16_activation(p, random);
  calls::Builder b(kernel, p);
  b.in(DType::S16, s16(random, in_count(p)));
  b.rom(DType::S8, calls::s8(random, weight_count(p)), "weights");
  wide ? bias_s64(b, random, p.out_c) : b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S16, out_count(p));
  return b.made;
}
const kernels::RandomCallsOf kConvS16{"conv2d_s16",
                                      [](Random& r) { return conv_s16(r, "conv2d_s16", true); }};
const kernels::RandomCallsOf kConvS16Sum32{"conv2d_s16_sum32",
                                           [](Random& r) { return conv_s16(r, "conv2d_s16_sum32", false); }};

const kernels::RandomCallsOf kDepthwiseS16{
    "depthwise_conv2d_s16", [](Random& random) {
      DepthwiseConv2dS16Params p{};
      calls::set_conv_window(p, random);
      p.in_c = calls::channels(random), p.depth_multiplier = random.one_of({1, 1, 2, 5});
      p.out_c = p.in_c * p.depth_multiplier;
      set_s16_activation(p, random);
      calls::Builder b("depthwise_conv2d_s16", p);
      b.in(DType::S16, s16(random, in_count(p)));
      b.rom(DType::S8, calls::s8(random, p.out_c * p.kernel_h * p.kernel_w), "weights");
      bias_s64(b, random, p.out_c);
      b.requantize_table(random, p.out_c);
      b.out(DType::S16, out_count(p));
      return b.made;
    }};

RandomCall dense_s16(Random& random, const char* kernel, bool wide) {
  FullyConnectedS16Params p{};
  p.batches = random.between(1, 3);
  p.in_count = random.one_of({1, 3, 17, 64}), p.out_count = random.one_of({1, 2, 5, 9});
  p.requant_step = random.between(0, 1);
  set_s16_activation(p, random);
  calls::Builder b(kernel, p);
  b.in(DType::S16, s16(random, p.batches * p.in_count));
  b.rom(DType::S8, calls::s8(random, p.out_count * p.in_count), "weights");
  wide ? bias_s64(b, random, p.out_count) : b.bias_s32(random, p.out_count);
  b.requantize_table(random, p.requant_step == 1 ? p.out_count : 1);
  b.out(DType::S16, p.batches * p.out_count);
  return b.made;
}
const kernels::RandomCallsOf kDenseS16{"fully_connected_s16",
                                       [](Random& r) { return dense_s16(r, "fully_connected_s16", true); }};
const kernels::RandomCallsOf kDenseS16Sum32{
    "fully_connected_s16_sum32", [](Random& r) { return dense_s16(r, "fully_connected_s16_sum32", false); }};

TEST(RequantizeS64, IsOneRoundingOfTheProductWithAMultiplierOf15Bits) {
  std::mt19937_64 bits(5);
  for (int i = 0; i < 20000; ++i) {
    const auto x = static_cast<std::int64_t>(bits()) >> (17 + bits() % 46);  // |x| < 2^46
    const auto multiplier = static_cast<std::int32_t>((1u << 30) + bits() % (1u << 30));
    const auto shift = static_cast<std::int32_t>(bits() % 39) - 31;  // −31 … 7
    const std::int64_t reduced = std::min<std::int64_t>((std::int64_t{multiplier} + 32768) / 65536, 32767);
    const std::int64_t divisor = std::int64_t{1} << (15 - shift);
    const std::int64_t numerator = x * reduced + divisor / 2;  // below 2^62
    std::int64_t quotient = numerator / divisor;
    if (numerator < 0 && numerator % divisor != 0) quotient -= 1;  // floor
    EXPECT_EQ(requantize_s64(x, multiplier, shift), static_cast<std::int32_t>(quotient)) << x << " " << shift;
  }
  EXPECT_EQ(requantize_s64(100000, 0x7fff8000, 0), 99997);  // 32767 / 32768: not rounded up to 1
  EXPECT_EQ(requantize_s64(5, 1 << 30, 0), 3);              // halves go up …
  EXPECT_EQ(requantize_s64(-5, 1 << 30, 0), -2);            // … below zero, too
  EXPECT_EQ(requantize_s64(123456, 0, -31), 0);
}

TEST(OffsetClamp, DoesNotOverflow) {
  EXPECT_EQ(offset_clamp(INT32_MAX, 100, -128, 127), 127);
  EXPECT_EQ(offset_clamp(INT32_MIN, -128, -128, 127), -128);
  EXPECT_EQ(offset_clamp(5, -3, -128, 127), 2);
}

TEST(Conv2dGroupedS8, IsConv2dWithOneGroupAndDepthwiseWithOneAChannel) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    Conv2dGroupedS8Params p{};
    calls::set_conv_window(p, random);
    p.in_c = calls::channels(random), p.groups = random.one_in(2) ? 1 : p.in_c;
    p.out_c = p.groups == 1 ? calls::channels(random) : p.in_c * 2;
    p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
    p.act_min = -128, p.act_max = 127;
    const auto in = calls::s8(random, in_count(p));
    const auto weights = calls::s8(random, weight_count(p));
    const std::vector<std::int32_t> multiplier(static_cast<std::size_t>(p.out_c), 1500000000);
    const std::vector<std::int8_t> shift(static_cast<std::size_t>(p.out_c), -9);
    std::vector<std::int8_t> out(static_cast<std::size_t>(out_count(p))), wanted(out.size());
    conv2d_grouped_s8(p, in.data(), weights.data(), nullptr, multiplier.data(), shift.data(), out.data());
    if (p.groups == 1) {
      auto block = to_block(p);
      block.type = "Conv2dS8Params";
      block.fields.pop_back();
      conv2d_s8(from_block<Conv2dS8Params>(block), in.data(), weights.data(), nullptr, multiplier.data(),
                shift.data(), wanted.data());
    } else {
      DepthwiseConv2dS8Params d{p.batches,  p.in_h,          p.in_w,           p.in_c,     p.out_h,
                                p.out_w,    p.out_c,         p.kernel_h,       p.kernel_w, p.stride_h,
                                p.stride_w, p.dilation_h,    p.dilation_w,     p.pad_top,  p.pad_left,
                                2,          p.in_zero_point, p.out_zero_point, -128,       127};
      const auto taps = static_cast<std::size_t>(p.kernel_h * p.kernel_w),
                 outputs = static_cast<std::size_t>(p.out_c);
      std::vector<std::int8_t> turned(weights.size());  // [o, tap] → [tap, o]
      for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t t = 0; t < taps; ++t) turned[t * outputs + o] = weights[o * taps + t];
      depthwise_conv2d_s8(d, in.data(), turned.data(), nullptr, multiplier.data(), shift.data(),
                          wanted.data());
    }
    EXPECT_EQ(out, wanted) << "seed " << seed;
  }
}

TEST(FullyConnectedS16, SumsIn64BitsOrWrapsIn32) {
  const FullyConnectedS16Params p = {1, 4, 1, 0, -32768, 32767};
  const std::vector<std::int16_t> in = {32767, 32767, 32767, 32767};
  const std::vector<std::int8_t> weights = {127, 127, 127, 127};
  const std::int32_t multiplier = 1 << 30;
  const std::int8_t shift = -20;
  const std::int64_t bias = std::int64_t{1} << 33;
  std::int16_t out = 0;
  fully_connected_s16(p, in.data(), weights.data(), &bias, &multiplier, &shift, &out);
  EXPECT_EQ(out, ((std::int64_t{32767} * 127 * 4 + bias) * 16384 + (std::int64_t{1} << 34)) >> 35);
  const std::int32_t narrow = INT32_MAX;  // the sum wraps to a large negative number
  fully_connected_s16_sum32(p, in.data(), weights.data(), &narrow, &multiplier, &shift, &out);
  EXPECT_LT(out, 0);
}

TEST(DepthwiseConv2dS16, IsConv2dInGroupsWithOneChannelEach) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const RandomCall call = kernels::generators().at("depthwise_conv2d_s16")(random);
    const auto d = from_block<DepthwiseConv2dS16Params>(call.call.params);
    const Conv2dS16Params p = {d.batches,    d.in_h,     d.in_w,     d.in_c,     d.out_h,    d.out_w,
                               d.out_c,      d.kernel_h, d.kernel_w, d.stride_h, d.stride_w, d.dilation_h,
                               d.dilation_w, d.pad_top,  d.pad_left, d.in_c,     d.act_min,  d.act_max};
    const auto weights = kernels::constants_of<std::int8_t>(call.call, 1);
    const auto bias = kernels::constants_of<std::int64_t>(call.call, 2);
    const auto multiplier = kernels::constants_of<std::int32_t>(call.call, 3);
    const auto shift = kernels::constants_of<std::int8_t>(call.call, 4);
    const auto taps = static_cast<std::size_t>(d.kernel_h * d.kernel_w),
               outputs = static_cast<std::size_t>(d.out_c);
    std::vector<std::int8_t> turned(weights.size());  // [tap, o] → [o, tap]
    for (std::size_t o = 0; o < outputs; ++o)
      for (std::size_t t = 0; t < taps; ++t) turned[o * taps + t] = weights[t * outputs + o];
    Bytes out(call.out_bytes);
    conv2d_s16(p, reinterpret_cast<const std::int16_t*>(call.inputs[0].data()), turned.data(),
               bias.empty() ? nullptr : bias.data(), multiplier.data(), shift.data(),
               reinterpret_cast<std::int16_t*>(out.data()));
    EXPECT_EQ(out, kernels::run_apart(reference_of("depthwise_conv2d_s16"), call)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace mote
