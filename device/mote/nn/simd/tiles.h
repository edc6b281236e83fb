// The kernels of simd.h, written on the primitives of a level.  Included by simd.h alone, once for each level.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

// ---- sums over windows: every output of a chunk reads the same inputs

// P pixels, whose windows of `quads` begin x_stride bytes apart, to the chunk's outputs; `sets` of sums, to be added at the end,
// hide how long an addition takes where there are few pixels.
template <int32_t lanes, int32_t P, int32_t sets, bool general>
MOTE_SIMD_FUNCTION void window_tile(const SimdLayer& l, const int8_t* chunk, int32_t quads, const uint8_t* x,
                                    int32_t x_stride, int8_t* out, int32_t out_stride, int32_t count) {
  constexpr int32_t kBlocks = kWide ? lanes : 1;
  const int8_t* tables = chunk + 64 * lanes * quads;
  for (int32_t b = 0; b < lanes && 16 * b < count; b += kBlocks) {
    Sums s[sets][P][kBlocks];
    MOTE_SIMD_UNROLL
    for (int32_t set = 0; set < sets; ++set) {
      MOTE_SIMD_UNROLL
      for (int32_t i = 0; i < P; ++i) {
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k)
          s[set][i][k] = set == 0 ? first_sums<lanes>(tables, b + k) : no_sums();
      }
    }
    const int8_t* w = chunk;
    const uint8_t* at = x;
    int32_t left = quads;
#if defined(MOTE_SIMD_DOT_PAIR)
    if ((l.flags & kSimdExtreme) == 0) {
      for (; left >= 2; left -= 2, w += 128 * lanes, at += 2 * kQuadBytes) {
        const Weights w0 = weights_at<lanes>(w, b), w1 = weights_at<lanes>(w + 64 * lanes, b);
        MOTE_SIMD_UNROLL
        for (int32_t i = 0; i < P; ++i)
          dot_pair(s[0][i][0], w0, input_at(at + i * x_stride), w1, input_at(at + i * x_stride + kQuadBytes));
      }
    }
#else
    for (; left >= sets && sets > 1; left -= sets, w += 64 * lanes * sets, at += kQuadBytes * sets) {
      MOTE_SIMD_UNROLL
      for (int32_t set = 0; set < sets; ++set) {
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k) {
          const Weights some = weights_at<lanes>(w + 64 * lanes * set, b + k);
          MOTE_SIMD_UNROLL
          for (int32_t i = 0; i < P; ++i)
            dot(s[set][i][k], some, input_at(at + i * x_stride + kQuadBytes * set));
        }
      }
    }
#endif
    for (; left > 0; --left, w += 64 * lanes, at += kQuadBytes) {
      Input inputs[P];
      MOTE_SIMD_UNROLL
      for (int32_t i = 0; i < P; ++i) inputs[i] = input_at(at + i * x_stride);
      MOTE_SIMD_UNROLL
      for (int32_t k = 0; k < kBlocks; ++k) {
        const Weights some = weights_at<lanes>(w, b + k);
        MOTE_SIMD_UNROLL
        for (int32_t i = 0; i < P; ++i) dot(s[0][i][k], some, inputs[i]);
      }
    }
    MOTE_SIMD_UNROLL
    for (int32_t set = 1; set < sets; ++set) {
      MOTE_SIMD_UNROLL
      for (int32_t i = 0; i < P; ++i) {
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k) add_sums(s[0][i][k], s[set][i][k]);
      }
    }
    MOTE_SIMD_UNROLL
    for (int32_t i = 0; i < P; ++i)
      finish<lanes, general>(s[0][i], tables, l, b, out + i * out_stride + 16 * b, count - 16 * b);
  }
}

