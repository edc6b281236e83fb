// The kernels of simd.h, written on the primitives of a level.  Included by simd.h alone, once for each level.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

// ---- sums over windows: every output of a chunk reads the same inputs

// P pixels, whose windows begin at x[i], to the chunk's outputs; `sets` of sums, to be added at the end, hide how long an
// addition takes where there are few pixels.
template <int32_t lanes, int32_t P, int32_t sets>
MOTE_SIMD_FUNCTION void window_tile(const SimdLayer& l, const SimdWindow& window, const int8_t* chunk,
                                    int32_t tables_at, const uint8_t* const* x, int8_t* out,
                                    int32_t out_stride, int32_t count) {
  constexpr int32_t kBlocks = kWide ? lanes : 1;
  const int8_t* tables = chunk + tables_at;
  const uint8_t* from[P];
  MOTE_SIMD_UNROLL
  for (int32_t i = 0; i < P; ++i) from[i] = x[i];
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
    for (int32_t run = 0; run < window.runs; ++run) {
      intptr_t at =
          (intptr_t)(run / window.runs_in_row) * window.row_step + run % window.runs_in_row * window.run_step;
      int32_t left = window.quads;
#if defined(MOTE_SIMD_DOT_PAIR)
      if ((l.flags & kSimdExtreme) == 0) {
        for (; left >= 2; left -= 2, w += 128 * lanes, at += 2 * kQuadBytes) {
          const Weights w0 = weights_at<lanes>(w, b), w1 = weights_at<lanes>(w + 64 * lanes, b);
          MOTE_SIMD_UNROLL
          for (int32_t i = 0; i < P; ++i)
            dot_pair(s[0][i][0], w0, input_at(from[i] + at), w1, input_at(from[i] + at + kQuadBytes));
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
              dot(s[set][i][k], some, input_at(from[i] + at + kQuadBytes * set));
          }
        }
      }
#endif
      for (; left > 0; --left, w += 64 * lanes, at += kQuadBytes) {
        Input inputs[P];
        MOTE_SIMD_UNROLL
        for (int32_t i = 0; i < P; ++i) inputs[i] = input_at(from[i] + at);
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k) {
          const Weights some = weights_at<lanes>(w, b + k);
          MOTE_SIMD_UNROLL
          for (int32_t i = 0; i < P; ++i) dot(s[0][i][k], some, inputs[i]);
        }
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
      finish<lanes>(s[0][i], tables, l, b, out + i * out_stride + 16 * b, count - 16 * b);
  }
}

// The windows of an image's output pixels in their order.
struct Walk {
  const uint8_t* line;  // of windows
  int32_t x, out_w, pixel_step, line_step;
};
MOTE_SIMD_FUNCTION const uint8_t* next_window(Walk& walk) {
  const uint8_t* at = walk.line + walk.x * walk.pixel_step;
  if (++walk.x == walk.out_w) {
    walk.x = 0;
    walk.line += walk.line_step;
  }
  return at;
}

// All pixels to the outputs of a chunk, by tiles of P, then of fewer.
template <int32_t lanes, int32_t P>
MOTE_SIMD_FUNCTION void window_tiles(const SimdLayer& l, const SimdWindow& window, const int8_t* chunk,
                                     Walk walk, int8_t* out, int32_t out_stride, int32_t count,
                                     int32_t pixels) {
  constexpr int32_t kHalf = P > 3 ? P / 2 : 1;
  const int32_t tables_at = 64 * lanes * window.runs * window.quads;
  const uint8_t* x[P];
  while (pixels > 0) {
    const int32_t here = pixels >= P ? P : pixels >= kHalf ? kHalf : 1;
    for (int32_t i = 0; i < here; ++i) x[i] = next_window(walk);
    if (here == P)
      window_tile<lanes, P, P == 1 ? 2 : 1>(l, window, chunk, tables_at, x, out, out_stride, count);
    else if (kHalf > 1 && here == kHalf)
      window_tile<lanes, kHalf, 1>(l, window, chunk, tables_at, x, out, out_stride, count);
    else
      window_tile<lanes, 1, 2>(l, window, chunk, tables_at, x, out, out_stride, count);
    pixels -= here;
    out += here * out_stride;
  }
}

// The image as windows read it: with its padding, in the level's format.
MOTE_SIMD_FUNCTION void put_image(const Conv2dS8Params& p, const int8_t* image, uint8_t* to) {
  constexpr int32_t kUnit = kQuadBytes / 4;
  const int32_t columns = simd_columns(p), lines = simd_lines(p), line_bytes = columns * p.in_c;
  const int32_t before = p.pad_left < columns ? p.pad_left * p.in_c : line_bytes;
  const int32_t there = line_bytes - before < p.in_w * p.in_c ? line_bytes - before : p.in_w * p.in_c;
  for (int32_t y = -p.pad_top; y < lines - p.pad_top; ++y, to += line_bytes * kUnit) {
    if (y < 0 || y >= p.in_h) {
      put_same(to, p.in_zero_point, line_bytes);
      continue;
    }
    put_same(to, p.in_zero_point, before);
    put(to + before * kUnit, image + y * p.in_w * p.in_c, there);
    put_same(to + (before + there) * kUnit, p.in_zero_point, line_bytes - before - there);
  }
}

MOTE_SIMD_FUNCTION SimdLayer layer_of(const int8_t* stream, int32_t in_zero_point, int32_t out_zero_point,
                                      int32_t act_min, int32_t act_max) {
  int32_t flags;
  memcpy(&flags, stream, 4);
  const SimdLayer layer = {flags, in_zero_point, out_zero_point, act_min, act_max};
  return layer;
}

