// The layers of training on top of the inner loops. The recipe is the same everywhere: piece i of kChunks
// handles its samples with scratch of its own; sums over the batch are taken piece by piece, in order, once
// all are done.  See nn.h for the layers, loops.h for the loops, layers.h for convolutions.
#include "math/nn.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "math/layers.h"
#include "math/loops.h"
#include "math/pieces.h"
#include "math/random.h"

namespace mote::learn {
namespace {

/// Rows of `columns` floats as rows of as many as panels have: copied when the two differ.
const float* pad_columns(int rows, int columns, const float* from, float* to) {
  const int width = padded(columns);
  if (width == columns) return from;
  for (int r = 0; r < rows; ++r) {
    float* row = to + static_cast<std::ptrdiff_t>(r) * width;
    std::copy_n(from + static_cast<std::ptrdiff_t>(r) * columns, columns, row);
    std::fill(row + columns, row + width, 0.0f);
  }
  return to;
}

/// sums[n] += Σ_r g[r, n], in order of r.
void add_rows(int rows, int columns, const float* g, float* sums) {
  for (int r = 0; r < rows; ++r)
    loops().add(static_cast<std::size_t>(columns), sums, g + static_cast<std::ptrdiff_t>(r) * columns, sums);
}

}  // namespace

// ---- convolutions: layers without a chain

void conv2d(const Window& w, const float* in, const float* weights, const float* bias, float* out) {
  layer_forward({false, w, weights, bias}, {in}, out, nullptr, true);
}
void conv2d_gradient(const Window& w, const float* in, const float* weights, const float* grad_out,
                     float* grad_in, float* grad_weights, float* grad_bias) {
  layer_backward({false, w, weights, nullptr}, {in}, nullptr, nullptr, grad_out, {grad_in}, grad_weights,
                 grad_bias);
}
void depthwise_conv2d(const Window& w, const float* in, const float* weights, const float* bias, float* out) {
  layer_forward({true, w, weights, bias}, {in}, out, nullptr, true);
}
void depthwise_conv2d_gradient(const Window& w, const float* in, const float* weights, const float* grad_out,
                               float* grad_in, float* grad_weights, float* grad_bias) {
  layer_backward({true, w, weights, nullptr}, {in}, nullptr, nullptr, grad_out, {grad_in}, grad_weights,
                 grad_bias);
}

// ---- fully connected

void fully_connected(int batch, int in_count, int out_count, const float* in, const float* weights,
                     const float* bias, float* out) {
  const auto columns = static_cast<std::size_t>(padded(out_count));
  Scratch scratch(Scratch::Shared, area(columns, static_cast<std::size_t>(in_count)) + area(columns));
  float* panels = scratch.take(columns * static_cast<std::size_t>(in_count));
  float* start = scratch.take(columns);
  pack_panels(weights, 1, in_count, in_count, out_count, panels);
  std::fill_n(start, columns, 0.0f);
  if (bias) std::copy_n(bias, out_count, start);
  for_pieces(batch, static_cast<double>(batch) * in_count * out_count, [&](const Piece& piece) {
    const std::ptrdiff_t whole = 0, begin = piece.begin;
    loops().multiply({in + begin * in_count, 0, in_count, &whole, 1, in_count, false, panels, start,
                      out + begin * out_count, 0, out_count, 1, piece.end - piece.begin, out_count});
  });
}

void fully_connected_gradient(int batch, int in_count, int out_count, const float* in, const float* weights,
                              const float* grad_out, float* grad_in, float* grad_weights, float* grad_bias) {
  if (grad_bias) add_rows(batch, out_count, grad_out, grad_bias);
  const double work = static_cast<double>(batch) * in_count * out_count;
  if (grad_weights) {
    // Pieces are outputs, not samples: each owns rows of the weights' gradient and goes over the whole batch.
    const int columns = padded(in_count);
    const std::size_t in_floats = area(static_cast<std::size_t>(batch), static_cast<std::size_t>(columns));
    const std::size_t sum_floats =
        area(static_cast<std::size_t>(out_count), static_cast<std::size_t>(columns));
    Scratch scratch(Scratch::Shared, in_floats + sum_floats);
    const float* wide = pad_columns(batch, in_count, in, scratch.take(in_floats));
    float* sums = scratch.take(sum_floats);
    for_pieces(out_count, work, [&](const Piece& piece) {
      float* mine = sums + static_cast<std::ptrdiff_t>(piece.begin) * columns;
      const int outputs = piece.end - piece.begin;
      clear(mine, static_cast<std::size_t>(outputs) * static_cast<std::size_t>(columns));
      loops().outer({grad_out + piece.begin, 0, out_count, false, wide, 0, columns, 1, batch, mine, columns,
                     outputs, columns});
      for (int o = piece.begin; o < piece.end; ++o)
        loops().add(static_cast<std::size_t>(in_count),
                    grad_weights + static_cast<std::ptrdiff_t>(o) * in_count,
                    sums + static_cast<std::ptrdiff_t>(o) * columns,
                    grad_weights + static_cast<std::ptrdiff_t>(o) * in_count);
    });
  }
  if (!grad_in) return;
  Scratch scratch(Scratch::Shared,
                  area(static_cast<std::size_t>(padded(in_count)), static_cast<std::size_t>(out_count)));
  float* panels = scratch.take(0);
  pack_panels(weights, in_count, 1, out_count, in_count, panels);
  for_pieces(batch, work, [&](const Piece& piece) {
    const std::ptrdiff_t whole = 0, begin = piece.begin;
    loops().multiply({grad_out + begin * out_count, 0, out_count, &whole, 1, out_count, false, panels,
                      nullptr, grad_in + begin * in_count, 0, in_count, 1, piece.end - piece.begin,
                      in_count});
  });
}

// ---- batch normalization

namespace {

/// Sums a per-channel quantity over all rows: `piece_sum(first float, floats, lanes)` for each piece, then
/// lanes and pieces in order, in double.
template <class PieceSum>
std::vector<double> channel_sums(const BatchNorm& b, float* lanes, const PieceSum& piece_sum) {
  const int period = period_of(b.channels);
  const auto stride = static_cast<std::size_t>(period);
  clear(lanes, kChunks * stride);
  for_pieces(b.rows, static_cast<double>(b.rows) * b.channels, [&](const Piece& p) {
    const auto channels = static_cast<std::size_t>(b.channels);
    piece_sum(static_cast<std::size_t>(p.begin) * channels,
              static_cast<std::size_t>(p.end - p.begin) * channels,
              lanes + static_cast<std::size_t>(p.index) * stride);
  });
  std::vector<double> sums(static_cast<std::size_t>(b.channels), 0.0);
  for (int piece = 0; piece < kChunks; ++piece)
    for (int j = 0; j < period; ++j)
      sums[static_cast<std::size_t>(j % b.channels)] +=
          static_cast<double>(lanes[static_cast<std::size_t>(piece) * stride + static_cast<std::size_t>(j)]);
  return sums;
}

void scale_and_shift(const BatchNorm& b, const float* in, const float* scale, const float* shift,
                     float* out) {
  const int period = period_of(b.channels);
  std::vector<float> wide(2 * static_cast<std::size_t>(period));
  repeat(b.channels, period, scale, wide.data());
  repeat(b.channels, period, shift, wide.data() + period);
  for_pieces(b.rows, static_cast<double>(b.rows) * b.channels, [&](const Piece& p) {
    const auto channels = static_cast<std::size_t>(b.channels),
               begin = static_cast<std::size_t>(p.begin) * channels;
    loops().affine(static_cast<std::size_t>(p.end - p.begin) * channels, period, in + begin, wide.data(),
                   wide.data() + period, out + begin);
  });
}

}  // namespace

void batch_norm_train(const BatchNorm& b, const float* in, const float* gamma, const float* beta,
                      float* running_mean, float* running_variance, float* saved, float* out) {
  const auto channels = static_cast<std::size_t>(b.channels);
  const int period = period_of(b.channels);
  const auto stride = static_cast<std::size_t>(period);
  Scratch scratch(Scratch::Shared, (kChunks + 1) * stride);
  float* lanes = scratch.take(kChunks * stride);
  float* wide_mean = scratch.take(stride);
  const std::vector<double> sums = channel_sums(
      b, lanes, [&](std::size_t at, std::size_t n, float* to) { loops().sums(n, period, in + at, to); });
  float* mean = saved;
  float* inverse = saved + channels;
  for (std::size_t c = 0; c < channels; ++c) mean[c] = static_cast<float>(sums[c] / b.rows);
  repeat(b.channels, period, mean, wide_mean);
  const std::vector<double> squares = channel_sums(b, lanes, [&](std::size_t at, std::size_t n, float* to) {
    loops().square_sums(n, period, in + at, wide_mean, to);
  });
  std::vector<float> scale(channels), shift(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double variance = squares[c] / b.rows;
    inverse[c] = static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(b.epsilon)));
    scale[c] = inverse[c] * gamma[c];
    shift[c] = beta[c] - mean[c] * scale[c];
    const double unbiased = b.rows > 1 ? squares[c] / (b.rows - 1) : variance;
    running_mean[c] = b.momentum * running_mean[c] + (1 - b.momentum) * mean[c];
    running_variance[c] = b.momentum * running_variance[c] + (1 - b.momentum) * static_cast<float>(unbiased);
  }
  scale_and_shift(b, in, scale.data(), shift.data(), out);
}

