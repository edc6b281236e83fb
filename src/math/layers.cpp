#include "math/layers.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "math/loops.h"
#include "math/pieces.h"

namespace mote::learn {
namespace {

constexpr std::size_t kSlack = 64;  // floats behind an area that panels may read past its end

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

/// An image [in_h, in_w, channels] inside a larger one [height, width, channels] whose border is zero.
struct Frame {
  Frame(int in_height, int in_width, int channel_count, int pad_top, int pad_left, int framed_height,
        int framed_width)
      : channels(channel_count),
        in_h(in_height),
        in_w(in_width),
        top(pad_top),
        left(pad_left),
        height(framed_height),
        width(framed_width),
        rows(std::clamp(height - top, 0, in_h)),
        columns(std::clamp(width - left, 0, in_w)),
        needed(top != 0 || left != 0 || height > in_h || width > in_w) {}

  std::size_t in_floats() const { return sample_floats(in_h, in_w, channels); }
  std::size_t floats() const { return needed ? sample_floats(height, width, channels) + kSlack : 0; }
  /// Floats between rows of what the loops see: the framed copy, or the image itself.
  std::ptrdiff_t row() const { return static_cast<std::ptrdiff_t>(needed ? width : in_w) * channels; }
  std::ptrdiff_t origin() const {
    return needed ? (static_cast<std::ptrdiff_t>(top) * width + left) * channels : 0;
  }
  std::ptrdiff_t in_row() const { return static_cast<std::ptrdiff_t>(in_w) * channels; }
  std::size_t row_floats() const {
    return static_cast<std::size_t>(columns) * static_cast<std::size_t>(channels);
  }

  /// Calls copy(floats, from, to) for each row of the image that is inside.
  template <class Copy>
  void fill(float* framed, const Copy& copy) const {
    for (int y = 0; y < rows; ++y) copy(row_floats(), y * in_row(), framed + origin() + y * row());
  }
  /// Copies the image's part of a framed gradient back; elements outside the frame get zero.
  void extract(const float* framed, float* in) const {
    clear(in, in_floats());
    for (int y = 0; y < rows; ++y)
      std::copy_n(framed + origin() + y * row(), row_floats(), in + y * in_row());
  }

