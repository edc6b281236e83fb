// The training kernels against plain loops, and against themselves under other thread counts and instruction
// sets. That gradients are right is tested by finite differences over all ops (train/gradient_test.cpp).
#include "math/nn.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "math/random.h"

namespace mote::learn {
namespace {

using Floats = std::vector<float>;

Floats noise(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Floats values(n);
  for (float& v : values) v = static_cast<float>(random.normal());
  return values;
}

std::size_t in_count(const Window& w) {
  return static_cast<std::size_t>(w.batch) * static_cast<std::size_t>(w.in_h * w.in_w * w.in_c);
}
std::size_t out_count(const Window& w) {
  return static_cast<std::size_t>(w.batch) * static_cast<std::size_t>(w.out_h * w.out_w * w.out_c);
}

/// Odd sizes on purpose: channels around vector widths, strides, dilations, series, one-by-one, images cut off by the stride.
std::vector<Window> windows() {
  std::vector<Window> all;
  for (const int channels : {1, 3, 4, 5, 8, 12, 16, 17, 24, 40})
    all.push_back({3, 9, 1, channels, 9, 1, 21 - channels / 2, 3, 1, 1, 1, 1, 1, 1, 0});
  all.push_back({9, 7, 5, 3, 7, 5, 7, 3, 3, 1, 1, 1, 1, 1, 1});
  all.push_back({2, 8, 9, 4, 4, 5, 16, 3, 3, 2, 2, 1, 1, 0, 1});
  all.push_back({2, 9, 9, 2, 5, 5, 6, 3, 3, 1, 1, 2, 2, 0, 0});
  all.push_back({2, 9, 9, 2, 9, 9, 6, 3, 3, 1, 1, 2, 2, 2, 2});
  all.push_back({5, 6, 4, 10, 6, 4, 20, 1, 1, 1, 1, 1, 1, 0, 0});
  all.push_back({1, 6, 4, 10, 3, 2, 12, 1, 1, 2, 2, 1, 1, 0, 0});
  all.push_back({16, 49, 10, 1, 25, 5, 8, 10, 4, 2, 2, 1, 1, 4, 1});
  all.push_back({4, 25, 1, 8, 9, 1, 16, 5, 1, 3, 1, 2, 1, 3, 0});
  all.push_back({9, 8, 8, 32, 4, 4, 64, 3, 3, 2, 2, 1, 1, 1, 1});
  all.push_back({3, 6, 19, 16, 6, 19, 16, 3, 3, 1, 1, 1, 1, 1, 1});
  all.push_back({2, 7, 2, 33, 7, 2, 49, 3, 3, 1, 1, 1, 1, 1, 1});
  all.push_back({2, 9, 9, 6, 3, 3, 7, 5, 5, 3, 3, 1, 1, 1, 1});
  all.push_back({2, 3, 3, 4, 5, 5, 8, 3, 3, 1, 1, 1, 1, 2, 2});
  return all;
}

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

/// Every kernel once on `w`; all results one after the other.
Floats everything(const Window& w) {
  const Floats in = noise(in_count(w), 1), g = noise(out_count(w), 4);
  const Floats weights = noise(static_cast<std::size_t>(w.out_c * w.kernel_h * w.kernel_w * w.in_c), 2);
  const Floats bias = noise(static_cast<std::size_t>(w.out_c), 3);
  Floats all;
  const auto keep = [&all](const Floats& values) { all.insert(all.end(), values.begin(), values.end()); };
  Floats out(out_count(w)), d_in(in.size()), d_weights(weights.size()), d_bias(bias.size());
  conv2d(w, in.data(), weights.data(), bias.data(), out.data());
  conv2d_gradient(w, in.data(), weights.data(), g.data(), d_in.data(), d_weights.data(), d_bias.data());
  keep(out), keep(d_in), keep(d_weights), keep(d_bias);

  Window deep = w;
  deep.out_c = 2 * w.in_c;
  const Floats deep_g = noise(out_count(deep), 5),
               taps = noise(static_cast<std::size_t>(deep.out_c * w.kernel_h * w.kernel_w), 6);
  Floats deep_out(deep_g.size()), d_taps(taps.size()), d_deep_bias(static_cast<std::size_t>(deep.out_c));
  depthwise_conv2d(deep, in.data(), taps.data(), nullptr, deep_out.data());
  depthwise_conv2d_gradient(deep, in.data(), taps.data(), deep_g.data(), d_in.data(), d_taps.data(),
                            d_deep_bias.data());
  keep(deep_out), keep(d_in), keep(d_taps), keep(d_deep_bias);

  const int n = w.in_h * w.in_w * w.in_c;
  const Floats matrix = noise(static_cast<std::size_t>(n) * 11, 7),
               dense_g = noise(static_cast<std::size_t>(w.batch) * 11, 8);
  Floats dense(dense_g.size()), d_matrix(matrix.size());
  fully_connected(w.batch, n, 11, in.data(), matrix.data(), nullptr, dense.data());
  fully_connected_gradient(w.batch, n, 11, in.data(), matrix.data(), dense_g.data(), d_in.data(),
                           d_matrix.data(), nullptr);
  keep(dense), keep(d_in), keep(d_matrix);

  const BatchNorm norm{w.batch * w.in_h * w.in_w, w.in_c};
  const auto channels = static_cast<std::size_t>(w.in_c);
  const Floats gamma = noise(channels, 9), beta = noise(channels, 10), in_g = noise(in.size(), 11);
  Floats mean(channels), variance(channels, 1.0f), saved(2 * channels), d_gamma(channels), d_beta(channels),
      same(in.size());
  batch_norm_train(norm, in.data(), gamma.data(), beta.data(), mean.data(), variance.data(), saved.data(),
                   same.data());
  batch_norm_gradient(norm, in.data(), gamma.data(), saved.data(), in_g.data(), d_in.data(), d_gamma.data(),
                      d_beta.data());
  keep(same), keep(d_in), keep(mean), keep(variance), keep(d_gamma), keep(d_beta);

  clamp(in.size(), 0, 6, in.data(), same.data());
  clamp_gradient(in.size(), 0, 6, in.data(), in_g.data(), d_in.data());
  keep(same), keep(d_in);
  softmax(static_cast<int>(in.size()) / w.in_c, w.in_c, 1, in.data(), same.data());
  softmax_gradient(static_cast<int>(in.size()) / w.in_c, w.in_c, 1, same.data(), in_g.data(), d_in.data());
  keep(same), keep(d_in);

  Window pool = w;
  pool.out_c = w.in_c;
  if (w.dilation_h != 1 || w.dilation_w != 1) return all;
  const Floats pool_g = noise(out_count(pool), 12);
  Floats pooled(pool_g.size());
  max_pool2d(pool, in.data(), pooled.data());
  max_pool2d_gradient(pool, in.data(), pool_g.data(), d_in.data());
  keep(pooled), keep(d_in);
  average_pool2d(pool, in.data(), pooled.data());
  average_pool2d_gradient(pool, pool_g.data(), d_in.data());
  keep(pooled), keep(d_in);
  return all;
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