MOTE_SIMD_FUNCTION void image_to_outputs(const SimdLayer& l, const Conv2dS8Params& p, const int8_t* chunk,
                                         const uint8_t* image, int8_t* out) {
  const int32_t pixel = p.in_c * (kQuadBytes / 4), line = simd_columns(p) * pixel;
  SimdWindow window = simd_window(p);
  window.row_step = p.dilation_h * line;
  window.run_step = p.dilation_w * pixel;
  const Walk walk = {image, 0, p.out_w, p.stride_w * pixel, p.stride_h * line};
  const int32_t pixels = p.out_h * p.out_w;
  for (int32_t o = 0; o < p.out_c;) {
    const int32_t lanes = simd_lanes(p.out_c - o), count = p.out_c - o;
    if (lanes == 4)
      window_tiles<4, kPixels>(l, window, chunk, walk, out + o, p.out_c, count, pixels);
    else if (lanes == 2)
      window_tiles<2, kPixelsOfTwo>(l, window, chunk, walk, out + o, p.out_c, count, pixels);
    else
      window_tiles<1, kPixelsOfTwo>(l, window, chunk, walk, out + o, p.out_c, count, pixels);
    chunk += simd_chunk_bytes(lanes, window.runs * window.quads);
    o += 16 * lanes;
  }
}

MOTE_SIMD_ENTRY void conv2d(const Conv2dS8Params& p, const int8_t* in, const int32_t* words, int8_t* out,
                            uint8_t* scratch) {
  const int8_t* stream = (const int8_t*)words;
  const SimdLayer l = layer_of(stream, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max);
  // Where windows are the image's own bytes, and end where it ends, they are read there.
  const bool as_it_is = kAsItIs && simd_window(p).run % 4 == 0 && p.pad_top == 0 && p.pad_left == 0 &&
                        simd_columns(p) == p.in_w && simd_lines(p) <= p.in_h;
  for (int32_t n = 0; n < p.batches;
       ++n, in += p.in_h * p.in_w * p.in_c, out += p.out_h * p.out_w * p.out_c) {
    if (!as_it_is) put_image(p, in, scratch);
    image_to_outputs(l, p, stream + kSimdHeaderBytes, as_it_is ? (const uint8_t*)in : scratch, out);
  }
}

MOTE_SIMD_ENTRY void fully_connected(const FullyConnectedS8Params& p, const int8_t* in, const int32_t* words,
                                     int8_t* out, uint8_t* scratch) {
  const Conv2dS8Params pixels = simd_pixels(p);
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
template <int32_t lanes, int32_t P>
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
      finish<lanes>(s[i], tables, l, b, out + i * p.out_c + 16 * b, count - 16 * b);
  }
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void depthwise_line(const SimdLayer& l, const DepthwiseConv2dS8Params& p,
                                       const int8_t* chunk, const uint8_t* line, int32_t columns, int8_t* out,
                                       int32_t count) {
  constexpr int32_t kAtOnce = kPixels < 4 ? kPixels : 4;
  int32_t x = 0;
  for (; x + kAtOnce <= p.out_w; x += kAtOnce)
    own_tile<lanes, kAtOnce>(l, p, chunk, line + x * p.stride_w * 64 * lanes, columns, out + x * p.out_c,
                             count);
  for (; x < p.out_w; ++x)
    own_tile<lanes, 1>(l, p, chunk, line + x * p.stride_w * 64 * lanes, columns, out + x * p.out_c, count);
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void depthwise_chunk(const SimdLayer& l, const DepthwiseConv2dS8Params& p,
                                        const int8_t* image, int32_t y, int32_t c, const int8_t* chunk,
                                        int8_t* out, uint8_t* scratch) {
  const int32_t columns = simd_columns(p);
  put_columns<lanes>(p, image, y * p.stride_h - p.pad_top, c, (const int8_t*)scratch, columns, scratch + 64);
  depthwise_line<lanes>(l, p, chunk, scratch + 64, columns, out + y * p.out_w * p.out_c + c, p.in_c - c);
}

MOTE_SIMD_ENTRY void depthwise_conv2d(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                      const int32_t* words, int8_t* out, uint8_t* scratch) {
  const int8_t* stream = (const int8_t*)words;
  const SimdLayer l = layer_of(stream, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max);
  const int32_t quads = simd_quads(p.kernel_h) * p.kernel_w;
  memset(scratch, p.in_zero_point & 0xff, 64);
  for (int32_t n = 0; n < p.batches;
       ++n, in += p.in_h * p.in_w * p.in_c, out += p.out_h * p.out_w * p.out_c) {
    const int8_t* chunk = stream + kSimdHeaderBytes;
    for (int32_t c = 0; c < p.in_c;) {
      const int32_t lanes = simd_lanes(p.in_c - c);
      for (int32_t y = 0; y < p.out_h; ++y) {
        if (lanes == 4)
          depthwise_chunk<4>(l, p, in, y, c, chunk, out, scratch);
        else if (lanes == 2)
          depthwise_chunk<2>(l, p, in, y, c, chunk, out, scratch);
        else
          depthwise_chunk<1>(l, p, in, y, c, chunk, out, scratch);
      }
      chunk += simd_chunk_bytes(lanes, quads);
      c += 16 * lanes;
    }
  }
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
