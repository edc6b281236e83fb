// transpose_conv: gathering gives what scattering every input pixel gives, bit for bit.
#include <gtest/gtest.h>

#include "kernels/random_calls.h"
#include "mote/base/fixed.h"
#include "mote/nn/transpose_conv/transpose_conv_f32.h"
#include "mote/nn/transpose_conv/transpose_conv_s16.h"
#include "mote/nn/transpose_conv/transpose_conv_s8.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
namespace calls = kernels::random_calls;

/// Every output size from one that cuts the last footprints to one with rows that none covers.
template <class Params>
Params geometry(Random& random) {
  Params p{};
  p.batches = random.between(1, 2);
  p.in_h = random.between(1, 5), p.in_w = random.between(1, 5), p.in_c = random.between(1, 4);
  p.kernel_h = random.between(1, 4), p.kernel_w = random.between(1, 4), p.out_c = random.between(1, 4);
  p.stride_h = random.between(1, 4), p.stride_w = random.between(1, 3);
  p.pad_top = random.between(0, p.kernel_h - 1), p.pad_left = random.between(0, p.kernel_w - 1);
  p.out_h = random.between(1, p.in_h * p.stride_h + 3), p.out_w = random.between(1, p.in_w * p.stride_w + 3);
  return p;
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
  return std::int64_t{p.out_c} * p.kernel_h * p.kernel_w * p.in_c;
}

/// The sums of all outputs by scattering, as TFLM does it.
template <class Sum, class Params, class In, class Weight>
std::vector<Sum> scattered(const Params& p, const In* in, const Weight* weights, Sum zero_point) {
  std::vector<Sum> sums(static_cast<std::size_t>(out_count(p)), Sum{0});
  for (int n = 0; n < p.batches; ++n)
    for (int iy = 0; iy < p.in_h; ++iy)
      for (int ix = 0; ix < p.in_w; ++ix)
        for (int i = 0; i < p.in_c; ++i)
          for (int ky = 0; ky < p.kernel_h; ++ky)
            for (int kx = 0; kx < p.kernel_w; ++kx)
              for (int o = 0; o < p.out_c; ++o) {
                const int y = iy * p.stride_h - p.pad_top + ky, x = ix * p.stride_w - p.pad_left + kx;
                if (y < 0 || y >= p.out_h || x < 0 || x >= p.out_w) continue;
                const Sum value =
                    static_cast<Sum>(in[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + i]) - zero_point;
                const Sum weight =
                    static_cast<Sum>(weights[((o * p.kernel_h + ky) * p.kernel_w + kx) * p.in_c + i]);
                sums[static_cast<std::size_t>(((n * p.out_h + y) * p.out_w + x) * p.out_c + o)] +=
                    value * weight;
              }
  return sums;
}

RandomCall f32_call(Random& random) {
  auto p = geometry<TransposeConvF32Params>(random);
  calls::set_f32_activation(p, random);
  calls::Builder b("transpose_conv_f32", p);
  b.in(DType::F32, calls::f32(random, in_count(p)));
  b.rom(DType::F32, calls::f32(random, weight_count(p)), "weights");
  b.bias_f32(random, p.out_c);
  b.out(DType::F32, out_count(p));
  return b.made;
}
RandomCall s8_call(Random& random) {
  auto p = geometry<TransposeConvS8Params>(random);
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  calls::set_s8_activation(p, random);
  calls::Builder b("transpose_conv_s8", p);
  b.in(DType::S8, calls::s8(random, in_count(p)));
  b.rom(DType::S8, calls::s8(random, weight_count(p)), "weights");
  b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S8, out_count(p));
  return b.made;
}
RandomCall s16_call(Random& random, const char* kernel, bool wide) {
  auto p = geometry<TransposeConvS16Params>(random);
  p.act_min = -32768, p.act_max = random.one_in(2) ? 32767 : 1000;
  calls::Builder b(kernel, p);
  std::vector<std::int16_t> in(static_cast<std::size_t>(in_count(p)));
  for (auto& v : in) v = static_cast<std::int16_t>(random.between(-32768, 32767));
  b.in(DType::S16, in);
  b.rom(DType::S8, calls::s8(random, weight_count(p)), "weights");
  if (wide)
    b.rom(DType::S64, std::vector<std::int64_t>(static_cast<std::size_t>(p.out_c), -70000000000), "bias");
  else
    b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S16, out_count(p));
  return b.made;
}
const kernels::RandomCallsOf kF32{"transpose_conv_f32", f32_call};
const kernels::RandomCallsOf kS8{"transpose_conv_s8", s8_call};
const kernels::RandomCallsOf kS16{"transpose_conv_s16",
                                  [](Random& r) { return s16_call(r, "transpose_conv_s16", true); }};