  int channels, in_h, in_w, top, left, height, width, rows, columns;
  bool needed;
};

/// The part of the padded input that outputs read.
Frame input_frame(const Window& w, int channels) {
  return {w.in_h,
          w.in_w,
          channels,
          w.pad_top,
          w.pad_left,
          (w.out_h - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1,
          (w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1};
}

// ---- views

/// Asks for the sample behind this one while there is arithmetic to do: layers wait for memory, 5 % of a step.
void fetch_ahead(const float* sample, std::size_t floats) {
  for (std::size_t i = floats; i < 2 * floats; i += 16) __builtin_prefetch(sample + i, 0, 2);
}

void apply(const View& v, int period, std::size_t n, const float* from, float* to) {
  if (v.scale && v.clamps())
    loops().affine_clamp(n, period, from, v.scale, v.shift, v.low, v.high, to);
  else if (v.scale)
    loops().affine(n, period, from, v.scale, v.shift, to);
  else if (v.clamps())
    loops().clamp(n, v.low, v.high, from, to);
  else
    std::copy_n(from, n, to);
}

/// One sample of a view in the form that loops read: in a frame, normalized and clamped; or where it is, if that is the same.
class Reader {
 public:
  Reader(const View& view, const Frame& frame)
      : view_(view), frame_(frame), period_(period_of(frame.channels)) {
    whole_rows_ = view.plain() || !view.scale || frame.row_floats() % static_cast<std::size_t>(period_) == 0;
  }
  /// Of scratch: a frame whose border is cleared by `prepare`, and room for a sample.
  std::size_t floats() const { return area(frame_.floats()) + area(compact_floats()); }
  void prepare(float* scratch) {
    framed_ = scratch;
    compact_ = scratch + area(frame_.floats());
    clear(framed_, frame_.floats());
  }
  /// `more`: the next sample is read next.
  const float* read(int sample, bool more) const {
    const float* from = view_.values + static_cast<std::size_t>(sample) * frame_.in_floats();
    if (more) fetch_ahead(from, frame_.in_floats());
    if (compact_floats() > 0) {
      apply(view_, period_, frame_.in_floats(), from, compact_);
      if (!frame_.needed) return compact_;
      frame_.fill(framed_,
                  [&](std::size_t n, std::ptrdiff_t at, float* to) { std::copy_n(compact_ + at, n, to); });
      return framed_;
    }
    if (!frame_.needed) return from;
    frame_.fill(framed_, [&](std::size_t n, std::ptrdiff_t at, float* to) {
      apply(view_, period_, n, from + at, to);
    });
    return framed_;
  }

 private:
  std::size_t compact_floats() const {
    return (frame_.needed ? whole_rows_ : view_.plain()) ? 0 : frame_.in_floats() + kSlack;
  }
  View view_;
  Frame frame_;
  int period_;
  bool whole_rows_;
  float *framed_ = nullptr, *compact_ = nullptr;
};

/// One sample of the gradient before normalization, in a frame if the input's gradient needs one.
class GradientReader {
 public:
  GradientReader(const float* gradient, const float* values, const Norm* norm, const Frame& frame,
                 bool past_end)
      : gradient_(gradient),
        values_(values),
        norm_(norm),
        frame_(frame),
        period_(period_of(frame.channels)),
        compact_(norm || past_end ? frame.in_floats() + kSlack : 0) {}
  std::size_t floats() const { return area(frame_.floats()) + area(compact_); }
  void prepare(float* scratch) {
    framed_ = scratch;
    room_ = scratch + area(frame_.floats());
    clear(framed_, frame_.floats());
  }
  void read(int sample, bool more) {
    const std::size_t n = frame_.in_floats(), at = static_cast<std::size_t>(sample) * n;
    dense_ = gradient_ + at;
    if (more) fetch_ahead(dense_, n);
    if (more && norm_) fetch_ahead(values_ + at, n);
    if (norm_)
      loops().affine2(n, period_, gradient_ + at, values_ + at, norm_->of_gradient(), norm_->of_value(),
                      norm_->constant(), room_);
    else if (compact_ > 0)
      std::copy_n(dense_, n, room_);
    if (compact_ > 0) dense_ = room_;
    if (!frame_.needed) return;
    frame_.fill(framed_, [&](std::size_t floats, std::ptrdiff_t from, float* to) {
      std::copy_n(dense_ + from, floats, to);
    });
  }
  const float* dense() const { return dense_; }  ///< [out_h, out_w, channels]
  const float* framed() const { return frame_.needed ? framed_ : dense_; }

 private:
  const float *gradient_, *values_;
  const Norm* norm_;
  Frame frame_;
  int period_;
  std::size_t compact_;
  float *framed_ = nullptr, *room_ = nullptr;
  const float* dense_ = nullptr;
};

// ---- matrices

/// Convolution as a product of matrices: rows are positions, the depth is the window in segments of contiguous floats.
struct Segments {
  Segments(const Window& w, std::ptrdiff_t row) : depth(w.dilation_w == 1 ? w.kernel_w * w.in_c : w.in_c) {
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

bool rolls(int kernel_w, int stride_w, int dilation_w) {
  return kernel_w == kRollingTaps && stride_w == 1 && dilation_w == 1;
}

double conv_work(const Window& w) {
  return static_cast<double>(w.batch) * w.out_h * w.out_w * w.out_c * w.kernel_h * w.kernel_w * w.in_c;
}

/// Input gradient of a convolution: input positions of the same remainder modulo the strides read the output's
/// gradient through the same taps, a convolution of stride 1 each.
class Phases {
 public:
  explicit Phases(const Window& w) : w_(w) {
    const std::vector<Line> lines = lines_of(w.stride_h, w.kernel_h, w.dilation_h, w.pad_top, w.in_h),
                            rows = lines_of(w.stride_w, w.kernel_w, w.dilation_w, w.pad_left, w.in_w);
    int low_y = 0, high_y = w.out_h - 1, low_x = 0, high_x = w.out_w - 1;
    bounds(lines, low_y, high_y);
    bounds(rows, low_x, high_x);
    top_ = -low_y;
    left_ = -low_x;
    height_ = high_y - low_y + 1;
    width_ = high_x - low_x + 1;
    const Frame framed = frame();
    for (const Line& line : lines)
      for (const Line& row : rows) add(line, row, framed.row());
  }

  Frame frame() const { return {w_.out_h, w_.out_w, w_.out_c, top_, left_, height_, width_}; }
  std::size_t panel_floats() const {
    return static_cast<std::size_t>(taps_) * static_cast<std::size_t>(w_.out_c) *
           static_cast<std::size_t>(padded(w_.in_c));
  }

  void pack(const float* weights, float* panels) const {
    const std::ptrdiff_t filter = static_cast<std::ptrdiff_t>(w_.kernel_h) * w_.kernel_w * w_.in_c;
    for (const Phase& p : phases_) {
      const int depth = static_cast<int>(p.taps.size()) * w_.out_c;
      for (std::size_t t = 0; t < p.taps.size(); ++t)
        pack_panels(weights + static_cast<std::ptrdiff_t>(p.taps[t]) * w_.in_c, filter, 1, w_.out_c, w_.in_c,
                    panels, static_cast<int>(t) * w_.out_c, depth);
      panels += static_cast<std::ptrdiff_t>(depth) * padded(w_.in_c);
    }
  }

  /// One sample: `gradient` in the frame.
  void run(const float* gradient, const float* panels, float* grad_in) const {
    const Frame framed = frame();
    for (const Phase& p : phases_) {
      float* to = grad_in + (static_cast<std::ptrdiff_t>(p.y) * w_.in_w + p.x) * w_.in_c;
      const std::ptrdiff_t line = static_cast<std::ptrdiff_t>(w_.stride_h) * w_.in_w * w_.in_c,
                           row = static_cast<std::ptrdiff_t>(w_.stride_w) * w_.in_c;
      if (p.taps.empty()) {
        for (int y = 0; y < p.height; ++y)
          for (int x = 0; x < p.width; ++x) clear(to + y * line + x * row, static_cast<std::size_t>(w_.in_c));
        continue;
      }
      const int segments = static_cast<int>(p.offsets.size()),
                depth = static_cast<int>(p.taps.size()) / segments * w_.out_c;
      const bool rolling = w_.in_c <= kRollingColumns && depth == kRollingTaps * w_.out_c;
      loops().multiply({gradient + framed.origin(), framed.row(), w_.out_c, p.offsets.data(), segments, depth,
                        rolling, panels, nullptr, to, line, row, p.height, p.width, w_.in_c});
      panels += static_cast<std::ptrdiff_t>(p.taps.size()) * w_.out_c * padded(w_.in_c);
    }
  }

 private:
  struct Tap {
    int kernel, offset;  ///< input u·stride + phase reads output u + offset through this tap
  };
  struct Line {
    int phase, count;  ///< inputs of that remainder
    std::vector<Tap> taps;
  };
  struct Phase {
    int y, x, height, width;
    std::vector<int> taps;                ///< of the kernel, in the order of the panels' rows
    std::vector<std::ptrdiff_t> offsets;  ///< of segments, each as many taps as the others
  };

  static std::vector<Line> lines_of(int stride, int kernel, int dilation, int pad, int in) {
    std::vector<Line> lines;
    for (int phase = 0; phase < std::min(stride, in); ++phase) {
      Line line{phase, (in - phase + stride - 1) / stride, {}};
      for (int k = kernel - 1; k >= 0; --k)  // upwards in offset
        if ((phase + pad - k * dilation) % stride == 0)
          line.taps.push_back({k, (phase + pad - k * dilation) / stride});
      lines.push_back(std::move(line));
    }
    return lines;
  }
  static void bounds(const std::vector<Line>& lines, int& low, int& high) {
    for (const Line& line : lines)
      for (const Tap& tap : line.taps) {
        low = std::min(low, tap.offset);
        high = std::max(high, line.count - 1 + tap.offset);
      }
  }
  void add(const Line& line, const Line& row, std::ptrdiff_t frame_row) {
    Phase p{line.phase, row.phase, line.count, row.count, {}, {}};
    bool together = true;  // taps of a kernel row read neighbours
    for (std::size_t i = 1; i < row.taps.size(); ++i)
      together = together && row.taps[i].offset == row.taps[i - 1].offset + 1;
    for (const Tap& y : line.taps) {
      for (std::size_t i = 0; i < row.taps.size(); ++i) {
        p.taps.push_back(y.kernel * w_.kernel_w + row.taps[i].kernel);
        if (i == 0 || !together)
          p.offsets.push_back(y.offset * frame_row +
                              static_cast<std::ptrdiff_t>(row.taps[i].offset) * w_.out_c);
      }
    }
    taps_ += static_cast<int>(p.taps.size());
    phases_.push_back(std::move(p));
  }

  Window w_;
  int top_ = 0, left_ = 0, height_ = 0, width_ = 0, taps_ = 0;
  std::vector<Phase> phases_;
};

// ---- normalization

/// Σ x and Σ x² about a pivot of each piece: its first element of each channel, so that a large mean does not
/// swallow a small variance.
class Moments {
 public:
  explicit Moments(int channels)
      : channels_(channels), stride_(static_cast<std::size_t>(period_of(channels))) {}
  std::size_t floats() const { return kChunks * 3 * stride_; }
  void place(float* memory) {
    memory_ = memory;
    clear(memory, floats());
  }
  void add(const Piece& piece, int sample, std::size_t n, const float* x) const {
    float* pivot = memory_ + static_cast<std::size_t>(piece.index) * 3 * stride_;
    if (sample == piece.begin) repeat(channels_, static_cast<int>(stride_), x, pivot);
    loops().moments(n, static_cast<int>(stride_), x, pivot, pivot + stride_, pivot + 2 * stride_);
  }
  /// Mean and Σ (x − mean)² of each channel.
  void merge(int batch, double rows_of_sample, std::vector<double>& mean,
             std::vector<double>& squares) const {
    const auto channels = static_cast<std::size_t>(channels_);
    mean.assign(channels, 0);
    squares.assign(channels, 0);
    double seen = 0;
    for (int i = 0; i < kChunks; ++i) {
      const double rows = rows_of_sample * (batch * (i + 1) / kChunks - batch * i / kChunks);
      if (rows <= 0) continue;
      const float* pivot = memory_ + static_cast<std::size_t>(i) * 3 * stride_;
      for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0, square = 0;
        for (std::size_t j = c; j < stride_; j += channels) {
          sum += static_cast<double>(pivot[stride_ + j]);
          square += static_cast<double>(pivot[2 * stride_ + j]);
        }
        const double middle = static_cast<double>(pivot[c]) + sum / rows,
                     spread = std::max(0.0, square - sum * sum / rows), apart = middle - mean[c];
        squares[c] += spread + apart * apart * seen * rows / (seen + rows);
        mean[c] += apart * rows / (seen + rows);
      }
      seen += rows;
    }
  }

 private:
  int channels_;
  std::size_t stride_;
  float* memory_ = nullptr;
};

/// mean, scale and shift, repeated, from those of the channels.
void set_norm(const Norm& norm, std::size_t c, float mean, float inverse) {
  norm.inverse()[c] = inverse;
  norm.mean()[c] = mean;
  norm.scale()[c] = inverse * norm.gamma[c];
  norm.shift()[c] = norm.beta[c] - mean * norm.scale()[c];
}
void repeat_norm(const Norm& norm, std::initializer_list<float*> arrays) {
  const int period = period_of(norm.channels);
  for (float* array : arrays)
    for (int at = norm.channels; at < period; at += norm.channels)
      std::copy_n(array, norm.channels, array + at);
}

void norm_from_batch(const Norm& norm, const Moments& moments, int batch, double rows_of_sample) {
  std::vector<double> mean, squares;
  moments.merge(batch, rows_of_sample, mean, squares);
  const double rows = rows_of_sample * batch;
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const double variance = squares[c] / rows, unbiased = rows > 1 ? squares[c] / (rows - 1) : variance;
    const auto middle = static_cast<float>(mean[c]);
    set_norm(norm, c, middle,
             static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(norm.epsilon))));
    norm.running_mean[c] = norm.momentum * norm.running_mean[c] + (1 - norm.momentum) * middle;
    norm.running_variance[c] =
        norm.momentum * norm.running_variance[c] + (1 - norm.momentum) * static_cast<float>(unbiased);
  }
  repeat_norm(norm, {norm.mean(), norm.scale(), norm.shift()});
}

void norm_from_running_figures(const Norm& norm) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(norm.channels); ++c)
    set_norm(norm, c, norm.running_mean[c], 1.0f / std::sqrt(norm.running_variance[c] + norm.epsilon));
  repeat_norm(norm, {norm.mean(), norm.scale(), norm.shift()});
}