void batch_norm_evaluate(const BatchNorm& b, const float* in, const float* gamma, const float* beta,
                         const float* mean, const float* variance, float* out) {
  const auto channels = static_cast<std::size_t>(b.channels);
  std::vector<float> scale(channels), shift(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    scale[c] = gamma[c] / std::sqrt(variance[c] + b.epsilon);
    shift[c] = beta[c] - mean[c] * scale[c];
  }
  scale_and_shift(b, in, scale.data(), shift.data(), out);
}

// With M rows, x̂ = (x−μ)/σ:  dβ = Σg,  dγ = Σg·x̂,  dx = γ/σ · (g − dβ/M − x̂·dγ/M): affine in g and x for each channel.
void batch_norm_gradient(const BatchNorm& b, const float* in, const float* gamma, const float* saved,
                         const float* grad_out, float* grad_in, float* grad_gamma, float* grad_beta) {
  const auto channels = static_cast<std::size_t>(b.channels);
  const int period = period_of(b.channels);
  const auto stride = static_cast<std::size_t>(period);
  Scratch scratch(Scratch::Shared, (kChunks + 4) * stride);
  float* lanes = scratch.take(kChunks * stride);
  float* wide_mean = scratch.take(stride);
  const float* mean = saved;
  const float* inverse = saved + channels;
  repeat(b.channels, period, mean, wide_mean);
  const std::vector<double> sums = channel_sums(b, lanes, [&](std::size_t at, std::size_t n, float* to) {
    loops().sums(n, period, grad_out + at, to);
  });
  const std::vector<double> products = channel_sums(b, lanes, [&](std::size_t at, std::size_t n, float* to) {
    loops().product_sums(n, period, grad_out + at, in + at, wide_mean, to);
  });
  std::vector<float> of_g(channels), of_x(channels), constant(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double sigma = static_cast<double>(inverse[c]), d_gamma = products[c] * sigma,
                 a = static_cast<double>(gamma[c]) * sigma;
    if (grad_gamma) grad_gamma[c] += static_cast<float>(d_gamma);
    if (grad_beta) grad_beta[c] += static_cast<float>(sums[c]);
    const double slope = -a * sigma * d_gamma / b.rows;
    of_g[c] = static_cast<float>(a);
    of_x[c] = static_cast<float>(slope);
    constant[c] = static_cast<float>(-a * sums[c] / b.rows - slope * static_cast<double>(mean[c]));
  }
  if (!grad_in) return;
  float* wide_g = wide_mean;
  float* wide_x = scratch.take(stride);
  float* wide_constant = scratch.take(stride);
  repeat(b.channels, period, of_g.data(), wide_g);
  repeat(b.channels, period, of_x.data(), wide_x);
  repeat(b.channels, period, constant.data(), wide_constant);
  for_pieces(b.rows, 2.0 * b.rows * b.channels, [&](const Piece& p) {
    const std::size_t begin = static_cast<std::size_t>(p.begin) * channels;
    loops().affine2(static_cast<std::size_t>(p.end - p.begin) * channels, period, grad_out + begin,
                    in + begin, wide_g, wide_x, wide_constant, grad_in + begin);
  });
}