// `pixels` windows by tiles of P, then of fewer.
template <int32_t lanes, int32_t P, bool general>
MOTE_SIMD_FUNCTION void window_tiles(const SimdLayer& l, const int8_t* chunk, int32_t quads, const uint8_t* x,
                                     int32_t x_stride, int8_t* out, int32_t out_stride, int32_t count,
                                     int32_t pixels) {
  for (; pixels >= P; pixels -= P, x += P * x_stride, out += P * out_stride)
    window_tile<lanes, P, 1, general>(l, chunk, quads, x, x_stride, out, out_stride, count);
  constexpr int32_t kHalf = P > 3 ? P / 2 : 1;
  if (kHalf > 1 && pixels >= kHalf) {
    window_tile<lanes, kHalf, 1, general>(l, chunk, quads, x, x_stride, out, out_stride, count);
    pixels -= kHalf, x += kHalf * x_stride, out += kHalf * out_stride;
  }
  for (; pixels > 0; --pixels, x += x_stride, out += out_stride)
    window_tile<lanes, 1, 2, general>(l, chunk, quads, x, x_stride, out, out_stride, count);
}

// All chunks of some windows.
template <bool general>
MOTE_SIMD_FUNCTION void windows_to_outputs(const SimdLayer& l, const int8_t* chunks, int32_t quads,
                                           const uint8_t* x, int32_t x_stride, int8_t* out, int32_t outputs,
                                           int32_t pixels) {
  for (int32_t o = 0; o < outputs;) {
    const int32_t lanes = simd_lanes(outputs - o);
    if (lanes == 4)
      window_tiles<4, kPixels, general>(l, chunks, quads, x, x_stride, out + o, outputs, outputs - o, pixels);
    else
      window_tiles<1, kPixelsOfOne, general>(l, chunks, quads, x, x_stride, out + o, outputs, outputs - o,
                                             pixels);
    chunks += simd_chunk_bytes(lanes, quads);
    o += 16 * lanes;
  }
}

// The window of the pixel whose upper left corner is (top, left), as the level takes it.
MOTE_SIMD_FUNCTION void put_window(const Conv2dS8Params& p, const int8_t* image, int32_t top, int32_t left,
                                   uint8_t* to) {
  constexpr int32_t kUnit = kQuadBytes / 4;
  const int32_t run = p.kernel_w * p.in_c, row_step = p.dilation_h * p.in_w * p.in_c;
  const bool inside = top >= 0 && left >= 0 && top + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
                      left + (p.kernel_w - 1) * p.dilation_w < p.in_w;
  if (inside && p.dilation_w == 1) {
    const int8_t* from = image + (top * p.in_w + left) * p.in_c;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky, from += row_step, to += run * kUnit) put(to, from, run);
    return;
  }
  put_same(to, p.in_zero_point, p.kernel_h * run);
  const TapRange rows = taps_inside(top, p.kernel_h, p.dilation_h, p.in_h);
  const TapRange columns = taps_inside(left, p.kernel_w, p.dilation_w, p.in_w);
  if (columns.end <= columns.begin) return;
  const bool together = p.dilation_w == 1;  // the taps of a row are one run
  const int32_t count = (together ? columns.end - columns.begin : 1) * p.in_c;
  for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
    const int8_t* from = image + (top + ky * p.dilation_h) * p.in_w * p.in_c;
    for (int32_t kx = columns.begin; kx < columns.end; kx += together ? p.kernel_w : 1)
      put(to + (ky * run + kx * p.in_c) * kUnit, from + (left + kx * p.dilation_w) * p.in_c, count);
  }
}

MOTE_SIMD_FUNCTION SimdLayer layer_of(const int8_t* stream, int32_t in_zero_point, int32_t out_zero_point,
                                      int32_t act_min, int32_t act_max) {
  int32_t flags;
  memcpy(&flags, stream, 4);
  const SimdLayer layer = {flags, in_zero_point, out_zero_point, act_min, act_max};
  return layer;
}