/// From Σ g and Σ g·(x − mean) over M rows: dβ, dγ, and dx = γ/σ · (g − dβ/M − x̂·dγ/M), affine in g and x.
void norm_gradient(const Norm& norm, double rows, const std::vector<double>& sums,
                   const std::vector<double>& products) {
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const double sigma = static_cast<double>(norm.inverse()[c]), d_gamma = products[c] * sigma,
                 a = static_cast<double>(norm.gamma[c]) * sigma, slope = -a * sigma * d_gamma / rows;
    if (norm.grad_gamma) norm.grad_gamma[c] += static_cast<float>(d_gamma);
    if (norm.grad_beta) norm.grad_beta[c] += static_cast<float>(sums[c]);
    norm.of_gradient()[c] = static_cast<float>(a);
    norm.of_value()[c] = static_cast<float>(slope);
    norm.constant()[c] =
        static_cast<float>(-a * sums[c] / rows - slope * static_cast<double>(norm.mean()[c]));
  }
  repeat_norm(norm, {norm.of_gradient(), norm.of_value(), norm.constant()});
}

/// A Finish at work: lanes of each piece, and their reduction.
class Finisher {
 public:
  explicit Finisher(const Finish* finish)
      : finish_(finish), stride_(finish ? static_cast<std::size_t>(period_of(finish->channels)) : 0) {}
  std::size_t floats() const {
    return finish_ ? kChunks * 2 * static_cast<std::size_t>(finish_->count) * stride_ : 0;
  }
  void place(float* memory) {
    memory_ = memory;
    clear(memory, floats());
  }
  /// `g`: the sample's gradient.
  void finish(const Piece& piece, int sample, float* g) const {
    if (!finish_) return;
    const Finish& f = *finish_;
    const std::size_t at = static_cast<std::size_t>(sample) * f.sample;
    const int period = static_cast<int>(stride_);
    if (f.value.scale) {
      float* lanes = lanes_of(piece.index, 0);
      loops().mask_sums(f.sample, period, g, f.value.values + at, f.value.scale, f.value.shift, f.value.low,
                        f.value.high, f.terms[0].norm->mean(), lanes, lanes + stride_);
      return;
    }
    if (f.value.clamps())
      loops().clamp_gradient(f.sample, f.value.low, f.value.high, f.value.values + at, g, g);
    for (int t = 0; t < f.count; ++t) {
      float* lanes = lanes_of(piece.index, t);
      loops().sums(f.sample, period, g, lanes);
      loops().product_sums(f.sample, period, g, f.terms[t].values + at, f.terms[t].norm->mean(),
                           lanes + stride_);
    }
  }
  void reduce(int batch) const {
    if (!finish_) return;
    const auto channels = static_cast<std::size_t>(finish_->channels);
    const double rows = static_cast<double>(finish_->sample / channels) * batch;
    for (int t = 0; t < finish_->count; ++t) {
      std::vector<double> sums(channels, 0.0), products(channels, 0.0);
      for (int i = 0; i < kChunks; ++i) {
        const float* lanes = lanes_of(i, t);
        for (std::size_t j = 0, c = 0; j < stride_; ++j, c = c + 1 == channels ? 0 : c + 1) {
          sums[c] += static_cast<double>(lanes[j]);
          products[c] += static_cast<double>(lanes[stride_ + j]);
        }
      }
      norm_gradient(*finish_->terms[t].norm, rows, sums, products);
    }
  }

