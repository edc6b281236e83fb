// The layers of training on top of the inner loops: geometry, packing, padding, and the cut of a batch into
// pieces. The recipe is the same everywhere: piece i of kChunks handles its samples with scratch of its own;
// sums over the batch are taken piece by piece, in order, once all are done.  See nn.h for the layers, loops.h for the loops.
#include "math/nn.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/system.h"
#include "math/loops.h"
#include "math/random.h"

namespace mote::learn {
namespace {

// ---- instruction set

const Loops* find_loops(std::string_view name) {
  if (name == "base") return &base_loops();
#if defined(__x86_64__)
  if (name == "avx2" && __builtin_cpu_supports("avx2")) return avx2_loops();
  if (name == "avx512" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    return avx512_loops();
#endif
  return nullptr;
}

const Loops*& chosen_loops() {
  static const Loops* chosen = [] {
    for (const char* name : {"avx512", "avx2"})
      if (const Loops* found = find_loops(name)) return found;
    return &base_loops();
  }();
  return chosen;
}
const Loops& loops() { return *chosen_loops(); }

// ---- pieces of a batch

struct Piece {
  int index, begin, end;
};

/// Below this many multiplications or moves, starting threads costs more than it saves (about 30 µs).
constexpr double kWorthThreads = 3e5;

/// Cuts [0, n) into kChunks pieces and runs them; `work` is the whole's number of operations.
void for_pieces(int n, double work, const std::function<void(const Piece&)>& body) {
  const auto run = [&](int i) {
    const auto at = [&](int j) { return static_cast<int>(static_cast<std::int64_t>(n) * j / kChunks); };
    if (at(i) < at(i + 1)) body({i, at(i), at(i + 1)});
  };
  if (work >= kWorthThreads) return parallel_for(kChunks, run);
  for (int i = 0; i < kChunks; ++i) run(i);
}

/// Same for elementwise work over `count` floats, cut at multiples of 16.
void for_elements(std::size_t count, const std::function<void(std::size_t begin, std::size_t size)>& body) {
  const std::size_t blocks = (count + 15) / 16;
  for_pieces(static_cast<int>(blocks), static_cast<double>(count), [&](const Piece& p) {
    const std::size_t begin = static_cast<std::size_t>(p.begin) * 16;
    body(begin, std::min(count, static_cast<std::size_t>(p.end) * 16) - begin);
  });
}

/// Scratch of the calling thread, kept between calls: fresh pages at every layer would cost as much as the
/// layer. Areas are handed out by `take` at multiples of 64 bytes; they are the caller's until the next Scratch is made.
class Scratch {
 public:
  explicit Scratch(std::size_t floats) {
    if (pool().size() < floats + 64) pool().resize(floats + 64);
    const auto address = reinterpret_cast<std::uintptr_t>(pool().data());
    next_ = pool().data() + (64 - address % 64) % 64 / sizeof(float);
  }
  float* take(std::size_t floats) {
    float* area = next_;
    next_ += round_up(floats);
    return area;
  }
  static std::size_t round_up(std::size_t floats) { return (floats + 15) / 16 * 16; }

 private:
  static std::vector<float>& pool() {
    thread_local std::vector<float> memory;
    return memory;
  }
  float* next_;
};

std::size_t area(std::size_t a, std::size_t b = 1, std::size_t c = 1) { return Scratch::round_up(a * b * c); }

// ---- geometry

/// The same convolution with the longest rows: a 1×1 one is a single row of positions, a series [T, 1] lies down.
Window lying(Window w) {
  const bool pointwise = w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
                         w.pad_top == 0 && w.pad_left == 0 && w.in_h == w.out_h && w.in_w == w.out_w;
  if (pointwise) {
    w.in_w *= w.in_h;
    w.out_w *= w.out_h;
    w.in_h = w.out_h = 1;
  } else if (w.in_w == 1 && w.out_w == 1 && w.kernel_w == 1 && w.pad_left == 0) {
    std::swap(w.in_h, w.in_w);
    std::swap(w.out_h, w.out_w);
    std::swap(w.kernel_h, w.kernel_w);
    std::swap(w.stride_h, w.stride_w);
    std::swap(w.dilation_h, w.dilation_w);
    std::swap(w.pad_top, w.pad_left);
  }
  return w;
}

/// The part of the padded image that outputs read, and how the input lies in it.
struct Padding {
  explicit Padding(const Window& w)
      : channels(w.in_c),
        in_h(w.in_h),
        in_w(w.in_w),
        top(w.pad_top),
        left(w.pad_left),
        height((w.out_h - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1),
        width((w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1),
        rows(std::clamp(height - top, 0, in_h)),
        columns(std::clamp(width - left, 0, in_w)),
        needed(top != 0 || left != 0 || height > in_h || width > in_w) {}

  std::size_t floats() const {
    return needed ? area(static_cast<std::size_t>(height), static_cast<std::size_t>(width),
                         static_cast<std::size_t>(channels))
                  : 0;
  }
  std::size_t in_floats() const {
    return static_cast<std::size_t>(in_h) * static_cast<std::size_t>(in_w) *
           static_cast<std::size_t>(channels);
  }
  /// Floats between rows of what the loops see: the padded copy, or the input itself.
  std::ptrdiff_t row() const { return static_cast<std::ptrdiff_t>(needed ? width : in_w) * channels; }
  float* at(float* padded, int y) const {
    return padded + ((static_cast<std::ptrdiff_t>(y) + top) * width + left) * channels;
  }
  std::size_t row_bytes() const {
    return static_cast<std::size_t>(columns) * static_cast<std::size_t>(channels) * sizeof(float);
  }

  /// `in` for the loops: itself, or its copy in `padded`, whose border is zero already.
  const float* fill(const float* in, float* padded) const {
    if (!needed) return in;
    for (int y = 0; y < rows; ++y)
      std::memcpy(at(padded, y), in + static_cast<std::ptrdiff_t>(y) * in_w * channels, row_bytes());
    return padded;
  }
  /// Copies the image's part of a padded gradient back; input elements that no output reads get zero.
  void extract(float* padded, float* in) const {
    std::memset(in, 0, in_floats() * sizeof(float));
    for (int y = 0; y < rows; ++y)
      std::memcpy(in + static_cast<std::ptrdiff_t>(y) * in_w * channels, at(padded, y), row_bytes());
  }

  int channels, in_h, in_w, top, left, height, width, rows, columns;
  bool needed;
};

void clear(float* values, std::size_t count) { std::memset(values, 0, count * sizeof(float)); }

std::size_t sample_floats(int h, int w, int c) {
  return static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c);
}

// ---- matrices

/// Packs B[k, n] = from[k·k_step + n·n_step] into panels (loops.h).
void pack_panels(const float* from, std::ptrdiff_t k_step, std::ptrdiff_t n_step, int depth, int columns,
                 float* panels) {
  for (int column = 0; column < columns; column += 16) {
    const int width = panel_width(columns - column), used = std::min(width, columns - column);
    for (int k = 0; k < depth; ++k, panels += width) {
      for (int n = 0; n < used; ++n) panels[n] = from[k * k_step + (column + n) * n_step];
      for (int n = used; n < width; ++n) panels[n] = 0;
    }
  }
}

/// Rows of `columns` floats as rows of padded_columns: copied when the two differ.
const float* pad_columns(int rows, int columns, const float* from, float* to) {
  const int padded = padded_columns(columns);
  if (padded == columns) return from;
  for (int r = 0; r < rows; ++r) {
    float* row = to + static_cast<std::ptrdiff_t>(r) * padded;
    std::copy_n(from + static_cast<std::ptrdiff_t>(r) * columns, columns, row);
    std::fill(row + columns, row + padded, 0.0f);
  }
  return to;
}

/// sums[n] += Σ_r g[r, n], in order of r.
void add_rows(int rows, int columns, const float* g, float* sums) {
  for (int r = 0; r < rows; ++r)
    loops().add(static_cast<std::size_t>(columns), sums, g + static_cast<std::ptrdiff_t>(r) * columns, sums);
}

/// Convolution as a product of matrices: rows are positions, the depth is the window in segments of contiguous floats.
struct Segments {
  explicit Segments(const Window& w, std::ptrdiff_t row)
      : depth(w.dilation_w == 1 ? w.kernel_w * w.in_c : w.in_c) {
    for (int i = 0; i < w.kernel_h; ++i) {
      if (w.dilation_w == 1)
        offsets.push_back(i * w.dilation_h * row);
      else
        for (int j = 0; j < w.kernel_w; ++j)
          offsets.push_back(i * w.dilation_h * row + static_cast<std::ptrdiff_t>(j) * w.dilation_w * w.in_c);
    }
  }
  int count() const { return static_cast<int>(offsets.size()); }
  std::vector<std::ptrdiff_t> offsets;
  int depth;
};

/// Adds the columns' gradients of one output row to the image: what `multiply` read, gets.
void scatter_row(const Window& w, const Segments& s, const float* columns, float* image_row) {
  for (int x = 0; x < w.out_w; ++x) {
    float* corner = image_row + static_cast<std::ptrdiff_t>(x) * w.stride_w * w.in_c;
    for (const std::ptrdiff_t offset : s.offsets) {
      loops().add(static_cast<std::size_t>(s.depth), corner + offset, columns, corner + offset);
      columns += s.depth;
    }
  }
}

double conv_work(const Window& w) {
  return static_cast<double>(w.batch) * w.out_h * w.out_w * w.out_c * w.kernel_h * w.kernel_w * w.in_c;
}

}  // namespace

// ---- convolution

void conv2d(const Window& window, const float* in, const float* weights, const float* bias, float* out) {
  const Window w = lying(window);
  const Padding padding(w);
  const Segments segments(w, padding.row());
  const int depth = w.kernel_h * w.kernel_w * w.in_c;
  const auto padded = static_cast<std::size_t>(padded_columns(w.out_c));
  Scratch scratch(area(padded, static_cast<std::size_t>(depth)) + area(padded) + kChunks * padding.floats());
  float* panels = scratch.take(padded * static_cast<std::size_t>(depth));
  float* start = scratch.take(padded);
  float* images = scratch.take(kChunks * padding.floats());
  pack_panels(weights, 1, depth, depth, w.out_c, panels);
  std::fill_n(start, padded, 0.0f);
  if (bias) std::copy_n(bias, w.out_c, start);
  clear(images, kChunks * padding.floats());
  const std::size_t out_floats = sample_floats(w.out_h, w.out_w, w.out_c);

  for_pieces(w.batch, conv_work(w), [&](const Piece& piece) {
    float* image = images + static_cast<std::size_t>(piece.index) * padding.floats();
    for (int b = piece.begin; b < piece.end; ++b) {
      const float* a = padding.fill(in + static_cast<std::size_t>(b) * padding.in_floats(), image);
      float* c = out + static_cast<std::size_t>(b) * out_floats;
      for (int y = 0; y < w.out_h; ++y)
        loops().multiply({a + y * w.stride_h * padding.row(),
                          static_cast<std::ptrdiff_t>(w.stride_w) * w.in_c, segments.offsets.data(),
                          segments.count(), segments.depth, panels, start,
                          c + static_cast<std::ptrdiff_t>(y) * w.out_w * w.out_c, w.out_c, w.out_w, w.out_c});
    }
  });
}

void conv2d_gradient(const Window& window, const float* in, const float* weights, const float* grad_out,
                     float* grad_in, float* grad_weights, float* grad_bias) {
  const Window w = lying(window);
  const Padding padding(w);
  const Segments segments(w, padding.row());
  const int depth = w.kernel_h * w.kernel_w * w.in_c, padded = padded_columns(w.out_c),
            positions = w.out_h * w.out_w;
  const bool pointwise = depth == w.in_c && !padding.needed && w.stride_h == 1 && w.stride_w == 1;
  const std::size_t out_floats = sample_floats(w.out_h, w.out_w, w.out_c);

  // Scratch: weights as panels [out_c → depth]; then for each piece the padded image and its gradient, the
  // output's gradient with padded columns, one row of columns, the weights' gradient [depth, padded], the bias' gradient.
  const std::size_t panel_floats =
      area(static_cast<std::size_t>(padded_columns(depth)), static_cast<std::size_t>(w.out_c));
  const std::size_t g_floats =
      padded == w.out_c ? 0 : area(static_cast<std::size_t>(positions), static_cast<std::size_t>(padded));
  const std::size_t row_floats = area(static_cast<std::size_t>(w.out_w), static_cast<std::size_t>(depth));
  const std::size_t sum_floats = area(static_cast<std::size_t>(depth), static_cast<std::size_t>(padded));
  const std::size_t bias_floats = area(static_cast<std::size_t>(w.out_c));
  Scratch scratch(panel_floats +
                  kChunks * (2 * padding.floats() + g_floats + row_floats + sum_floats + bias_floats));
  float* panels = scratch.take(panel_floats);
  float* images = scratch.take(kChunks * padding.floats());
  float* image_grads = scratch.take(kChunks * padding.floats());
  float* gs = scratch.take(kChunks * g_floats);
  float* rows = scratch.take(kChunks * row_floats);
  float* sums = scratch.take(kChunks * sum_floats);
  float* bias_sums = scratch.take(kChunks * bias_floats);
  if (grad_in) pack_panels(weights, depth, 1, w.out_c, depth, panels);
  clear(images, kChunks * padding.floats());
  clear(sums, kChunks * sum_floats);
  clear(bias_sums, kChunks * bias_floats);

  for_pieces(w.batch, 2 * conv_work(w), [&](const Piece& piece) {
    const auto i = static_cast<std::size_t>(piece.index);
    for (int b = piece.begin; b < piece.end; ++b) {
      const float* g = grad_out + static_cast<std::size_t>(b) * out_floats;
      if (grad_bias) add_rows(positions, w.out_c, g, bias_sums + i * bias_floats);
      if (grad_weights) {
        const float* a = padding.fill(in + static_cast<std::size_t>(b) * padding.in_floats(),
                                      images + i * padding.floats());
        const float* wide = pad_columns(positions, w.out_c, g, gs + i * g_floats);
        for (int s = 0; s < segments.count(); ++s)
          loops().outer({a + segments.offsets[static_cast<std::size_t>(s)], w.stride_h * padding.row(),
                         static_cast<std::ptrdiff_t>(w.stride_w) * w.in_c, wide, padded, w.out_h, w.out_w,
                         sums + i * sum_floats + static_cast<std::ptrdiff_t>(s) * segments.depth * padded,
                         padded, segments.depth, padded});
      }
      if (!grad_in) continue;
      float* to = grad_in + static_cast<std::size_t>(b) * padding.in_floats();
      const std::ptrdiff_t whole = 0;
      Multiply m{g, w.out_c, &whole, 1, w.out_c, panels, nullptr, to, depth, w.out_w, depth};
      if (pointwise) {
        m.rows = positions;
        loops().multiply(m);
        continue;
      }
      float* image_grad = padding.needed ? image_grads + i * padding.floats() : to;
      clear(image_grad, padding.needed ? padding.floats() : padding.in_floats());
      m.c = rows + i * row_floats;
      for (int y = 0; y < w.out_h; ++y) {
        m.a = g + static_cast<std::ptrdiff_t>(y) * w.out_w * w.out_c;
        loops().multiply(m);
        scatter_row(w, segments, m.c, image_grad + y * w.stride_h * padding.row());
      }
      if (padding.needed) padding.extract(image_grad, to);
    }
  });

  for (int i = 1; i < kChunks; ++i) {
    if (grad_weights) loops().add(sum_floats, sums, sums + static_cast<std::size_t>(i) * sum_floats, sums);
    if (grad_bias)
      loops().add(bias_floats, bias_sums, bias_sums + static_cast<std::size_t>(i) * bias_floats, bias_sums);
  }
  if (grad_weights)
    for (int n = 0; n < w.out_c; ++n)
      for (int k = 0; k < depth; ++k)
        grad_weights[static_cast<std::ptrdiff_t>(n) * depth + k] +=
            sums[static_cast<std::ptrdiff_t>(k) * padded + n];
  if (grad_bias) accumulate(static_cast<std::size_t>(w.out_c), bias_sums, grad_bias);
}

// ---- depthwise convolution

namespace {

/// Input channels repeated to the output's, so that the loops see one channel to one channel.
void repeat_channels(std::size_t positions, int channels, int times, const float* in, float* out) {
  for (std::size_t i = 0; i < positions * static_cast<std::size_t>(channels); ++i)
    for (int t = 0; t < times; ++t) *out++ = in[i];
}
void sum_channels(std::size_t positions, int channels, int times, const float* grad, float* in) {
  for (std::size_t i = 0; i < positions * static_cast<std::size_t>(channels); ++i) {
    float sum = 0;
    for (int t = 0; t < times; ++t) sum += *grad++;
    in[i] = sum;
  }
}

/// What both directions of a depthwise convolution share.
struct DepthwiseLayout {
  explicit DepthwiseLayout(const Window& window)
      : w(lying(window)),
        times(w.out_c / w.in_c),
        padding(wide()),
        positions(sample_floats(w.in_h, w.in_w, 1)) {
    const Window one = wide();
    d = Depthwise{one.out_c,
                  w.out_h,
                  w.out_w,
                  w.kernel_h,
                  w.kernel_w,
                  w.stride_h * padding.row(),
                  static_cast<std::ptrdiff_t>(w.stride_w) * one.out_c,
                  w.dilation_h * padding.row(),
                  static_cast<std::ptrdiff_t>(w.dilation_w) * one.out_c};
  }
  Window wide() const {
    Window one = w;
    one.in_c = w.out_c;
    return one;
  }
  std::size_t repeated_floats() const {
    return times == 1 ? 0 : area(positions, static_cast<std::size_t>(w.out_c));
  }
  std::size_t in_floats() const { return positions * static_cast<std::size_t>(w.in_c); }
  const float* image(const float* in, float* repeated, float* padded) const {
    if (times == 1) return padding.fill(in, padded);
    repeat_channels(positions, w.in_c, times, in, repeated);
    return padding.fill(repeated, padded);
  }
  double work() const {
    return static_cast<double>(w.batch) * w.out_h * w.out_w * w.out_c * w.kernel_h * w.kernel_w * 2;
  }

  Window w;
  int times;
  Padding padding;
  std::size_t positions;
  Depthwise d{};
};

}  // namespace

void depthwise_conv2d(const Window& window, const float* in, const float* weights, const float* bias,
                      float* out) {
  const DepthwiseLayout l(window);
  const std::size_t image_floats = l.padding.floats(), repeated_floats = l.repeated_floats();
  Scratch scratch(kChunks * (image_floats + repeated_floats));
  float* images = scratch.take(kChunks * image_floats);
  float* repeated = scratch.take(kChunks * repeated_floats);
  clear(images, kChunks * image_floats);
  const std::size_t out_floats = sample_floats(l.w.out_h, l.w.out_w, l.w.out_c);
  for_pieces(l.w.batch, l.work(), [&](const Piece& piece) {
    const auto i = static_cast<std::size_t>(piece.index);
    for (int b = piece.begin; b < piece.end; ++b) {
      const float* sample = in + static_cast<std::size_t>(b) * l.in_floats();
      const float* image = l.image(sample, repeated + i * repeated_floats, images + i * image_floats);
      loops().depthwise(l.d, image, weights, bias, out + static_cast<std::size_t>(b) * out_floats);
    }
  });
}

void depthwise_conv2d_gradient(const Window& window, const float* in, const float* weights,
                               const float* grad_out, float* grad_in, float* grad_weights, float* grad_bias) {
  const DepthwiseLayout l(window);
  const std::size_t image_floats = l.padding.floats(), repeated_floats = l.repeated_floats();
  const std::size_t weight_floats = sample_floats(l.w.kernel_h, l.w.kernel_w, l.w.out_c);
  const std::size_t sum_floats = area(weight_floats), bias_floats = area(static_cast<std::size_t>(l.w.out_c));
  Scratch scratch(kChunks * (2 * image_floats + repeated_floats + sum_floats + bias_floats));
  float* images = scratch.take(kChunks * image_floats);
  float* image_grads = scratch.take(kChunks * image_floats);
  float* repeated = scratch.take(kChunks * repeated_floats);
  float* sums = scratch.take(kChunks * sum_floats);
  float* bias_sums = scratch.take(kChunks * bias_floats);
  clear(images, kChunks * image_floats);
  clear(sums, kChunks * sum_floats);
  clear(bias_sums, kChunks * bias_floats);
  const std::size_t out_floats = sample_floats(l.w.out_h, l.w.out_w, l.w.out_c);

  for_pieces(l.w.batch, 2 * l.work(), [&](const Piece& piece) {
    const auto i = static_cast<std::size_t>(piece.index);
    for (int b = piece.begin; b < piece.end; ++b) {
      const float* g = grad_out + static_cast<std::size_t>(b) * out_floats;
      if (grad_bias) add_rows(l.w.out_h * l.w.out_w, l.w.out_c, g, bias_sums + i * bias_floats);
      if (grad_weights) {
        const float* sample = in + static_cast<std::size_t>(b) * l.in_floats();
        const float* image = l.image(sample, repeated + i * repeated_floats, images + i * image_floats);
        loops().depthwise_weights(l.d, image, g, sums + i * sum_floats);
      }
      if (!grad_in) continue;
      float* to = grad_in + static_cast<std::size_t>(b) * l.in_floats();
      float* wide = l.times == 1 ? to : repeated + i * repeated_floats;
      float* image_grad = l.padding.needed ? image_grads + i * image_floats : wide;
      clear(image_grad, l.padding.needed ? image_floats : l.padding.in_floats());
      loops().depthwise_image(l.d, g, weights, image_grad);
      if (l.padding.needed) l.padding.extract(image_grad, wide);
      if (l.times != 1) sum_channels(l.positions, l.w.in_c, l.times, wide, to);
    }
  });

  for (int i = 0; i < kChunks; ++i) {
    if (grad_weights)
      loops().add(weight_floats, grad_weights, sums + static_cast<std::size_t>(i) * sum_floats, grad_weights);
    if (grad_bias)
      loops().add(static_cast<std::size_t>(l.w.out_c), grad_bias,
                  bias_sums + static_cast<std::size_t>(i) * bias_floats, grad_bias);
  }
}

// ---- fully connected

void fully_connected(int batch, int in_count, int out_count, const float* in, const float* weights,
                     const float* bias, float* out) {
  const auto padded = static_cast<std::size_t>(padded_columns(out_count));
  Scratch scratch(area(padded, static_cast<std::size_t>(in_count)) + area(padded));
  float* panels = scratch.take(padded * static_cast<std::size_t>(in_count));
  float* start = scratch.take(padded);
  pack_panels(weights, 1, in_count, in_count, out_count, panels);
  std::fill_n(start, padded, 0.0f);
  if (bias) std::copy_n(bias, out_count, start);
  for_pieces(batch, static_cast<double>(batch) * in_count * out_count, [&](const Piece& piece) {
    const std::ptrdiff_t whole = 0, begin = piece.begin;
    loops().multiply({in + begin * in_count, in_count, &whole, 1, in_count, panels, start,
                      out + begin * out_count, out_count, piece.end - piece.begin, out_count});
  });
}

void fully_connected_gradient(int batch, int in_count, int out_count, const float* in, const float* weights,
                              const float* grad_out, float* grad_in, float* grad_weights, float* grad_bias) {
  if (grad_bias) add_rows(batch, out_count, grad_out, grad_bias);
  const double work = static_cast<double>(batch) * in_count * out_count;
  if (grad_weights) {
    // Pieces are outputs, not samples: each owns rows of the weights' gradient and goes over the whole batch.
    const int padded = padded_columns(in_count);
    const std::size_t in_floats = area(static_cast<std::size_t>(batch), static_cast<std::size_t>(padded));
    const std::size_t sum_floats =
        area(static_cast<std::size_t>(out_count), static_cast<std::size_t>(padded));
    Scratch scratch(in_floats + sum_floats);
    const float* wide = pad_columns(batch, in_count, in, scratch.take(in_floats));
    float* sums = scratch.take(sum_floats);
    for_pieces(out_count, work, [&](const Piece& piece) {
      float* mine = sums + static_cast<std::ptrdiff_t>(piece.begin) * padded;
      const int outputs = piece.end - piece.begin;
      clear(mine, static_cast<std::size_t>(outputs) * static_cast<std::size_t>(padded));
      loops().outer(
          {grad_out + piece.begin, 0, out_count, wide, padded, 1, batch, mine, padded, outputs, padded});
      for (int o = piece.begin; o < piece.end; ++o)
        loops().add(static_cast<std::size_t>(in_count),
                    grad_weights + static_cast<std::ptrdiff_t>(o) * in_count,
                    sums + static_cast<std::ptrdiff_t>(o) * padded,
                    grad_weights + static_cast<std::ptrdiff_t>(o) * in_count);
    });
  }
  if (!grad_in) return;
  Scratch scratch(
      area(static_cast<std::size_t>(padded_columns(in_count)), static_cast<std::size_t>(out_count)));
  float* panels = scratch.take(0);
  pack_panels(weights, in_count, 1, out_count, in_count, panels);
  for_pieces(batch, work, [&](const Piece& piece) {
    const std::ptrdiff_t whole = 0, begin = piece.begin;
    loops().multiply({grad_out + begin * out_count, out_count, &whole, 1, out_count, panels, nullptr,
                      grad_in + begin * in_count, in_count, piece.end - piece.begin, in_count});
  });
}

// ---- batch normalization

namespace {

/// A multiple of the channels and of 16, at least 64, so that few channels fill vectors and hide latencies.
int period_of(int channels) {
  int period = std::lcm(channels, 16);
  while (period < 64) period *= 2;
  return period;
}

void repeat(int channels, int period, const float* from, float* to) {
  for (int i = 0; i < period; ++i) to[i] = from[i % channels];
}

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
  Scratch scratch((kChunks + 1) * stride);
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
  Scratch scratch((kChunks + 4) * stride);
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

const char* instruction_set() { return loops().name; }

bool use_instruction_set(const char* name) {
  const Loops* found = find_loops(name);
  if (found) chosen_loops() = found;
  return found != nullptr;
}

}  // namespace mote::learn