// ---- element by element

void clamp(std::size_t count, float low, float high, const float* in, float* out) {
  for_elements(count, [&](std::size_t at, std::size_t n) { loops().clamp(n, low, high, in + at, out + at); });
}

void clamp_gradient(std::size_t count, float low, float high, const float* in, const float* grad_out,
                    float* grad_in) {
  for_elements(count, [&](std::size_t at, std::size_t n) {
    loops().clamp_gradient(n, low, high, in + at, grad_out + at, grad_in + at);
  });
}

void add(std::size_t count, const float* a, const float* b, float* out) {
  for_elements(count, [&](std::size_t at, std::size_t n) { loops().add(n, a + at, b + at, out + at); });
}

void accumulate(std::size_t count, const float* in, float* sum) { add(count, sum, in, sum); }

void copy_blocks(int blocks, int in_block, int out_block, int offset, const float* in, float* out) {
  for (int i = 0; i < blocks; ++i)
    std::copy_n(in + static_cast<std::ptrdiff_t>(i) * in_block, in_block,
                out + static_cast<std::ptrdiff_t>(i) * out_block + offset);
}

void gather_blocks(int blocks, int in_block, int out_block, int offset, const float* out, float* in) {
  for (int i = 0; i < blocks; ++i)
    std::copy_n(out + static_cast<std::ptrdiff_t>(i) * out_block + offset, in_block,
                in + static_cast<std::ptrdiff_t>(i) * in_block);
}