 private:
  float* lanes_of(int piece, int term) const {
    return memory_ + (static_cast<std::size_t>(piece) * static_cast<std::size_t>(finish_->count) +
                      static_cast<std::size_t>(term)) *
                         2 * stride_;
  }
  const Finish* finish_;
  std::size_t stride_;
  float* memory_ = nullptr;
};

// ---- depthwise

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

/// What both directions of a depthwise convolution share.  With several outputs a channel the input is repeated first.
struct DepthwiseLayout {
  explicit DepthwiseLayout(const Window& window)
      : w(window),
        times(w.out_c / w.in_c),
        frame(input_frame(w, times == 1 ? w.in_c : w.out_c)),
        read_frame(times == 1 ? frame : Frame(w.in_h, w.in_w, w.in_c, 0, 0, w.in_h, w.in_w)),
        positions(sample_floats(w.in_h, w.in_w, 1)) {
    loop = Depthwise{w.out_c,
                     w.out_h,
                     w.out_w,
                     w.kernel_h,
                     w.kernel_w,
                     w.stride_h * frame.row(),
                     static_cast<std::ptrdiff_t>(w.stride_w) * w.out_c,
                     w.dilation_h * frame.row(),
                     static_cast<std::ptrdiff_t>(w.dilation_w) * w.out_c,
                     static_cast<std::ptrdiff_t>(w.out_w) * w.out_c};
  }
  bool dense() const { return w.stride_h == 1 && w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1; }
  /// Scratch for repeated channels: compact, and in the frame.
  std::size_t repeated_floats() const {
    return times == 1 ? 0 : area(frame.in_floats()) + area(frame.floats());
  }
  std::size_t in_floats() const { return positions * static_cast<std::size_t>(w.in_c); }
  void prepare(float* repeated) const {
    if (times != 1) clear(repeated + area(frame.in_floats()), frame.floats());
  }
  const float* image(const float* in, float* repeated) const {
    if (times == 1) return in;
    repeat_channels(positions, w.in_c, times, in, repeated);
    if (!frame.needed) return repeated;
    float* framed = repeated + area(frame.in_floats());
    frame.fill(framed,
               [&](std::size_t n, std::ptrdiff_t at, float* to) { std::copy_n(repeated + at, n, to); });
    return framed;
  }
  double work() const {
    return static_cast<double>(w.batch) * w.out_h * w.out_w * w.out_c * w.kernel_h * w.kernel_w * 2;
  }

