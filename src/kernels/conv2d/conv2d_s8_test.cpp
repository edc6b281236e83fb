// conv2d_s8, a case small enough to compute by hand.
#include "mote/nn/conv2d/conv2d_s8.h"

#include <gtest/gtest.h>

#include <array>

#include "mote/nn/conv2d/conv2d_s8_direct.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h"

namespace mote {
namespace {

// Image 2×2, kernel 2×2, same padding (one row and column below and right), one channel in and out.
// With zero point 1 the image is  1 2     and the kernel  1 10
//                                 3 4                   100 −1
constexpr Conv2dS8Params kSmall = {1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 1, 1, 1, 0, 0, 1, 0, -128, 127};
constexpr std::array<std::int8_t, 4> kImage = {2, 3, 4, 5};
constexpr std::array<std::int8_t, 4> kKernel = {1, 10, 100, -1};
constexpr std::int32_t kBias = 3;
// Half of the sum: multiplier 1/2, shift 0.  Sums: 1+20+300−4+3 = 320, 2+400+3 = 405, 3+40+3 = 46, 4+3 = 7.
constexpr std::int32_t kHalf = 1 << 30;
constexpr std::int8_t kNoShift = 0;
const std::array<std::int8_t, 4> kExpected = {127, 127, 23, 4};  // 3.5 rounds up

TEST(Conv2dS8, EqualsTheSumDoneByHand) {
  std::array<std::int8_t, 4> out{};
  conv2d_s8(kSmall, kImage.data(), kKernel.data(), &kBias, &kHalf, &kNoShift, out.data());
  EXPECT_EQ(out, kExpected);
  out = {};
  conv2d_s8_direct(kSmall, kImage.data(), kKernel.data(), &kBias, &kHalf, &kNoShift, out.data());
  EXPECT_EQ(out, kExpected);
}

TEST(DepthwiseConv2dS8, OfOneChannelIsConv2d) {
  const DepthwiseConv2dS8Params p = {1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 1, 1, 1, 0, 0, 1, 1, 0, -128, 127};
  std::array<std::int8_t, 4> out{};
  depthwise_conv2d_s8(p, kImage.data(), kKernel.data(), &kBias, &kHalf, &kNoShift, out.data());
  EXPECT_EQ(out, kExpected);
}

TEST(TapsInside, AreThoseThatTheDefinitionGives) {
  for (std::int32_t extent = 1; extent <= 6; ++extent) {
    for (std::int32_t kernel = 1; kernel <= 5; ++kernel) {
      for (std::int32_t dilation = 1; dilation <= 3; ++dilation) {
        for (std::int32_t first = -16; first <= 8; ++first) {
          const TapRange taps = taps_inside(first, kernel, dilation, extent);
          for (std::int32_t k = 0; k < kernel; ++k) {
            const std::int32_t at = first + k * dilation;
            EXPECT_EQ(at >= 0 && at < extent, k >= taps.begin && k < taps.end) << first << " " << k;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mote
