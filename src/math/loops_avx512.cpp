// The training loops with AVX-512: vectors of 16 floats.  Multiplications and additions stay apart
// (-ffp-contract=off), so the bytes are those of loops_base.cpp.
#include "math/loops.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq")
#endif
#define MOTE_LANES 16
#define MOTE_TILE_ROWS 16
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