  Window w;
  int times;
  Frame frame, read_frame;
  std::size_t positions;
  Depthwise loop{};
};

void depthwise_forward(const Layer& layer, const View& in, float* out, const Norm* norm, Moments& moments) {
  const DepthwiseLayout l(lying(layer.window));
  Reader shared(in, l.read_frame);
  const std::size_t out_floats = sample_floats(l.w.out_h, l.w.out_w, l.w.out_c);
  for_pieces(l.w.batch, l.work(), [&](const Piece& piece) {
    Reader reader = shared;
    Scratch own(Scratch::Own, area(reader.floats()) + l.repeated_floats());
    reader.prepare(own.take(reader.floats()));
    float* repeated = own.take(l.repeated_floats());
    l.prepare(repeated);
    for (int b = piece.begin; b < piece.end; ++b) {
      float* c = out + static_cast<std::size_t>(b) * out_floats;
      loops().depthwise(l.loop, l.image(reader.read(b, b + 1 < piece.end), repeated), layer.weights,
                        layer.bias, c);
      if (norm) moments.add(piece, b, out_floats, c);
    }
  });
}

void convolution_forward(const Layer& layer, const View& in, float* out, const Norm* norm, Moments& moments,
                         Scratch& scratch) {
  const Window w = lying(layer.window);
  const Frame frame = input_frame(w, w.in_c);
  const Segments segments(w, frame.row());
  const int depth = w.kernel_h * w.kernel_w * w.in_c;
  const auto columns = static_cast<std::size_t>(padded(w.out_c));
  float* panels = scratch.take(columns * static_cast<std::size_t>(depth));
  float* start = scratch.take(columns);
  pack_panels(layer.weights, 1, depth, depth, w.out_c, panels);
  std::fill_n(start, columns, 0.0f);
  if (layer.bias) std::copy_n(layer.bias, w.out_c, start);
  const Reader shared(in, frame);
  const std::size_t out_floats = sample_floats(w.out_h, w.out_w, w.out_c);
  const bool rolling = rolls(w.kernel_w, w.stride_w, w.dilation_w) && w.out_c <= kRollingColumns;
  for_pieces(w.batch, conv_work(w), [&](const Piece& piece) {
    Reader reader = shared;
    Scratch own(Scratch::Own, reader.floats());
    reader.prepare(own.take(reader.floats()));
    for (int b = piece.begin; b < piece.end; ++b) {
      float* c = out + static_cast<std::size_t>(b) * out_floats;
      loops().multiply({reader.read(b, b + 1 < piece.end), w.stride_h * frame.row(),
                        static_cast<std::ptrdiff_t>(w.stride_w) * w.in_c, segments.offsets.data(),
                        segments.count(), segments.depth, rolling, panels, start, c,
                        static_cast<std::ptrdiff_t>(w.out_w) * w.out_c, w.out_c, w.out_h, w.out_w, w.out_c});
      if (norm) moments.add(piece, b, out_floats, c);
    }
  });
}

