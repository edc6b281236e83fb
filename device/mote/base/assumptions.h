// What we lean on beyond the C++11 standard.  A compiler that fails one of these needs a port, not a workaround.
#ifndef MOTE_BASE_ASSUMPTIONS_H
#define MOTE_BASE_ASSUMPTIONS_H

#include <stdint.h>

namespace mote {
static_assert(sizeof(int8_t) == 1 && sizeof(int32_t) == 4 && sizeof(int64_t) == 8, "exact-width integers");
static_assert(sizeof(float) == 4, "IEEE 754 binary32");
static_assert((int32_t)(-1) == ~(int32_t)0, "two's complement");
static_assert(((int32_t)-5 >> 1) == -3 && ((int64_t)-5 >> 1) == -3, "right shift of negatives is arithmetic");
static_assert((int8_t)(uint8_t)200 == -56, "narrowing wraps modulo 2^n");
}  // namespace mote

#endif