template <bool general>
MOTE_SIMD_FUNCTION void conv2d_of(const SimdLayer& l, const Conv2dS8Params& p, const int8_t* in,
                                  const int8_t* chunks, int8_t* out, uint8_t* windows) {
  constexpr int32_t kAtOnce = kQuadBytes == 4 ? 2 * kSimdWindows : kSimdWindows;
  const int32_t tile = kAtOnce / kPixels * kPixels;
  const int32_t inputs = p.kernel_h * p.kernel_w * p.in_c, quads = simd_quads(inputs);
  const int32_t pixels = p.batches * p.out_h * p.out_w, stride = quads * kQuadBytes;
  const bool line = p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1 &&
                    p.pad_top == 0 && p.pad_left == 0 && p.in_h == p.out_h && p.in_w == p.out_w;
  int32_t top = -p.pad_top, left = -p.pad_left, x = 0, y = 0;
  const int8_t* image = in;
  for (int32_t q = 0; q < pixels; q += tile) {
    const int32_t count = pixels - q < tile ? pixels - q : tile;
    if (line && p.in_c % 4 == 0) {
      put(windows, in + q * p.in_c, count * p.in_c);
    } else {
      for (int32_t i = 0; i < count; ++i) {
        put_window(p, image, top, left, windows + i * stride);
        left += p.stride_w;
        if (++x < p.out_w) continue;
        x = 0, left = -p.pad_left, top += p.stride_h;
        if (++y < p.out_h) continue;
        y = 0, top = -p.pad_top, image += p.in_h * p.in_w * p.in_c;
      }
    }
    windows_to_outputs<general>(l, chunks, quads, windows, stride, out + q * p.out_c, p.out_c, count);
  }
}

MOTE_SIMD_ENTRY void conv2d(const Conv2dS8Params& p, const int8_t* in, const int32_t* words, int8_t* out,
                            uint8_t* scratch) {
  const int8_t* stream = (const int8_t*)words;
  const SimdLayer l = layer_of(stream, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max);
  if (l.flags & kSimdGeneral)
    conv2d_of<true>(l, p, in, stream + kSimdHeaderBytes, out, scratch);
  else
    conv2d_of<false>(l, p, in, stream + kSimdHeaderBytes, out, scratch);
}

MOTE_SIMD_ENTRY void fully_connected(const FullyConnectedS8Params& p, const int8_t* in, const int32_t* words,
                                     int8_t* out, uint8_t* scratch) {
  const Conv2dS8Params pixels = {
      1, 1, p.batches, p.in_count, 1, p.batches,       p.out_count,      1,         1,        1,
      1, 1, 1,         0,          0, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max};
  conv2d(pixels, in, words, out, scratch);
}

// ---- depthwise: every channel reads its own

// A line of columns: for each of them, for each four rows of the kernel, the channels of a chunk with four rows each.
template <int32_t lanes>
MOTE_SIMD_FUNCTION void put_columns(const DepthwiseConv2dS8Params& p, const int8_t* image, int32_t top,
                                    int32_t channel, const int8_t* padding, int32_t columns, uint8_t* to) {
  const int32_t count = p.in_c - channel, step = 64 * lanes;
  for (int32_t first = 0; first < p.kernel_h; first += 4) {
    const int8_t* row[4];
    int32_t next[4];
    for (int32_t k = 0; k < 4; ++k) {
      const int32_t y = top + (first + k) * p.dilation_h;
      const bool there = first + k < p.kernel_h && y >= 0 && y < p.in_h;
      row[k] = there ? image + y * p.in_w * p.in_c + channel : padding;
      next[k] = there ? p.in_c : 0;
    }
    int32_t x = 0;
    for (; x < columns && x < p.pad_left; ++x, to += step)
      interleave<lanes>(to, padding, padding, padding, padding, count);
    for (; x < columns && x - p.pad_left < p.in_w; ++x, to += step) {
      interleave<lanes>(to, row[0], row[1], row[2], row[3], count);
      for (int32_t k = 0; k < 4; ++k) row[k] += next[k];
    }
    for (; x < columns; ++x, to += step) interleave<lanes>(to, padding, padding, padding, padding, count);
  }
}