/// Σ over positions of each output channel, for the bias, in lanes of each piece.
class BiasSums {
 public:
  BiasSums(int channels, float* gradient)
      : channels_(channels), period_(period_of(channels)), gradient_(gradient) {}
  std::size_t floats() const { return gradient_ ? kChunks * static_cast<std::size_t>(period_) : 0; }
  void place(float* memory) {
    memory_ = memory;
    clear(memory, floats());
  }
  void add(const Piece& piece, std::size_t n, const float* g) const {
    if (gradient_) loops().sums(n, period_, g, memory_ + static_cast<std::ptrdiff_t>(piece.index) * period_);
  }
  void reduce() const {
    if (!gradient_) return;
    for (int c = 0; c < channels_; ++c) {
      double sum = 0;
      for (int at = c; at < kChunks * period_; at += channels_) sum += static_cast<double>(memory_[at]);
      gradient_[c] += static_cast<float>(sum);
    }
  }

 private:
  int channels_, period_;
  float *gradient_, *memory_ = nullptr;
};

/// Puts a sample's input gradient where it belongs.
class Deposit {
 public:
  Deposit(const InputGradient& target, std::size_t sample, const Finisher& finisher)
      : target_(target), sample_(sample), finisher_(finisher) {}
  std::size_t floats() const { return target_.gradient && target_.add ? area(sample_) : 0; }
  float* room(int b, float* scratch) const { return target_.add ? scratch : at(b); }
  void put(const Piece& piece, int b, const float* made) const {
    if (target_.add) loops().add(sample_, at(b), made, at(b));
    finisher_.finish(piece, b, at(b));
  }

 private:
  float* at(int b) const { return target_.gradient + static_cast<std::size_t>(b) * sample_; }
  InputGradient target_;
  std::size_t sample_;
  const Finisher& finisher_;
};

/// Adds the pieces' sums of `count` floats, in order, into the first.
void reduce_pieces(std::size_t count, std::size_t stride, float* sums) {
  for_elements(count, [&](std::size_t at, std::size_t n) {
    for (std::size_t i = 1; i < kChunks; ++i) loops().add(n, sums + at, sums + i * stride + at, sums + at);
  });
}

void convolution_backward(const Layer& layer, const View& in, const float* out, const Norm* norm,
                          const float* grad_out, const InputGradient& grad_in, float* grad_weights,
                          float* grad_bias, Finisher& finisher) {
  const Window w = lying(layer.window);
  const Frame frame = input_frame(w, w.in_c);
  const Segments segments(w, frame.row());
  const int depth = w.kernel_h * w.kernel_w * w.in_c, columns = padded(w.out_c);
  const std::size_t sum_floats =
      grad_weights ? area(static_cast<std::size_t>(depth), static_cast<std::size_t>(columns)) : 0;
  const Phases phases(w);
  const std::size_t panel_floats = grad_in.gradient ? area(phases.panel_floats()) : 0;
  BiasSums bias(w.out_c, grad_bias);
  Scratch scratch(Scratch::Shared,
                  panel_floats + kChunks * sum_floats + area(bias.floats()) + area(finisher.floats()));
  float* panels = scratch.take(panel_floats);
  float* sums = scratch.take(kChunks * sum_floats);
  bias.place(scratch.take(bias.floats()));
  finisher.place(scratch.take(finisher.floats()));
  if (grad_in.gradient) phases.pack(layer.weights, panels);
  const Reader shared(in, frame);
  const Frame unframed(w.out_h, w.out_w, w.out_c, 0, 0, w.out_h, w.out_w);
  const GradientReader shared_gradient(grad_out, out, norm, grad_in.gradient ? phases.frame() : unframed,
                                       grad_weights && columns != w.out_c);
  const Deposit deposit(grad_in, sample_floats(w.in_h, w.in_w, w.in_c), finisher);
  const std::size_t out_floats = sample_floats(w.out_h, w.out_w, w.out_c);
  const bool rolling = rolls(w.kernel_w, w.stride_w, w.dilation_w);

  for_pieces(w.batch, 2 * conv_work(w), [&](const Piece& piece) {
    Reader reader = shared;
    GradientReader gradient = shared_gradient;
    Scratch own(Scratch::Own, area(reader.floats()) + area(gradient.floats()) + deposit.floats());
    reader.prepare(own.take(reader.floats()));
    gradient.prepare(own.take(gradient.floats()));
    float* room = own.take(deposit.floats());
    float* mine = sums + static_cast<std::size_t>(piece.index) * sum_floats;
    clear(mine, sum_floats);
    for (int b = piece.begin; b < piece.end; ++b) {
      gradient.read(b, b + 1 < piece.end);
      bias.add(piece, out_floats, gradient.dense());
      if (grad_weights) {
        const float* image = reader.read(b, b + 1 < piece.end);
        for (int s = 0; s < segments.count(); ++s)
          loops().outer({image + segments.offsets[static_cast<std::size_t>(s)], w.stride_h * frame.row(),
                         static_cast<std::ptrdiff_t>(w.stride_w) * w.in_c, rolling, gradient.dense(),
                         static_cast<std::ptrdiff_t>(w.out_w) * w.out_c, w.out_c, w.out_h, w.out_w,
                         mine + static_cast<std::ptrdiff_t>(s) * segments.depth * columns, columns,
                         segments.depth, columns});
      }
      if (!grad_in.gradient) continue;
      float* to = deposit.room(b, room);
      phases.run(gradient.framed(), panels, to);
      deposit.put(piece, b, to);
    }
  });

  if (grad_weights) {
    // Pieces without samples have not cleared their sums.
    for (int i = 0; i < kChunks; ++i)
      if (w.batch * i / kChunks == w.batch * (i + 1) / kChunks)
        clear(sums + static_cast<std::size_t>(i) * sum_floats, sum_floats);
    reduce_pieces(sum_floats, sum_floats, sums);
    add_transposed(depth, w.out_c, sums, columns, grad_weights);
  }
  bias.reduce();
}

