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
    int32_t runs_of_row = 0;
    intptr_t row = 0, begin = 0;
    for (int32_t run = 0; run < window.runs; ++run) {
      intptr_t at = begin;
      begin += window.run_step;
      if (++runs_of_row == window.runs_in_row) {
        runs_of_row = 0;
        row += window.row_step;
        begin = row;
      }
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

// The image as windows read it, with its padding: as convolutions take it, or bytes as depthwise ones do.
template <bool bytes>
MOTE_SIMD_FUNCTION void put_some(uint8_t* to, const int8_t* from, int32_t count) {
  if (bytes)
    put_bytes(to, from, count);
  else
    put(to, from, count);
}
template <bool bytes>
MOTE_SIMD_FUNCTION void put_same_some(uint8_t* to, int32_t value, int32_t count) {
  if (bytes)
    put_same_bytes(to, value, count);
  else
    put_same(to, value, count);
}
template <bool bytes, class Params>
MOTE_SIMD_FUNCTION void put_image(const Params& p, const int8_t* image, uint8_t* to) {
  constexpr int32_t kUnit = bytes ? 1 : kQuadBytes / 4;
  const int32_t columns = simd_columns(p), lines = simd_lines(p), line_bytes = columns * p.in_c;
  const int32_t before = p.pad_left < columns ? p.pad_left * p.in_c : line_bytes;
  const int32_t there = line_bytes - before < p.in_w * p.in_c ? line_bytes - before : p.in_w * p.in_c;
  for (int32_t y = -p.pad_top; y < lines - p.pad_top; ++y, to += line_bytes * kUnit) {
    if (y < 0 || y >= p.in_h) {
      put_same_some<bytes>(to, p.in_zero_point, line_bytes);
      continue;
    }
    put_same_some<bytes>(to, p.in_zero_point, before);
    put_some<bytes>(to + before * kUnit, image + y * p.in_w * p.in_c, there);
    put_same_some<bytes>(to + (before + there) * kUnit, p.in_zero_point, line_bytes - before - there);
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
    if (!as_it_is) put_image<false>(p, in, scratch);
    image_to_outputs(l, p, stream + kSimdHeaderBytes, as_it_is ? (const uint8_t*)in : scratch, out);
  }
}

MOTE_SIMD_ENTRY void fully_connected(const FullyConnectedS8Params& p, const int8_t* in, const int32_t* words,
                                     int8_t* out, uint8_t* scratch) {
  const Conv2dS8Params pixels = simd_pixels(p);
  conv2d(pixels, in, words, out, scratch);
}

// ---- depthwise: every output reads its own inputs

// The outputs of a chunk at one place: neighbouring channels of a pixel, or, where few channels are repeated, of several pixels.
// x: the first input of the first of them; line: bytes from an image's line to the next.
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_tile(const SimdLayer& l, const DepthwiseConv2dS8Params& p, const int8_t* chunk,
                                 const uint8_t* x, int32_t line, int8_t* out, int32_t count) {
  constexpr int32_t kBlocks = kWide ? lanes : 1;
  const int32_t fours = simd_quads(p.kernel_h), step = p.dilation_w * p.in_c, down = p.dilation_h * line;
  const int8_t* tables = chunk + 64 * lanes * fours * p.kernel_w;
  for (int32_t b = 0; b < lanes && 16 * b < count; b += kBlocks) {
    Sums s[kBlocks];
    MOTE_SIMD_UNROLL
    for (int32_t k = 0; k < kBlocks; ++k) s[k] = first_sums<lanes>(tables, b + k);
    const int8_t* w = chunk;
    for (int32_t y = 0; y < p.kernel_h; y += 4) {
      // Below the kernel weights are 0, whatever is read.
      const uint8_t* r0 = x + (intptr_t)y * down;
      const uint8_t* r1 = y + 1 < p.kernel_h ? r0 + down : r0;
      const uint8_t* r2 = y + 2 < p.kernel_h ? r1 + down : r0;
      const uint8_t* r3 = y + 3 < p.kernel_h ? r2 + down : r0;
      for (intptr_t at = 0; at < (intptr_t)p.kernel_w * step; at += step, w += 64 * lanes) {
        Own own[kBlocks];
        own_inputs<lanes>(own, r0 + at, r1 + at, r2 + at, r3 + at, b);
        MOTE_SIMD_UNROLL
        for (int32_t k = 0; k < kBlocks; ++k) dot_own(s[k], weights_at<lanes>(w, b + k), own[k]);
      }
    }
    finish<lanes>(s, tables, l, b, out + 16 * b, count - 16 * b);
  }
}

// One chunk of an image, from channel c on.
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_tiles(const SimdLayer& l, const DepthwiseConv2dS8Params& p, const int8_t* chunk,
                                  const uint8_t* image, int8_t* out, int32_t c) {
  const int32_t line = simd_columns(p) * p.in_c, repeat = simd_repeat(p);
  const int32_t in_step = repeat * p.stride_w * p.in_c, out_step = repeat * p.out_c,
                out_line = p.out_w * p.out_c;
  for (int32_t y = 0; y < p.out_h; ++y, image += p.stride_h * line, out += out_line) {
    const uint8_t* x = image;
    for (int32_t o = 0; o < out_line; o += out_step, x += in_step)
      own_tile<lanes>(l, p, chunk, x, line, out + o, repeat > 1 ? out_line - o : p.out_c - c);
  }
}

MOTE_SIMD_ENTRY void depthwise_conv2d(const DepthwiseConv2dS8Params& p, const int8_t* in,
                                      const int32_t* words, int8_t* out, uint8_t* scratch) {
  const int8_t* stream = (const int8_t*)words;
  const SimdLayer l = layer_of(stream, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max);
  const int32_t quads = simd_quads(p.kernel_h) * p.kernel_w, outputs = simd_repeat(p) * p.out_c;
  for (int32_t n = 0; n < p.batches;
       ++n, in += p.in_h * p.in_w * p.in_c, out += p.out_h * p.out_w * p.out_c) {
    put_image<true>(p, in, scratch);
    const int8_t* chunk = stream + kSimdHeaderBytes;
    for (int32_t c = 0; c < outputs;) {
      const int32_t lanes = simd_lanes(outputs - c);
      if (lanes == 4)
        own_tiles<4>(l, p, chunk, scratch + c, out + c, c);
      else if (lanes == 2)
        own_tiles<2>(l, p, chunk, scratch + c, out + c, c);
      else
        own_tiles<1>(l, p, chunk, scratch + c, out + c, c);
      chunk += simd_chunk_bytes(lanes, quads);
      c += 16 * lanes;
    }
  }
}

// ---- element by element

MOTE_SIMD_FUNCTION void add_sixteen(const AddS8Params& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  const Values a = finer(widened(in1), p.in1_zero_point, p.in1_multiplier, -p.in1_shift);
  const Values b = finer(widened(in2), p.in2_zero_point, p.in2_multiplier, -p.in2_shift);
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
