// Sums of products of s8 vectors on application processors: x86-64 with AVX-512 VNNI or AVX2, AArch64 with SDOT or plain NEON.
//
// What the code does is written once, in tiles.h, on a few primitives of each instruction set (a "level"); tiles.h is
// included once for each level, in a namespace of its own.  On x86-64 all levels are compiled, by function attributes, and the
// processor is asked at run time which of them it has; on AArch64 the compiler's flags say it.  All levels, and the portable one,
// read the same stream and answer the same bytes.
//
// The stream, of words, in the order of use (from 64 bytes to 64 bytes, so that a vector does not cross a cache line where the
// array is aligned so):
//
//   16 words               word 0: flags, see below; the others are 0
//   chunks of outputs      64 outputs while more than 48 are left (4 lanes), else 32 while more than 16 are (2 lanes), else 16 (1
//                          lane); beyond the last one: zeros
//     quads · lanes · 64 bytes   weights of four inputs for each output
//     6 tables of lanes · 16 words: bias, the input's zero point folded in; the same for inputs + 128, which are unsigned;
//                            multiplier; shift to the left; shift to the right; half of what is shifted out: 2^right / 2
//
// Output 16·L + 4·j + e of a chunk is at place 4·(lanes·j + L) + e: what is unpacked and packed again within lanes of 128 bits is in
// order then.
// Conditions, which the host proves: |sum| < 2^30.
#ifndef MOTE_NN_SIMD_SIMD_H
#define MOTE_NN_SIMD_SIMD_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/elementwise/elementwise.h"
#include "mote/nn/fully_connected/fully_connected.h"
#include "mote/nn/pool/pool.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define MOTE_SIMD_X86 1
// GCC 12 warns of the undefined vectors that its own header begins with.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#else
#define MOTE_SIMD_X86 0
#endif
#if defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(__AARCH64EB__)
#define MOTE_SIMD_NEON 1
#include <arm_neon.h>
#else
#define MOTE_SIMD_NEON 0
#endif

// A loop of a number of turns that the compiler knows, written out: its arrays become registers.
#if defined(__clang__)
#define MOTE_SIMD_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define MOTE_SIMD_UNROLL _Pragma("GCC unroll 16")
#else
#define MOTE_SIMD_UNROLL
#endif