void depthwise_backward(const Layer& layer, const View& in, const float* out, const Norm* norm,
                        const float* grad_out, const InputGradient& grad_in, float* grad_weights,
                        float* grad_bias, Finisher& finisher) {
  const DepthwiseLayout l(lying(layer.window));
  const Window& w = l.w;
  const std::size_t weight_floats = sample_floats(w.kernel_h, w.kernel_w, w.out_c),
                    sum_floats = area(weight_floats);
  const std::size_t out_floats = sample_floats(w.out_h, w.out_w, w.out_c);
  // A dense one's input gradient is a convolution of the framed output gradient with the taps turned round;
  // another one's scatters into the framed input.
  const int y_low = w.pad_top - (w.kernel_h - 1), x_low = w.pad_left - (w.kernel_w - 1);
  const bool turned = l.dense() && grad_in.gradient;
  const int top = turned ? std::max(0, -y_low) : 0, left = turned ? std::max(0, -x_low) : 0;
  const Frame gradient_frame(w.out_h, w.out_w, w.out_c, top, left,
                             turned ? std::max(w.out_h, w.in_h + w.pad_top) + top : w.out_h,
                             turned ? std::max(w.out_w, w.in_w + w.pad_left) + left : w.out_w);
  BiasSums bias(w.out_c, grad_bias);
  Scratch scratch(Scratch::Shared,
                  (kChunks + 1) * sum_floats + area(bias.floats()) + area(finisher.floats()));
  float* sums = scratch.take(kChunks * sum_floats);
  float* turned_taps = scratch.take(sum_floats);
  bias.place(scratch.take(bias.floats()));
  finisher.place(scratch.take(finisher.floats()));
  clear(sums, kChunks * sum_floats);
  const int taps = w.kernel_h * w.kernel_w;
  for (int t = 0; t < taps; ++t)
    std::copy_n(layer.weights + static_cast<std::ptrdiff_t>(taps - 1 - t) * w.out_c, w.out_c,
                turned_taps + static_cast<std::ptrdiff_t>(t) * w.out_c);
  const Depthwise turned_loop{w.out_c,    w.in_h,
                              w.in_w,     w.kernel_h,
                              w.kernel_w, gradient_frame.row(),
                              w.out_c,    gradient_frame.row(),
                              w.out_c,    static_cast<std::ptrdiff_t>(w.in_w) * w.out_c};
  const std::ptrdiff_t turned_origin =
      gradient_frame.origin() + y_low * gradient_frame.row() + static_cast<std::ptrdiff_t>(x_low) * w.out_c;
  const Reader shared(in, l.read_frame);
  const GradientReader shared_gradient(grad_out, out, norm, gradient_frame, false);
  const Deposit deposit(grad_in, l.in_floats(), finisher);
  const std::size_t wide_floats = l.times == 1 ? 0 : area(l.frame.in_floats()),
                    scatter_floats = turned ? 0 : area(l.frame.floats());

  for_pieces(w.batch, 2 * l.work(), [&](const Piece& piece) {
    Reader reader = shared;
    GradientReader gradient = shared_gradient;
    Scratch own(Scratch::Own, area(reader.floats()) + area(gradient.floats()) + l.repeated_floats() +
                                  deposit.floats() + wide_floats + scatter_floats);
    reader.prepare(own.take(reader.floats()));
    gradient.prepare(own.take(gradient.floats()));
    float* repeated = own.take(l.repeated_floats());
    l.prepare(repeated);
    float* room = own.take(deposit.floats());
    float* wide = own.take(wide_floats);
    float* scattered = own.take(scatter_floats);
    for (int b = piece.begin; b < piece.end; ++b) {
      gradient.read(b, b + 1 < piece.end);
      bias.add(piece, out_floats, gradient.dense());
      if (grad_weights)
        loops().depthwise_weights(l.loop, l.image(reader.read(b, b + 1 < piece.end), repeated),
                                  gradient.dense(),
                                  sums + static_cast<std::size_t>(piece.index) * sum_floats);
      if (!grad_in.gradient) continue;
      float* to = deposit.room(b, room);
      float* made = l.times == 1 ? to : wide;
      if (turned) {
        loops().depthwise(turned_loop, gradient.framed() + turned_origin, turned_taps, nullptr, made);
      } else {
        float* image = l.frame.needed ? scattered : made;
        clear(image, l.frame.needed ? l.frame.floats() : l.frame.in_floats());
        loops().depthwise_image(l.loop, gradient.dense(), layer.weights, image);
        if (l.frame.needed) l.frame.extract(image, made);
      }
      if (l.times != 1) sum_channels(l.positions, w.in_c, l.times, wide, to);
      deposit.put(piece, b, to);
    }
  });

  if (grad_weights)
    for (std::size_t i = 0; i < kChunks; ++i)
      loops().add(weight_floats, grad_weights, sums + i * sum_floats, grad_weights);
  bias.reduce();
}

}  // namespace

