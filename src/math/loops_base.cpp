// The training loops for every machine: vectors of 4 floats, which SSE2 and NEON have.
#include "math/loops.h"

#define MOTE_LANES 4
#define MOTE_TILE_ROWS 3
#define MOTE_LOOPS_NAME "base"
#include "math/loops.inc"

namespace mote::learn {
const Loops& base_loops() { return kLoops; }
}  // namespace mote::learn
