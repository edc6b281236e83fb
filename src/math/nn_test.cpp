// The training kernels against plain loops, and against themselves under other thread counts and instruction
// sets. That gradients are right is tested by finite differences over all ops (train/gradient_test.cpp).
#include "math/nn.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "support/training_kernels.h"

namespace mote::learn {
namespace {

using testing::everything, testing::Floats, testing::in_count, testing::noise, testing::out_count,
    testing::windows;

double plain_conv(const Window& w, const Floats& in, const Floats& weights, const Floats& bias, int b, int y,
                  int x, int o) {
  double sum = static_cast<double>(bias[static_cast<std::size_t>(o)]);
  for (int i = 0; i < w.kernel_h; ++i)
    for (int j = 0; j < w.kernel_w; ++j)
      for (int c = 0; c < w.in_c; ++c) {
        const int iy = y * w.stride_h - w.pad_top + i * w.dilation_h,
                  ix = x * w.stride_w - w.pad_left + j * w.dilation_w;
        if (iy < 0 || iy >= w.in_h || ix < 0 || ix >= w.in_w) continue;
        sum += static_cast<double>(
                   in[static_cast<std::size_t>(((b * w.in_h + iy) * w.in_w + ix) * w.in_c + c)]) *
               static_cast<double>(
                   weights[static_cast<std::size_t>(((o * w.kernel_h + i) * w.kernel_w + j) * w.in_c + c)]);
      }
  return sum;
}

TEST(Conv2d, AgreesWithPlainLoops) {
  for (const Window& w : windows()) {
    const Floats in = noise(in_count(w), 1),
                 weights = noise(static_cast<std::size_t>(w.out_c * w.kernel_h * w.kernel_w * w.in_c), 2);
    const Floats bias = noise(static_cast<std::size_t>(w.out_c), 3);
    Floats out(out_count(w));
    conv2d(w, in.data(), weights.data(), bias.data(), out.data());
    std::size_t at = 0;
    for (int b = 0; b < w.batch; ++b)
      for (int y = 0; y < w.out_h; ++y)
        for (int x = 0; x < w.out_w; ++x)
          for (int o = 0; o < w.out_c; ++o, ++at)
            ASSERT_NEAR(static_cast<double>(out[at]), plain_conv(w, in, weights, bias, b, y, x, o), 2e-4);
  }
}

bool same_bytes(const Floats& a, const Floats& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Kernels, EveryInstructionSetWithFusedMultiplyAddGivesTheSameBytes) {
  const std::string usual = instruction_set();
  if (!use_instruction_set("avx2")) GTEST_SKIP() << "this machine has no AVX2";
  for (const Window& w : windows()) {
    ASSERT_TRUE(use_instruction_set("avx2"));
    const Floats narrow = everything(w);
    if (use_instruction_set("avx512")) {
      EXPECT_TRUE(same_bytes(narrow, everything(w))) << w.in_c << " channels";
    }
    ASSERT_TRUE(use_instruction_set("base"));
    const Floats base = everything(w);
    ASSERT_EQ(base.size(), narrow.size());
    for (std::size_t i = 0; i < base.size(); ++i)
      ASSERT_NEAR(base[i], narrow[i], 1e-3 * (1 + std::fabs(static_cast<double>(base[i]))))
          << w.in_c << " channels, number " << i;
  }
  EXPECT_TRUE(use_instruction_set(usual.c_str()));
  EXPECT_FALSE(use_instruction_set("mmx"));
}

TEST(Kernels, AnyThreadCountGivesTheSameBytes) {
  const Window large{32, 25, 5, 24, 25, 5, 24, 3, 3, 1, 1, 1, 1, 1, 1};  // enough work for threads to start
  ::setenv("MOTE_THREADS", "1", 1);
  const Floats one = everything(large);
  for (const char* threads : {"2", "3", "5"}) {
    ::setenv("MOTE_THREADS", threads, 1);
    EXPECT_TRUE(same_bytes(one, everything(large))) << threads << " threads";
  }
  ::unsetenv("MOTE_THREADS");
}

TEST(BatchNorm, RunningFiguresFollowTheBatch) {
  const BatchNorm b{4, 2, 0.0f, 0.9f};
  const Floats in = {1, 10, 2, 10, 3, 10, 4, 10}, gamma = {2, 1}, beta = {5, 7};
  Floats mean = {0, 0}, variance = {1, 1}, saved(4), out(8);
  batch_norm_train({4, 2, 1e-3f, 0.9f}, in.data(), gamma.data(), beta.data(), mean.data(), variance.data(),
                   saved.data(), out.data());
  EXPECT_FLOAT_EQ(mean[0], 0.25f);                          // 0.1 · 2.5
  EXPECT_FLOAT_EQ(mean[1], 1.0f);                           // 0.1 · 10
  EXPECT_FLOAT_EQ(variance[0], 0.9f + 0.1f * 5.0f / 3.0f);  // unbiased: 5 / 3
  EXPECT_FLOAT_EQ(variance[1], 0.9f);
  EXPECT_NEAR(out[1], 7, 1e-5);
  EXPECT_NEAR(out[0], 5 - 2 * 1.5 / std::sqrt(1.251), 1e-5);
  // Evaluation with these figures: 2·(1 − 2.5)/√1.25 + 5.
  const Floats m = {2.5f, 10}, v = {1.25f, 1};
  batch_norm_evaluate(b, in.data(), gamma.data(), beta.data(), m.data(), v.data(), out.data());
  EXPECT_NEAR(out[0], 5 - 3 / std::sqrt(1.25), 1e-5);
  EXPECT_FLOAT_EQ(out[7], 7);
}

TEST(CrossEntropy, AgreesWithHandComputedLosses) {
  const Floats logits = {2, 0, 1, 1, 1, 1};
  const std::vector<std::int32_t> target = {0, 2};
  Floats g(6);
  // −ln softmax: row 0: ln(e² + 1 + e) − 2 = 0.407606; row 1: ln 3 = 1.098612.
  EXPECT_NEAR(cross_entropy({2, 3}, logits.data(), target.data(), g.data()), (0.407606 + 1.098612) / 2, 1e-6);
  EXPECT_NEAR(g[0], (0.665241 - 1) / 2, 1e-6);
  EXPECT_NEAR(g[3], 1.0 / 6, 1e-6);
  // Weights 2 and 0.5 by class.
  const Floats weights = {2, 1, 0.5f};
  EXPECT_NEAR(cross_entropy({2, 3, 1, 0, weights}, logits.data(), target.data(), nullptr),
              (2 * 0.407606 + 0.5 * 1.098612) / 2, 1e-6);
  // Smoothing 0.3: targets 0.8, 0.1, 0.1; −ln p = 0.407606, 2.407606, 1.407606.
  EXPECT_NEAR(cross_entropy({1, 3, 1, 0.3f}, logits.data(), target.data(), g.data()),
              0.8 * 0.407606 + 0.1 * 2.407606 + 0.1 * 1.407606, 1e-6);
  EXPECT_NEAR(g[0], 0.665241 - 0.8, 1e-6);
  EXPECT_NEAR(g[0] + g[1] + g[2], 0, 1e-6);
}

TEST(CrossEntropy, StaysFiniteFarFromTheTarget) {
  const Floats logits = {1000, -1000};
  const std::vector<std::int32_t> target = {1};
  EXPECT_NEAR(cross_entropy({1, 2}, logits.data(), target.data(), nullptr), 2000, 1e-3);
}

TEST(Dropout, KeepsTheMeanAndFollowsTheSeed) {
  const Floats ones(20000, 1.0f);
  Floats a(ones.size()), b(ones.size());
  dropout(ones.size(), 0.25f, 5, ones.data(), a.data());
  dropout(ones.size(), 0.25f, 5, ones.data(), b.data());
  EXPECT_EQ(a, b);
  double sum = 0;
  for (const float v : a) sum += static_cast<double>(v);
  EXPECT_NEAR(sum / 20000, 1, 0.02);
}

}  // namespace
}  // namespace mote::learn
