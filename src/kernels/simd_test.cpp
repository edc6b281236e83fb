// The kernels for application processors answer the reference's bytes on every level that this machine has, not on its best alone,
// and with as many channels as their blocks have and more.
#include <gtest/gtest.h>

#include "base/text.h"
#include "kernels/random_calls.h"
#include "mote/nn/conv2d/conv2d_s8_simd.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_simd.h"
#include "mote/nn/elementwise/add_s8_simd.h"
#include "mote/nn/fully_connected/fully_connected_s8_simd.h"
#include "mote/nn/pool/average_pool2d_s8_simd.h"

namespace mote {
namespace {
using namespace kernels;

constexpr std::int32_t kChannels[] = {1, 3, 15, 16, 17, 31, 32, 33, 48, 49, 63, 64, 65, 80, 113, 128, 130};

std::int32_t some_channels(Random& random) { return kChannels[random.between(0, std::size(kChannels) - 1)]; }

RandomCall wide_conv2d(Random& random) {
  Conv2dS8Params p{};
  random_calls::set_conv_window(p, random);
  p.in_c = some_channels(random), p.out_c = some_channels(random);
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  random_calls::set_s8_activation(p, random);
  random_calls::Builder b("conv2d_s8", p);
  b.in(DType::S8, random_calls::s8(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::S8, random_calls::s8(random, p.out_c * p.kernel_h * p.kernel_w * p.in_c), "weights");
  b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

RandomCall wide_depthwise(Random& random) {
  DepthwiseConv2dS8Params p{};
  random_calls::set_conv_window(p, random);
  p.in_c = p.out_c = some_channels(random), p.depth_multiplier = 1;
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  random_calls::set_s8_activation(p, random);
  random_calls::Builder b("depthwise_conv2d_s8", p);
  b.in(DType::S8, random_calls::s8(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::S8, random_calls::s8(random, p.out_c * p.kernel_h * p.kernel_w), "weights");
  b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

RandomCall wide_dense(Random& random) {
  FullyConnectedS8Params p{};
  p.batches = random.between(1, 7), p.in_count = random.between(1, 200), p.out_count = some_channels(random);
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  p.requant_step = random.between(0, 1);
  random_calls::set_s8_activation(p, random);
  random_calls::Builder b("fully_connected_s8", p);
  b.in(DType::S8, random_calls::s8(random, p.batches * p.in_count));
  b.rom(DType::S8, random_calls::s8(random, p.out_count * p.in_count), "weights");
  b.bias_s32(random, p.out_count);
  b.requantize_table(random, p.requant_step == 1 ? p.out_count : 1);
  b.out(DType::S8, p.batches * p.out_count);
  return b.made;
}

const KernelVariant& simd_of(const KernelId& kernel) {
  for (const KernelVariant* variant : kernel_registry()) {
    if (variant->kernel == kernel && variant->name == "simd") return *variant;
  }
  ADD_FAILURE() << kernel << " has no variant 'simd'";
  return reference_of(kernel);
}

template <std::int32_t level>
void conv2d_at(const Conv2dS8Params& p, const std::int8_t* in, const std::int32_t* stream, std::int8_t* out,
               void* scratch) {
  conv2d_s8_simd_at(level, p, in, stream, out, scratch);
}
template <std::int32_t level>
void depthwise_at(const DepthwiseConv2dS8Params& p, const std::int8_t* in, const std::int32_t* stream,
                  std::int8_t* out, void* scratch) {
  depthwise_conv2d_s8_simd_at(level, p, in, stream, out, scratch);
}
template <std::int32_t level>
void dense_at(const FullyConnectedS8Params& p, const std::int8_t* in, const std::int32_t* stream,
              std::int8_t* out, void* scratch) {
  fully_connected_s8_simd_at(level, p, in, stream, out, scratch);
}
template <std::int32_t level>
void add_at(const AddS8Params& p, const std::int8_t* in1, const std::int8_t* in2, std::int8_t* out) {
  add_s8_simd_at(level, p, in1, in2, out);
}
template <std::int32_t level>
void average_at(const Pool2dS8Params& p, const std::int8_t* in, std::int8_t* out) {
  average_pool2d_s8_simd_at(level, p, in, out);
}

using Generator = RandomCall (*)(Random&);
using RunAt = void (*)(const Packed&, Buffers);

/// The reference's bytes on levels 0, 1 and 2, as far as they are there.
void expect_reference(const KernelId& kernel, Generator generator, const RunAt (&runs)[3], int calls) {
  const KernelVariant& simd = simd_of(kernel);
  int taken = 0;
  for (int seed = 0; seed < calls; ++seed) {
    Random random(static_cast<std::uint64_t>(seed) + 77);
    const RandomCall made = generator(random);
    const KernelVariant& reference = reference_of(kernel);
    const Facts facts = reference.facts != nullptr ? reference.facts(made.call) : Facts{};
    if (simd.fits != nullptr && !simd.fits(made.call, facts)) continue;
    ++taken;
    const Bytes wanted = run_apart(reference, made);
    for (std::int32_t level = 0; level <= simd_level(); ++level) {
      KernelVariant at_level = simd;
      at_level.run = runs[level];
      ASSERT_EQ(run_apart(at_level, made), wanted) << kernel << ", seed " << seed << ", level " << level;
    }
  }
  EXPECT_GT(taken, calls / 4);
}

TEST(Simd, ConvolutionsAnswerTheReferenceOnEveryLevel) {
  constexpr RunAt runs[] = {run_of<conv2d_at<0>>, run_of<conv2d_at<1>>, run_of<conv2d_at<2>>};
  expect_reference("conv2d_s8", wide_conv2d, runs, 150);
  expect_reference("conv2d_s8", random_calls::conv2d_s8, runs, 400);
}
TEST(Simd, DepthwiseConvolutionsAnswerTheReferenceOnEveryLevel) {
  constexpr RunAt runs[] = {run_of<depthwise_at<0>>, run_of<depthwise_at<1>>, run_of<depthwise_at<2>>};
  expect_reference("depthwise_conv2d_s8", wide_depthwise, runs, 400);
  expect_reference("depthwise_conv2d_s8", random_calls::depthwise_conv2d_s8, runs, 400);
}
TEST(Simd, DenseLayersAnswerTheReferenceOnEveryLevel) {
  constexpr RunAt runs[] = {run_of<dense_at<0>>, run_of<dense_at<1>>, run_of<dense_at<2>>};
  expect_reference("fully_connected_s8", wide_dense, runs, 400);
}
TEST(Simd, SumsAnswerTheReferenceOnEveryLevel) {
  constexpr RunAt runs[] = {run_of<add_at<0>>, run_of<add_at<1>>, run_of<add_at<2>>};
  expect_reference("add_s8", random_calls::add_s8, runs, 400);
}
TEST(Simd, MeansAnswerTheReferenceOnEveryLevel) {
  constexpr RunAt runs[] = {run_of<average_at<0>>, run_of<average_at<1>>, run_of<average_at<2>>};
  expect_reference("average_pool2d_s8", random_calls::pool_s8<random_calls::kAverageS8>, runs, 400);
}

}  // namespace
}  // namespace mote
