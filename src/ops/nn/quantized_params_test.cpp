#include "ops/nn/quantized_params.h"

#include <gtest/gtest.h>

namespace mote::nn {
namespace {

Tensor quantized(float scale, std::int32_t zero_point) {
  Tensor tensor;
  tensor.type.dtype = DType::S8;
  tensor.quant = {{scale}, {zero_point}, 0};
  return tensor;
}

TEST(QuantizeMultiplier, EqualsHandComputedValues) {
  struct Row {
    double real;
    Requant expected;
  };
  const Row rows[] = {
      {0.0, {0, 0}},
      {1.0, {1 << 30, 1}},  // 1/2 · 2^1
      {0.5, {1 << 30, 0}},
      {0.75, {1610612736, 0}},  // 3/4 · 2^31
      {3.0, {1610612736, 2}},
      {1.0 / 3.0, {1431655765, -1}},        // 2/3 · 2^31 = 1431655765.33
      {1.0 - 0x1p-33, {1 << 30, 1}},        // rounds to 2^31: halved, one exponent more
      {0.5 + 0x1p-32, {(1 << 30) + 1, 0}},  // exactly half a step: away from zero
      {0x1p-32, {1 << 30, -31}},            // the last that is not flushed
      {0x1.fffffp-33, {0, 0}},              // shift would be −32
      {0x1p29, {1 << 30, 30}},
  };
  for (const Row& row : rows) {
    const auto got = quantize_multiplier(row.real);
    ASSERT_TRUE(got) << row.real;
    EXPECT_EQ(got->multiplier, row.expected.multiplier) << row.real;
    EXPECT_EQ(got->shift, row.expected.shift) << row.real;
  }
}

TEST(QuantizeMultiplier, RefusesWhatTheDeviceCannotShift) {
  EXPECT_FALSE(quantize_multiplier(0x1p30));
  EXPECT_FALSE(quantize_multiplier(-0.5));
  EXPECT_FALSE(quantize_multiplier(HUGE_VAL));
  EXPECT_FALSE(quantize_multiplier(std::nan("")));
  EXPECT_FALSE(quantize_multiplier_below_one(1.0));
  EXPECT_FALSE(quantize_multiplier_below_one(1.0 - 0x1p-40));  // rounds to 1
  EXPECT_FALSE(quantize_multiplier_below_one(0.0));
}

TEST(EffectiveScale, OfFullyConnectedRoundsTheProductToFloatFirst) {
  // (1 + 2^-23)^2 = 1 + 2^-22 + 2^-46 in double; the last term is lost in float32.
  const float a = 1.0f + 0x1p-23f;
  EXPECT_EQ(effective_scale(a, a, 1.0f), 1.0 + 0x1p-22 + 0x1p-46);
  EXPECT_EQ(effective_scale_fully_connected(a, a, 1.0f), 1.0 + 0x1p-22);
}

TEST(ActivationRange, ClampsInTheQuantizedDomain) {
  EXPECT_EQ(activation_range(Activation::None, quantized(0.1f, 5)), (IntRange{-128, 127}));
  EXPECT_EQ(activation_range(Activation::Relu, quantized(0.1f, 5)), (IntRange{5, 127}));
  EXPECT_EQ(activation_range(Activation::Relu6, quantized(0.1f, 5)), (IntRange{5, 65}));
  EXPECT_EQ(activation_range(Activation::Relu6, quantized(0.01f, -128)), (IntRange{-128, 127}));
  EXPECT_EQ(activation_range(Activation::Relu6, quantized(1e-30f, 127)),
            (IntRange{127, 127}));                                                       // no overflow
  EXPECT_EQ(activation_range(Activation::Relu6, quantized(4.0f, 0)), (IntRange{0, 2}));  // 1.5 → 2
}

TEST(AddRequant, HalvesTheSmallerAndScalesTheSumDown) {
  const auto add = add_requant(0.5f, 0.25f, 0.5f);
  ASSERT_TRUE(add);
  EXPECT_EQ(add->in1, (Requant{1 << 30, 0}));    // 0.5 / 1
  EXPECT_EQ(add->in2, (Requant{1 << 30, -1}));   // 0.25 / 1
  EXPECT_EQ(add->out, (Requant{1 << 30, -18}));  // 1 / (2^20 · 0.5) = 2^-19
}

TEST(AddRequant, RefusesAnOutputScaleFarTooSmall) { EXPECT_FALSE(add_requant(1.0f, 1.0f, 1e-7f)); }

TEST(SoftmaxRequant, EqualsHandComputedValues) {
  const auto plain = softmax_requant(1.0, 0.25f);  // 0.25 · 2^26 = 2^24 = 1/2 · 2^25
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->multiplier, 1 << 30);
  EXPECT_EQ(plain->left_shift, 25);
  EXPECT_EQ(plain->diff_min, -62);  // 31 · 2^26 / 2^25
}

TEST(SoftmaxRequant, CapsHugeScalesAndRefusesTinyOnes) {
  const auto capped = softmax_requant(1.0, 1e6f);
  ASSERT_TRUE(capped);
  EXPECT_EQ(capped->multiplier, 2147483647);
  EXPECT_EQ(capped->left_shift, 31);
  EXPECT_EQ(capped->diff_min, 0);
  EXPECT_FALSE(softmax_requant(1.0, 0x1p-27f));
}

TEST(CheckQuant, NamesWhatIsWrong) {
  Tensor none = quantized(0.1f, 0);
  none.quant = {};
  EXPECT_FALSE(check_activation_quant("x", none));
  EXPECT_FALSE(check_activation_quant("x", quantized(0.0f, 0)));
  EXPECT_FALSE(check_activation_quant("x", quantized(0.1f, 128)));
  EXPECT_FALSE(check_weights_quant(quantized(0.1f, 1), 0, 4));
  EXPECT_FALSE(check_same_quant("x", quantized(0.1f, 0), quantized(0.1f, 1)));
  EXPECT_FALSE(check_same_quant("x", quantized(0.1f, 0), quantized(0.11f, 0)));
  EXPECT_TRUE(check_same_quant("x", quantized(0.1f, 0), quantized(0.1f, 0)));
  Tensor weights = quantized(0.1f, 0);
  weights.quant = {{0.1f, 0.2f}, {0, 0}, 3};
  EXPECT_TRUE(check_weights_quant(weights, 3, 2));
  EXPECT_FALSE(check_weights_quant(weights, 0, 2));
  EXPECT_FALSE(check_weights_quant(weights, 3, 3));
  const Tensor in = quantized(0.5f, 0), out = quantized(0.5f, 0), w = quantized(0.25f, 0);
  EXPECT_TRUE(check_bias_quant(quantized(0.125f, 0), in, w, out));
  EXPECT_FALSE(check_bias_quant(quantized(0.5f, 0), in, w, out));
}

}  // namespace
}  // namespace mote::nn
