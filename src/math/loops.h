// The inner loops of training, one table of functions per instruction set.  loops.inc is their only source
// text; it is compiled for each set (loops_base.cpp, loops_avx2.cpp, loops_avx512.cpp) with another vector
// width.  Every element is computed by the same operations in the same order whatever the width, so all
// tables give the same bytes. Internal to math; nn.cpp calls it.
#pragma once

#include <cstddef>

namespace mote::learn {

/// A matrix B [depth, columns] is packed into panels of 16 columns for `multiply`: panel j is [depth][width],
/// at 16·j·depth floats, its width 16 but for the last one, which is 4, 8 or 16 wide, filled up with zeros.
constexpr int panel_width(int left) { return left > 8 ? 16 : left > 4 ? 8 : 4; }
constexpr int padded_columns(int columns) {
  return columns / 16 * 16 + (columns % 16 ? panel_width(columns % 16) : 0);
}

/// c[i, n] = start[n] + Σ_s Σ_k a[i·a_row + offsets[s] + k] · B[s·depth + k, n], i < rows, n < columns.
struct Multiply {
  const float* a;
  std::ptrdiff_t a_row;           ///< floats between rows of A
  const std::ptrdiff_t* offsets;  ///< of the segments, floats from the row's start
  int segments, depth;
  const float* b;      ///< panels
  const float* start;  ///< padded_columns(columns) floats, or null: zeros
  float* c;
  std::ptrdiff_t c_row;
  int rows, columns;
};

/// d[k, n] += Σ_y Σ_x a[y·a_row + x·a_step + k] · g[(y·width + x)·g_step + n], k < depth, n < columns (a padded count).
struct Outer {
  const float* a;
  std::ptrdiff_t a_row, a_step;
  const float* g;
  std::ptrdiff_t g_step;
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
};

/// Per-channel work runs over rows of `period` floats, a multiple of the channels and of 16, so that few
/// channels fill vectors, too; per-channel numbers are repeated to the period.
struct Loops {
  const char* name;
  void (*multiply)(const Multiply&);
  void (*outer)(const Outer&);
  void (*depthwise)(const Depthwise&, const float* image, const float* weights, const float* bias,
                    float* out);
  void (*depthwise_weights)(const Depthwise&, const float* image, const float* grad_out, float* grad_weights);
  void (*depthwise_image)(const Depthwise&, const float* grad_out, const float* weights, float* grad_image);
  void (*affine)(std::size_t n, int period, const float* x, const float* scale, const float* shift, float* y);
  /// y = a·g + b·x + c
  void (*affine2)(std::size_t n, int period, const float* g, const float* x, const float* a, const float* b,
                  const float* c, float* y);
  /// lanes[i mod period] += x[i];  += (x[i] − mean)²;  += g[i]·(x[i] − mean)
  void (*sums)(std::size_t n, int period, const float* x, float* lanes);
  void (*square_sums)(std::size_t n, int period, const float* x, const float* mean, float* lanes);
  void (*product_sums)(std::size_t n, int period, const float* g, const float* x, const float* mean,
                       float* lanes);
  void (*clamp)(std::size_t n, float low, float high, const float* x, float* y);
  void (*clamp_gradient)(std::size_t n, float low, float high, const float* x, const float* g, float* y);
  void (*add)(std::size_t n, const float* a, const float* b, float* y);      ///< y may be a or b
  void (*add_scaled)(std::size_t n, float scale, const float* x, float* y);  ///< y += scale·x
  void (*maximum)(std::size_t n, const float* x, float* y);  ///< y = max(y, x), the first of equals
};

const Loops& base_loops();
const Loops* avx2_loops();  ///< null: not built for this processor family
const Loops* avx512_loops();

}  // namespace mote::learn
