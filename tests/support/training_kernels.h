// All training kernels on odd sizes, for tests that hold their bytes on one processor against those on another.  Needs
// nothing but math, so that a cross-compiler builds it.
#pragma once

#include <vector>

#include "math/nn.h"
#include "math/random.h"

namespace mote::learn::testing {

using Floats = std::vector<float>;

inline Floats noise(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Floats values(n);
  for (float& v : values) v = static_cast<float>(random.normal());
  return values;
}

inline std::size_t in_count(const Window& w) {
  return static_cast<std::size_t>(w.batch) * static_cast<std::size_t>(w.in_h * w.in_w * w.in_c);
}
inline std::size_t out_count(const Window& w) {
  return static_cast<std::size_t>(w.batch) * static_cast<std::size_t>(w.out_h * w.out_w * w.out_c);
}

/// Odd sizes on purpose: channels around vector widths, strides, dilations, series, one-by-one, images cut off by the stride.
inline std::vector<Window> windows() {
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

/// Every kernel once on `w`; all results one after the other.
inline Floats everything(const Window& w) {
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

}  // namespace mote::learn::testing