namespace mote {

enum SimdFlag {
  kSimdGeneral = 1,  // some shift is to the left, or none
  kSimdExtreme = 2,  // two weights −128 are four inputs apart: two products may leave 16 bits
};

constexpr int32_t kSimdHeaderBytes = 64, kSimdTables = 6;

MOTE_KERNEL int32_t simd_lanes(int32_t outputs_left) {
  return outputs_left > 48 ? 4 : outputs_left > 16 ? 2 : 1;
}
MOTE_KERNEL int32_t simd_quads(int32_t inputs) { return (inputs + 3) / 4; }
MOTE_KERNEL int32_t simd_chunk_bytes(int32_t lanes, int32_t quads) {
  return 64 * lanes * (quads + kSimdTables);
}
// Place of an output in the weights of a quad (times four) and in the tables.
MOTE_KERNEL int32_t simd_place(int32_t lanes, int32_t output) {
  return 4 * (lanes * (output % 16 / 4) + output / 16) + output % 4;
}

// What all outputs of a layer share.
struct SimdLayer {
  int32_t flags, in_zero_point, out_zero_point, act_min, act_max;
};

// ---- windows of convolutions

// Lines and columns of the image that windows read, padding among them.
template <class Params>
MOTE_KERNEL int32_t simd_lines(const Params& p) {
  return (p.out_h - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h + 1;
}
template <class Params>
MOTE_KERNEL int32_t simd_columns(const Params& p) {
  return (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w + 1;
}

// A window as runs of neighbouring inputs, each filled up to quads; weights beyond a run are 0, whatever inputs follow it.
struct SimdWindow {
  int32_t run;                 // inputs
  int32_t quads;               // of a run
  int32_t runs;                // of the window
  int32_t runs_in_row;         // 1, or with a dilation the kernel's width
  int32_t row_step, run_step;  // bytes from a row to the next, from a run to the next of its row
};
MOTE_KERNEL SimdWindow simd_window(const Conv2dS8Params& p) {
  const int32_t in_row = p.dilation_w == 1 ? 1 : p.kernel_w, run = p.kernel_w / in_row * p.in_c;
  const SimdWindow window = {run, simd_quads(run), p.kernel_h * in_row, in_row, 0, 0};
  return window;
}

// A convolution of 1×1 on images without padding is one on a single line of pixels.
MOTE_KERNEL Conv2dS8Params simd_lined_up(const Conv2dS8Params& p) {
  if (p.kernel_h != 1 || p.kernel_w != 1 || p.stride_h != 1 || p.stride_w != 1 || p.pad_top != 0 ||
      p.pad_left != 0 || p.in_h != p.out_h || p.in_w != p.out_w)
    return p;
  const int32_t pixels = p.batches * p.in_h * p.in_w;
  const Conv2dS8Params line = {
      1, 1, pixels, p.in_c, 1, pixels,          p.out_c,          1,         1,        1,
      1, 1, 1,      0,      0, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max};
  return line;
}
MOTE_KERNEL Conv2dS8Params simd_pixels(const FullyConnectedS8Params& p) {
  const Conv2dS8Params line = {
      1, 1, p.batches, p.in_count, 1, p.batches,       p.out_count,      1,         1,        1,
      1, 1, 1,         0,          0, p.in_zero_point, p.out_zero_point, p.act_min, p.act_max};
  return line;
}

// ---- scratch, enough for every level

MOTE_KERNEL int32_t simd_image_scratch(const Conv2dS8Params& p) {
  return 2 * simd_lines(p) * simd_columns(p) * p.in_c + 64;
}
MOTE_KERNEL int32_t simd_depthwise_scratch(const DepthwiseConv2dS8Params& p) {
  return simd_lines(p) * simd_columns(p) * p.in_c + 128;
}

// Few channels: neighbouring pixels of a line whose outputs are one chunk of 64.
MOTE_KERNEL int32_t simd_repeat(const DepthwiseConv2dS8Params& p) {
  return p.stride_w == 1 && p.out_c < 64 && 64 % p.out_c == 0 ? 64 / p.out_c : 1;
}

}  // namespace mote

// ---- the levels

#define MOTE_SIMD_LEVEL simd_portable
#define MOTE_SIMD_FUNCTION MOTE_KERNEL
#define MOTE_SIMD_ENTRY static inline MOTE_NOINLINE
#include "mote/nn/simd/level_portable.h"
#include "mote/nn/simd/tiles.h"
#undef MOTE_SIMD_LEVEL
#undef MOTE_SIMD_FUNCTION
#undef MOTE_SIMD_ENTRY

#if MOTE_SIMD_X86
#define MOTE_SIMD_LEVEL simd_avx2
#define MOTE_SIMD_FUNCTION inline __attribute__((always_inline, target("avx2")))
#define MOTE_SIMD_ENTRY static inline __attribute__((noinline, target("avx2")))
#include "mote/nn/simd/level_avx2.h"
#include "mote/nn/simd/tiles.h"
#undef MOTE_SIMD_LEVEL
#undef MOTE_SIMD_FUNCTION
#undef MOTE_SIMD_ENTRY

#define MOTE_SIMD_LEVEL simd_vnni
#define MOTE_SIMD_FUNCTION \
  inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define MOTE_SIMD_ENTRY \
  static inline __attribute__((noinline, target("avx512f,avx512bw,avx512vl,avx512vnni")))
#include "mote/nn/simd/level_vnni.h"
#include "mote/nn/simd/tiles.h"
#undef MOTE_SIMD_LEVEL
#undef MOTE_SIMD_FUNCTION
#undef MOTE_SIMD_ENTRY
#endif

#if MOTE_SIMD_NEON
#define MOTE_SIMD_LEVEL simd_neon
#define MOTE_SIMD_FUNCTION MOTE_KERNEL
#define MOTE_SIMD_ENTRY static inline MOTE_NOINLINE
#include "mote/nn/simd/level_neon.h"
#include "mote/nn/simd/tiles.h"
#undef MOTE_SIMD_LEVEL
#undef MOTE_SIMD_FUNCTION
#undef MOTE_SIMD_ENTRY
#endif

namespace mote {

// Levels by number, the better the higher; 0 is the portable one.
MOTE_KERNEL int32_t simd_level() {
#if MOTE_SIMD_X86
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    return 2;
  return __builtin_cpu_supports("avx2") ? 1 : 0;
#elif MOTE_SIMD_NEON
  return 1;
#else
  return 0;
#endif
}

// Calls `function` of the level that `level` names.
#if MOTE_SIMD_X86
#define MOTE_SIMD_CALL(level, function, ...) \
  do {                                       \
    if ((level) == 2)                        \
      simd_vnni::function(__VA_ARGS__);      \
    else if ((level) == 1)                   \
      simd_avx2::function(__VA_ARGS__);      \
    else                                     \
      simd_portable::function(__VA_ARGS__);  \
  } while (0)
#elif MOTE_SIMD_NEON
#define MOTE_SIMD_CALL(level, function, ...) \
  do {                                       \
    if ((level) == 1)                        \
      simd_neon::function(__VA_ARGS__);      \
    else                                     \
      simd_portable::function(__VA_ARGS__);  \
  } while (0)
#else
#define MOTE_SIMD_CALL(level, function, ...) \
  do {                                       \
    (void)(level);                           \
    simd_portable::function(__VA_ARGS__);    \
  } while (0)
#endif

}  // namespace mote

#endif
