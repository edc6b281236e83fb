// The compiler, as mote's device sources see it.  C++11, freestanding: no C++ standard headers, no heap, no exceptions.
#ifndef MOTE_BASE_PORT_H
#define MOTE_BASE_PORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Kernels are always inlined into the function that the generated code wraps around them, one per layer or
// one per kernel: plain `inline` would share one unspecialised copy (measured with arm-none-eabi-gcc 12 at
// -O2 and -Os).
#if defined(__GNUC__) || defined(__clang__)
#define MOTE_KERNEL inline __attribute__((always_inline))
#define MOTE_NOINLINE __attribute__((noinline))
#define MOTE_ALIGNED(n) __attribute__((aligned(n)))
#else
#define MOTE_KERNEL inline
#define MOTE_NOINLINE
#define MOTE_ALIGNED(n)
#endif

// The host verifies, the device assumes; a debug build of a firmware may define MOTE_ASSERT to check as well.
#ifndef MOTE_ASSERT
#define MOTE_ASSERT(condition) ((void)0)
#endif

#include "mote/base/assumptions.h"

#endif
