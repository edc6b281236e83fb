// The training loops with AVX2: vectors of 8 floats.  Multiplications and additions stay apart
// (-ffp-contract=off), so the bytes are those of loops_base.cpp.
#include "math/loops.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define MOTE_LANES 8
#define MOTE_TILE_ROWS 6
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