void dropout(std::size_t count, float rate, std::uint64_t seed, const float* in, float* out) {
  const float kept = 1.0f / (1.0f - rate);
  Random random(seed);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = random.uniform() < static_cast<double>(rate) ? 0.0f : in[i] * kept;
}

// ---- pools

namespace {

/// Calls visit(output position, input position) for each pair inside the image, batch element `b`; positions are in floats.
template <class Begin, class Visit>
void for_window(const Window& w, int b, const Begin& begin, const Visit& visit) {
  for (int y = 0; y < w.out_h; ++y) {
    const int y0 = std::max(0, y * w.stride_h - w.pad_top),
              y1 = std::min(w.in_h, y * w.stride_h - w.pad_top + w.kernel_h);
    for (int x = 0; x < w.out_w; ++x) {
      const int x0 = std::max(0, x * w.stride_w - w.pad_left),
                x1 = std::min(w.in_w, x * w.stride_w - w.pad_left + w.kernel_w);
      const std::ptrdiff_t out = ((static_cast<std::ptrdiff_t>(b) * w.out_h + y) * w.out_w + x) * w.in_c;
      begin(out, std::max(0, y1 - y0) * std::max(0, x1 - x0));
      for (int i = y0; i < y1; ++i)
        for (int j = x0; j < x1; ++j)
          visit(out, ((static_cast<std::ptrdiff_t>(b) * w.in_h + i) * w.in_w + j) * w.in_c);
    }
  }
}

double pool_work(const Window& w) {
  return static_cast<double>(w.batch) * w.out_h * w.out_w * w.in_c * w.kernel_h * w.kernel_w;
}

}  // namespace

