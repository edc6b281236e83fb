// The training loops with AVX-512: vectors of 16 floats.
#include <algorithm>
#include <type_traits>

#include "math/loops.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx2,fma")
#endif
#define MOTE_LANES 16
#define MOTE_WIDEST 32
#define MOTE_TILE_ROWS 12
#define MOTE_ROLLING_ROWS 16
#define MOTE_FUSED 1
#define MOTE_LOOPS_NAME "avx512"
#include "math/loops.inc"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace mote::learn {
const Loops* avx512_loops() { return &kLoops; }
}  // namespace mote::learn
#else
namespace mote::learn {
const Loops* avx512_loops() { return nullptr; }
}  // namespace mote::learn
#endif