// ---- Norm

std::size_t Norm::floats(int channels) {
  return 6 * static_cast<std::size_t>(period_of(channels)) + area(static_cast<std::size_t>(channels));
}
float* Norm::at(int array) const { return memory + static_cast<std::ptrdiff_t>(array) * period_of(channels); }

// ---- layers

void layer_forward(const Layer& layer, const View& in, float* out, const Norm* norm, bool training) {
  const Window& w = layer.window;
  Moments moments(w.out_c);
  const Norm* measured = norm && training ? norm : nullptr;
  const std::size_t panel_floats =
      layer.depthwise
          ? 0
          : area(static_cast<std::size_t>(padded(w.out_c)),
                 static_cast<std::size_t>(w.kernel_h) * static_cast<std::size_t>(w.kernel_w * w.in_c) + 1);
  Scratch scratch(Scratch::Shared, area(moments.floats()) + panel_floats + 64);
  if (measured) moments.place(scratch.take(moments.floats()));
  if (layer.depthwise)
    depthwise_forward(layer, in, out, measured, moments);
  else
    convolution_forward(layer, in, out, measured, moments, scratch);
  if (measured)
    norm_from_batch(*norm, moments, w.batch, static_cast<double>(w.out_h) * w.out_w);
  else if (norm)
    norm_from_running_figures(*norm);
}

void layer_backward(const Layer& layer, const View& in, const float* out, const Norm* norm,
                    const float* grad_out, const InputGradient& grad_in, float* grad_weights,
                    float* grad_bias) {
  Finisher finisher(grad_in.gradient ? grad_in.finish : nullptr);
  const auto backward = layer.depthwise ? depthwise_backward : convolution_backward;
  backward(layer, in, out, norm, grad_out, grad_in, grad_weights, grad_bias, finisher);
  finisher.reduce(layer.window.batch);
}

void finish_gradient(int batch, float* gradient, const Finish& finish) {
  Finisher finisher(&finish);
  Scratch scratch(Scratch::Shared, finisher.floats());
  finisher.place(scratch.take(finisher.floats()));
  for_pieces(batch, 2.0 * batch * static_cast<double>(finish.sample), [&](const Piece& piece) {
    for (int b = piece.begin; b < piece.end; ++b)
      finisher.finish(piece, b, gradient + static_cast<std::size_t>(b) * finish.sample);
  });
  finisher.reduce(batch);
}

void materialize(int batch, std::size_t sample, int channels, const View& in, float* out) {
  const int period = period_of(channels);
  for_pieces(batch, static_cast<double>(sample) * batch, [&](const Piece& piece) {
    for (int b = piece.begin; b < piece.end; ++b) {
      const std::size_t at = static_cast<std::size_t>(b) * sample;
      apply(in, period, sample, in.values + at, out + at);
    }
  });
}

void sum_views(int batch, std::size_t sample, int channels, const View& a, const View& b, float low,
               float high, float* out) {
  const int period = period_of(channels);
  const bool clamps = low > -kInfinity || high < kInfinity;
  for_pieces(batch, 2 * static_cast<double>(sample) * batch, [&](const Piece& piece) {
    Scratch own(Scratch::Own, sample);
    float* other = own.take(sample);
    for (int i = piece.begin; i < piece.end; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * sample;
      const float* second = b.values + at;
      if (!b.plain()) {
        apply(b, period, sample, second, other);
        second = other;
      }
      apply(a, period, sample, a.values + at, out + at);
      loops().add(sample, out + at, second, out + at);
      if (clamps) loops().clamp(sample, low, high, out + at, out + at);
    }
  });
}

}  // namespace mote::learn