void max_pool2d(const Window& w, const float* in, float* out) {
  const auto channels = static_cast<std::size_t>(w.in_c);
  for_pieces(w.batch, pool_work(w), [&](const Piece& piece) {
    for (int b = piece.begin; b < piece.end; ++b)
      for_window(
          w, b, [&](std::ptrdiff_t o, int) { std::fill_n(out + o, channels, -__builtin_inff()); },
          [&](std::ptrdiff_t o, std::ptrdiff_t i) { loops().maximum(channels, in + i, out + o); });
  });
}

void max_pool2d_gradient(const Window& w, const float* in, const float* grad_out, float* grad_in) {
  const auto channels = static_cast<std::size_t>(w.in_c);
  const std::size_t in_floats = sample_floats(w.in_h, w.in_w, w.in_c);
  for_pieces(w.batch, 4 * pool_work(w), [&](const Piece& piece) {
    std::vector<std::ptrdiff_t> winner(channels);
    std::vector<float> best(channels);
    for (int b = piece.begin; b < piece.end; ++b) {
      clear(grad_in + static_cast<std::size_t>(b) * in_floats, in_floats);
      std::ptrdiff_t open = -1;  // the output position whose window is being looked at
      const auto close = [&] {
        for (std::size_t c = 0; open >= 0 && c < channels; ++c)
          if (winner[c] >= 0)
            grad_in[winner[c] + static_cast<std::ptrdiff_t>(c)] +=
                grad_out[open + static_cast<std::ptrdiff_t>(c)];
      };
      for_window(
          w, b,
          [&](std::ptrdiff_t o, int) {
            close();
            open = o;
            std::fill(best.begin(), best.end(), -__builtin_inff());
            std::fill(winner.begin(), winner.end(), std::ptrdiff_t{-1});
          },
          [&](std::ptrdiff_t, std::ptrdiff_t i) {
            for (std::size_t c = 0; c < channels; ++c) {
              if (in[i + static_cast<std::ptrdiff_t>(c)] <= best[c] && winner[c] >= 0) continue;
              best[c] = in[i + static_cast<std::ptrdiff_t>(c)];
              winner[c] = i;
            }
          });
      close();
    }
  });
}

void average_pool2d(const Window& w, const float* in, float* out) {
  const auto channels = static_cast<std::size_t>(w.in_c);
  for_pieces(w.batch, pool_work(w), [&](const Piece& piece) {
    for (int b = piece.begin; b < piece.end; ++b) {
      float share = 0;
      for_window(
          w, b,
          [&](std::ptrdiff_t o, int n) {
            std::fill_n(out + o, channels, 0.0f);
            share = n > 0 ? 1.0f / static_cast<float>(n) : 0.0f;
          },
          [&](std::ptrdiff_t o, std::ptrdiff_t i) { loops().add_scaled(channels, share, in + i, out + o); });
    }
  });
}

void average_pool2d_gradient(const Window& w, const float* grad_out, float* grad_in) {
  const auto channels = static_cast<std::size_t>(w.in_c);
  const std::size_t in_floats = sample_floats(w.in_h, w.in_w, w.in_c);
  for_pieces(w.batch, pool_work(w), [&](const Piece& piece) {
    for (int b = piece.begin; b < piece.end; ++b) {
      clear(grad_in + static_cast<std::size_t>(b) * in_floats, in_floats);
      float share = 0;
      for_window(
          w, b, [&](std::ptrdiff_t, int n) { share = n > 0 ? 1.0f / static_cast<float>(n) : 0.0f; },
          [&](std::ptrdiff_t o, std::ptrdiff_t i) {
            loops().add_scaled(channels, share, grad_out + o, grad_in + i);
          });
    }
  });
}

// ---- softmax and the loss

