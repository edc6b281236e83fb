// Random calls of the resizing kernels, for the tests that all kernels share.
#include <gtest/gtest.h>

#include "kernels/random_calls.h"
#include "mote/nn/resize/resize.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
namespace calls = kernels::random_calls;

template <class Params>
Params geometry(Random& random) {
  Params p{};
  p.batches = random.between(1, 2);
  p.in_h = random.between(1, 5), p.in_w = random.between(1, 5);
  p.out_h = random.between(1, 9), p.out_w = random.between(1, 9);
  return p;
}

RandomCall nearest(Random& random) {
  auto p = geometry<ResizeNearestParams>(random);
  p.pixel_bytes = random.one_of({1, 2, 3, 4, 12});
  const auto table = [&](std::int32_t in, std::int32_t out) {
    std::vector<std::int16_t> from;
    for (std::int32_t i = 0; i < out; ++i)
      from.push_back(static_cast<std::int16_t>(random.between(0, in - 1)));
    return from;
  };
  calls::Builder b("resize_nearest", p);
  b.in(DType::U8, calls::s8(random, p.batches * p.in_h * p.in_w * p.pixel_bytes));
  b.rom(DType::S16, table(p.in_h, p.out_h), "rows");
  b.rom(DType::S16, table(p.in_w, p.out_w), "columns");
  b.out(DType::U8, p.batches * p.out_h * p.out_w * p.pixel_bytes);
  return b.made;
}

RandomCall bilinear_f32(Random& random) {
  auto p = geometry<ResizeBilinearF32Params>(random);
  p.channels = random.between(1, 3), p.half_pixel = random.between(0, 1);
  p.scale_h = static_cast<float>(p.in_h) / static_cast<float>(p.out_h);
  p.scale_w = static_cast<float>(p.in_w) / static_cast<float>(p.out_w);
  calls::Builder b("resize_bilinear_f32", p);
  b.in(DType::F32, calls::f32(random, p.batches * p.in_h * p.in_w * p.channels));
  b.out(DType::F32, p.batches * p.out_h * p.out_w * p.channels);
  return b.made;
}

/// Now and then a scale that points outside: no byte outside may be read.
RandomCall bilinear_s8(Random& random) {
  auto p = geometry<ResizeBilinearS8Params>(random);
  p.channels = random.between(1, 3), p.half_pixel = random.between(0, 1);
  const std::int32_t too_far = random.one_in(8) ? 2 : 1;
  p.scale_h = too_far * 1024 * p.in_h / p.out_h;
  p.scale_w = too_far * 1024 * p.in_w / p.out_w;
  calls::Builder b("resize_bilinear_s8", p);
  b.in(DType::S8, calls::s8(random, p.batches * p.in_h * p.in_w * p.channels));
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.channels);
  return b.made;
}

const kernels::RandomCallsOf kNearest{"resize_nearest", nearest};
const kernels::RandomCallsOf kBilinearF32{"resize_bilinear_f32", bilinear_f32};
const kernels::RandomCallsOf kBilinearS8{"resize_bilinear_s8", bilinear_s8};

TEST(ResizeBilinear, OfAConstantImageIsConstantInEveryGeometry) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    RandomCall call = bilinear_s8(random);
    const std::uint8_t value = seed % 2 == 0 ? 0x80 : 0x7f;
    call.inputs[0].assign(call.inputs[0].size(), value);
    EXPECT_EQ(kernels::run_apart(reference_of("resize_bilinear_s8"), call), Bytes(call.out_bytes, value))
        << seed;
  }
}

}  // namespace
}  // namespace mote
