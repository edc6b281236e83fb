// The training loops for every machine: vectors of 4 floats, which SSE2 and NEON have.
#include <algorithm>
#include <type_traits>

#include "math/loops.h"

#define MOTE_LANES 4
#define MOTE_WIDEST 16
#define MOTE_LOOPS_NAME "base"
#if defined(__aarch64__)
#include <arm_neon.h>
#define MOTE_TILE_ROWS 6
#define MOTE_ROLLING_ROWS 4
#define MOTE_FUSED 1
#else
#define MOTE_TILE_ROWS 3
#define MOTE_ROLLING_ROWS 2
#define MOTE_FUSED 0
#endif
#include "math/loops.inc"

namespace mote::learn {
const Loops& base_loops() { return kLoops; }
}  // namespace mote::learn