void softmax(int rows, int depth, float scale, const float* in, float* out) {
  for_pieces(rows, 20.0 * rows * depth, [&](const Piece& piece) {
    for (int r = piece.begin; r < piece.end; ++r) {
      const float* x = in + static_cast<std::ptrdiff_t>(r) * depth;
      float* y = out + static_cast<std::ptrdiff_t>(r) * depth;
      const double most = static_cast<double>(*std::max_element(x, x + depth));
      double sum = 0;
      for (int i = 0; i < depth; ++i)
        sum += exact::exp((static_cast<double>(x[i]) - most) * static_cast<double>(scale));
      for (int i = 0; i < depth; ++i)
        y[i] = static_cast<float>(
            exact::exp((static_cast<double>(x[i]) - most) * static_cast<double>(scale)) / sum);
    }
  });
}

void softmax_gradient(int rows, int depth, float scale, const float* out, const float* grad_out,
                      float* grad_in) {
  for (int r = 0; r < rows; ++r) {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * depth;
    float mean = 0;
    for (int i = 0; i < depth; ++i) mean += out[at + i] * grad_out[at + i];
    for (int i = 0; i < depth; ++i) grad_in[at + i] = scale * out[at + i] * (grad_out[at + i] - mean);
  }
}

double cross_entropy(const CrossEntropy& c, const float* logits, const std::int32_t* target,
                     float* gradient) {
  const double even = static_cast<double>(c.smoothing) / c.classes, scale = static_cast<double>(c.scale);
  std::vector<double> z(static_cast<std::size_t>(c.classes));
  double total = 0;
  for (int b = 0; b < c.batch; ++b) {
    const float* row = logits + static_cast<std::ptrdiff_t>(b) * c.classes;
    const double weight = c.class_weights.empty()
                              ? 1.0
                              : static_cast<double>(c.class_weights[static_cast<std::size_t>(target[b])]);
    const double most = static_cast<double>(*std::max_element(row, row + c.classes)) * scale;
    double sum = 0;
    for (int i = 0; i < c.classes; ++i) {
      z[static_cast<std::size_t>(i)] = static_cast<double>(row[i]) * scale - most;
      sum += exact::exp(z[static_cast<std::size_t>(i)]);
    }
    const double log_sum = exact::log(sum);
    for (int i = 0; i < c.classes; ++i) {
      const double log_p = z[static_cast<std::size_t>(i)] - log_sum;
      const double wanted = even + (i == target[b] ? 1.0 - static_cast<double>(c.smoothing) : 0.0);
      if (wanted != 0) total -= weight * wanted * log_p;
      if (gradient)
        gradient[static_cast<std::ptrdiff_t>(b) * c.classes + i] =
            static_cast<float>(weight * scale * (exact::exp(log_p) - wanted) / c.batch);
    }
  }
  return total / c.batch;
}

// ---- optimizers

void adamw_step(const AdamStep& s, std::size_t count, const float* gradient, float* mean, float* square,
                float* weights) {
  for_elements(count, [&](std::size_t at, std::size_t n) {
    for (std::size_t i = at; i < at + n; ++i) {
      const float g = gradient[i];
      mean[i] = s.beta1 * mean[i] + (1 - s.beta1) * g;
      square[i] = s.beta2 * square[i] + (1 - s.beta2) * g * g;
      const float step = (mean[i] / s.correction1) / (std::sqrt(square[i] / s.correction2) + s.epsilon);
      weights[i] -= s.learning_rate * step + s.decay * weights[i];
    }
  });
}

void sgd_step(float learning_rate, float momentum, float decay, std::size_t count, const float* gradient,
              float* velocity, float* weights) {
  for_elements(count, [&](std::size_t at, std::size_t n) {
    for (std::size_t i = at; i < at + n; ++i) {
      velocity[i] = momentum * velocity[i] + gradient[i];
      weights[i] -= learning_rate * velocity[i] + decay * weights[i];
    }
  });
}

}  // namespace mote::learn