const kernels::RandomCallsOf kS16Sum32{
    "transpose_conv_s16_sum32", [](Random& r) { return s16_call(r, "transpose_conv_s16_sum32", false); }};

TEST(TransposeConvF32, HasTheBitsOfScatteredSums) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const RandomCall call = f32_call(random);
    const auto p = from_block<TransposeConvF32Params>(call.call.params);
    const auto weights = kernels::constants_of<float>(call.call, 1),
               bias = kernels::constants_of<float>(call.call, 2);
    auto wanted =
        scattered<float>(p, reinterpret_cast<const float*>(call.inputs[0].data()), weights.data(), 0.0f);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!bias.empty()) wanted[i] += bias[i % bias.size()];
      wanted[i] = std::min(std::max(wanted[i], p.act_min), p.act_max);
    }
    EXPECT_EQ(kernels::run_apart(reference_of("transpose_conv_f32"), call), calls::bytes_of_values(wanted))
        << seed;
  }
}

template <class Params, class In, class Bias>
std::vector<std::int64_t> sums_of(const RandomCall& call, const Params& p, std::int64_t zero_point) {
  const auto weights = kernels::constants_of<std::int8_t>(call.call, 1);
  const auto bias = kernels::constants_of<Bias>(call.call, 2);
  auto sums = scattered<std::int64_t>(p, reinterpret_cast<const In*>(call.inputs[0].data()), weights.data(),
                                      zero_point);
  for (std::size_t i = 0; i < sums.size() && !bias.empty(); ++i) sums[i] += bias[i % bias.size()];
  return sums;
}

TEST(TransposeConvS8, RequantizesTheScatteredSums) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const RandomCall call = s8_call(random);
    const auto p = from_block<TransposeConvS8Params>(call.call.params);
    const auto multiplier = kernels::constants_of<std::int32_t>(call.call, 3);
    const auto shift = kernels::constants_of<std::int8_t>(call.call, 4);
    std::vector<std::int8_t> wanted;
    for (const std::int64_t sum :
         sums_of<TransposeConvS8Params, std::int8_t, std::int32_t>(call, p, p.in_zero_point)) {
      const std::size_t o = wanted.size() % multiplier.size();
      const std::int32_t scaled =
          requantize(static_cast<std::int32_t>(sum), multiplier[o], shift[o]) + p.out_zero_point;
      wanted.push_back(static_cast<std::int8_t>(std::min(std::max(scaled, p.act_min), p.act_max)));
    }
    EXPECT_EQ(kernels::run_apart(reference_of("transpose_conv_s8"), call), calls::bytes_of_values(wanted))
        << seed;
  }
}

TEST(TransposeConvS16, RequantizesTheScatteredSums) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const RandomCall call = s16_call(random, "transpose_conv_s16", true);
    const auto p = from_block<TransposeConvS16Params>(call.call.params);
    const auto multiplier = kernels::constants_of<std::int32_t>(call.call, 3);
    const auto shift = kernels::constants_of<std::int8_t>(call.call, 4);
    std::vector<std::int16_t> wanted;
    for (const std::int64_t sum : sums_of<TransposeConvS16Params, std::int16_t, std::int64_t>(call, p, 0)) {
      const std::size_t o = wanted.size() % multiplier.size();
      wanted.push_back(static_cast<std::int16_t>(
          clamp(requantize_s64(sum, multiplier[o], shift[o]), p.act_min, p.act_max)));
    }
    EXPECT_EQ(kernels::run_apart(reference_of("transpose_conv_s16"), call), calls::bytes_of_values(wanted))
        << seed;
  }
}

}  // namespace
}  // namespace mote
