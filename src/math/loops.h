// The inner loops of training, one table of functions per instruction set.  loops.inc is their only source
// text; it is compiled for each set (loops_base.cpp, loops_avx2.cpp, loops_avx512.cpp) with another vector
// width.  Every element is computed by the same operations in the same order whatever the width.  Products are
// added without rounding between (fused) wherever the machine can: AVX2, AVX-512 and NEON give the same bytes;
// x86 without FMA gives its own. Internal to math; nn.cpp and layers.cpp call it.
#pragma once

#include <cstddef>

namespace mote::learn {

/// A matrix B [depth, columns] is packed into panels for `multiply`: panel at column j is [depth][width], at
/// padded columns before it · depth floats, filled up with zeros.  `widest` is the table's: 16 or 32.
constexpr int panel_width(int left, int widest) {
  if (left > 16) return widest;
  return left > 8 ? 16 : left > 4 ? 8 : 4;
}
constexpr int padded_columns(int columns, int widest) {
  int padded = 0;
  while (padded < columns) padded += panel_width(columns - padded, widest);
  return padded;
}

/// A convolution of stride 1 whose kernel is three wide and that makes at most 16 channels reads each element of its input
/// once for three outputs (`rolling` below); its sums then run over channels before taps.
constexpr int kRollingTaps = 3, kRollingColumns = 16;

/// c[y, x, n] = start[n] + Σ_s Σ_k a[y·a_line + x·a_row + offsets[s] + k] · B[s·depth + k, n], y < height, x < rows, n < columns.
/// rolling: depth is 3·a_row, three neighbouring rows; summed in order of (s, k mod a_row, k / a_row).
struct Multiply {
  const float* a;
  std::ptrdiff_t a_line, a_row;   ///< floats between lines and between rows of A
  const std::ptrdiff_t* offsets;  ///< of the segments, floats from the row's start
  int segments, depth;
  bool rolling;
  const float* b;      ///< panels
  const float* start;  ///< padded_columns(columns) floats, or null: zeros
  float* c;
  std::ptrdiff_t c_line, c_row;
  int height, rows, columns;
};

/// d[k, n] += Σ_y Σ_x a[y·a_line + x·a_row + k] · g[y·g_line + x·g_row + n], k < depth, n < columns (a padded count).
/// rolling: depth is 3·a_row, three neighbouring rows of A.
struct Outer {
  const float* a;
  std::ptrdiff_t a_line, a_row;
  bool rolling;
  const float* g;
  std::ptrdiff_t g_line, g_row;
  int height, width;
  float* d;
  std::ptrdiff_t d_row;
  int depth, columns;
};

/// One sample of a depthwise convolution over a padded image.  Row of taps: kernel_w · channels weights.
struct Depthwise {
  int channels, out_h, out_w, kernel_h, kernel_w;
  std::ptrdiff_t row, step;          ///< floats of the image between output rows / output columns
  std::ptrdiff_t tap_row, tap_step;  ///< … between taps
  std::ptrdiff_t out_row;            ///< floats between rows of the output or its gradient
};

/// Per-channel work runs over rows of `period` floats, a multiple of the channels and of 16, so that few
/// channels fill vectors, too; per-channel numbers are repeated to the period.
struct Loops {
  const char* name;
  int widest;  ///< panel of `multiply` and `outer`
  void (*multiply)(const Multiply&);
  void (*outer)(const Outer&);
  void (*depthwise)(const Depthwise&, const float* image, const float* weights, const float* bias,
                    float* out);
  void (*depthwise_weights)(const Depthwise&, const float* image, const float* grad_out, float* grad_weights);
  void (*depthwise_image)(const Depthwise&, const float* grad_out, const float* weights, float* grad_image);
  void (*affine)(std::size_t n, int period, const float* x, const float* scale, const float* shift, float* y);
  /// y = min(max(x·scale + shift, low), high)
  void (*affine_clamp)(std::size_t n, int period, const float* x, const float* scale, const float* shift,
                       float low, float high, float* y);
  /// y = a·g + b·x + c
  void (*affine2)(std::size_t n, int period, const float* g, const float* x, const float* a, const float* b,
                  const float* c, float* y);
  /// lanes[i mod period] += x[i];  += (x[i] − mean)²;  += g[i]·(x[i] − mean)
  void (*sums)(std::size_t n, int period, const float* x, float* lanes);
  void (*square_sums)(std::size_t n, int period, const float* x, const float* mean, float* lanes);
  void (*product_sums)(std::size_t n, int period, const float* g, const float* x, const float* mean,
                       float* lanes);
  /// Both at once: first += x − pivot, second += (x − pivot)².
  void (*moments)(std::size_t n, int period, const float* x, const float* pivot, float* first, float* second);
  /// g = 0 where x·scale + shift is not inside (low, high);  first += g, second += g·(x − mean).
  void (*mask_sums)(std::size_t n, int period, float* g, const float* x, const float* scale,
                    const float* shift, float low, float high, const float* mean, float* first,
                    float* second);
  void (*clamp)(std::size_t n, float low, float high, const float* x, float* y);
  void (*clamp_gradient)(std::size_t n, float low, float high, const float* x, const float* g, float* y);
  void (*add)(std::size_t n, const float* a, const float* b, float* y);      ///< y may be a or b
  void (*add_scaled)(std::size_t n, float scale, const float* x, float* y);  ///< y += scale·x
  void (*maximum)(std::size_t n, const float* x, float* y);  ///< y = max(y, x), the first of equals
};

const Loops& base_loops();
const Loops* avx2_loops();  ///< null: not built for this processor family
const Loops* avx512_loops();

/// The table in use.
const Loops& loops();

}  // namespace mote::learn
