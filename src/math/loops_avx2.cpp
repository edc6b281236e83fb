// The training loops with AVX2 and FMA: vectors of 8 floats.
#include <algorithm>
#include <type_traits>

#include "math/loops.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define MOTE_LANES 8
#define MOTE_WIDEST 16
#define MOTE_TILE_ROWS 6
#define MOTE_ROLLING_ROWS 4
#define MOTE_FUSED 1
#define MOTE_LOOPS_NAME "avx2"
#include "math/loops.inc"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace mote::learn {
const Loops* avx2_loops() { return &kLoops; }
}  // namespace mote::learn
#else
namespace mote::learn {
const Loops* avx2_loops() { return nullptr; }
}  // namespace mote::learn
#endif