// P pixels of a line; x: the first one's first column.
template <int32_t lanes, int32_t P, bool general>
MOTE_SIMD_FUNCTION void own_tile(const SimdLayer& l, const DepthwiseConv2dS8Params& p, const int8_t* chunk,
                                 const uint8_t* x, int32_t columns, int8_t* out, int32_t count) {
  constexpr int32_t kBlocks = kWide ? lanes : 1;
  const int32_t fours = simd_quads(p.kernel_h), step = 64 * lanes;
  const int8_t* tables = chunk + step * fours * p.kernel_w;
  for (int32_t b = 0; b < lanes && 16 * b < count; b += kBlocks) {
    Sums s[P][kBlocks];
    MOTE_SIMD_UNROLL
    for (int32_t i = 0; i < P; ++i) {
      MOTE_SIMD_UNROLL
      for (int32_t k = 0; k < kBlocks; ++k) s[i][k] = first_sums<lanes>(tables, b + k);
    }
    const int8_t* w = chunk;
    for (int32_t four = 0; four < fours; ++four) {
      const uint8_t* at = x + four * columns * step;
      for (int32_t kx = 0; kx < p.kernel_w; ++kx, w += step, at += p.dilation_w * step) {
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k) {
          const Weights some = weights_at<lanes>(w, b + k);
          MOTE_SIMD_UNROLL
          for (int32_t i = 0; i < P; ++i) dot_own<lanes>(s[i][k], some, at + i * p.stride_w * step, b + k);
        }
      }
    }
    MOTE_SIMD_UNROLL
    for (int32_t i = 0; i < P; ++i)
      finish<lanes, general>(s[i], tables, l, b, out + i * p.out_c + 16 * b, count - 16 * b);
  }
}

template <int32_t lanes, bool general>
MOTE_SIMD_FUNCTION void depthwise_line(const SimdLayer& l, const DepthwiseConv2dS8Params& p,
                                       const int8_t* chunk, const uint8_t* line, int32_t columns, int8_t* out,
                                       int32_t count) {
  constexpr int32_t kAtOnce = kPixels < 4 ? kPixels : 4;
  int32_t x = 0;
  for (; x + kAtOnce <= p.out_w; x += kAtOnce)
    own_tile<lanes, kAtOnce, general>(l, p, chunk, line + x * p.stride_w * 64 * lanes, columns,
                                      out + x * p.out_c, count);
  for (; x < p.out_w; ++x)
    own_tile<lanes, 1, general>(l, p, chunk, line + x * p.stride_w * 64 * lanes, columns, out + x * p.out_c,
                                count);
}

template <bool general>
MOTE_SIMD_FUNCTION void depthwise_of(const SimdLayer& l, const DepthwiseConv2dS8Params& p, const int8_t* in,
                                     const int8_t* chunks, int8_t* out, uint8_t* scratch) {
  const int32_t columns = simd_columns(p), quads = simd_quads(p.kernel_h) * p.kernel_w;
  int8_t* padding = (int8_t*)scratch;
  memset(padding, p.in_zero_point & 0xff, 64);
  uint8_t* line = scratch + 64;
  for (int32_t y = 0; y < p.batches * p.out_h; ++y) {
    const int8_t* image = in + y / p.out_h * p.in_h * p.in_w * p.in_c;
    const int32_t top = y % p.out_h * p.stride_h - p.pad_top;
    const int8_t* chunk = chunks;
    for (int32_t c = 0; c < p.in_c;) {
      const int32_t lanes = simd_lanes(p.in_c - c);
      int8_t* to = out + y * p.out_w * p.out_c + c;
      if (lanes == 4) {
        put_columns<4>(p, image, top, c, padding, columns, line);
        depthwise_line<4, general>(l, p, chunk, line, columns, to, p.in_c - c);
      } else {
        put_columns<1>(p, image, top, c, padding, columns, line);
        depthwise_line<1, general>(l, p, chunk, line, columns, to, p.in_c - c);
      }
      chunk += simd_chunk_bytes(lanes, quads);
      c += 16 * lanes;
    }
  }
}

MOTE_SIMD_ENTRY void depthwise_conv2d(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                      const int32_t* words, int8_t* out, uint8_t* scratch) {
  const int8_t* stream = (const int8_t*)words;
  const SimdLayer l = layer_of(stream, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max);
  if (l.flags & kSimdGeneral)
    depthwise_of<true>(l, p, in, stream + kSimdHeaderBytes, out, scratch);
  else
    depthwise_of<false>(l, p, in, stream + kSimdHeaderBytes, out, scratch);
}

// ---- element by element

MOTE_SIMD_FUNCTION void add_sixteen(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  const Values a =
      scaled(shifted_up(widened(in1), p.in1_zero_point, p.left_shift), p.in1_multiplier, -p.in1_shift);
  const Values b =
      scaled(shifted_up(widened(in2), p.in2_zero_point, p.left_shift), p.in2_multiplier, -p.in2_shift);
  store(out, scaled(sum_of(a, b), p.out_multiplier, -p.out_shift), p.out_zero_point, p.act_min, p.act_max);
}

MOTE_SIMD_ENTRY void add(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  int32_t i = 0;
  for (; i + 16 <= p.count; i += 16) add_sixteen(p, in1 + i, in2 + i, out + i);
  const int32_t left = p.count - i;
  if (left == 0) return;
  int8_t a[16] = {0}, b[16] = {0};
  for (int32_t k = 0; k < left; ++k) a[k] = in1[i + k], b[k] = in2[i + k];
  add_sixteen(p, a, b, a);
  for (int32_t k = 0; k < left; ++k) out[i + k] = a[k];
}

// Sixteen channels of a window; `count` of them are there.
MOTE_SIMD_FUNCTION void window_sums(const Pool2dS8Params& p, const PoolWindow& w, const int8_t* image,
                                    int32_t c, int32_t count, int32_t* sums) {
  if (count < 16) {
    for (int32_t k = 0; k < count; ++k) {
      sums[k] = 0;
      for (int32_t y = w.y0; y < w.y1; ++y) {
        for (int32_t x = w.x0; x < w.x1; ++x) sums[k] += image[(y * p.in_w + x) * p.channels + c + k];
      }
    }
    return;
  }
  Values sum = same(0);
  for (int32_t y = w.y0; y < w.y1; ++y) {
    for (int32_t x = w.x0; x < w.x1; ++x)
      sum = sum_of(sum, widened(image + (y * p.in_w + x) * p.channels + c));
  }
  store_words(sums, sum);
}

MOTE_SIMD_ENTRY void average_pool2d(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  for (int32_t q = 0; q < p.batches * p.out_h * p.out_w; ++q) {
    const int8_t* image = in + q / (p.out_h * p.out_w) * p.in_h * p.in_w * p.channels;
    const PoolWindow window = pool_window(p, q / p.out_w % p.out_h, q % p.out_w);
    const int32_t taps = (window.y1 - window.y0) * (window.x1 - window.x0);
    for (int32_t c = 0; c < p.channels; c += 16) {
      int32_t sums[16];
      const int32_t count = p.channels - c < 16 ? p.channels - c : 16;
      window_sums(p, window, image, c, count, sums);
      for (int32_t k = 0; k < count; ++k) {
        const int32_t mean = (sums[k] > 0 ? sums[k] + taps / 2 : sums[k] - taps / 2) / taps;
        out[q * p.channels + c + k] = (int8_t)clamp(mean, p.act_min, p.act_max);
      }
    }
  }
}

}  // namespace MOTE_SIMD_LEVEL
}  // namespace mote

#endif
