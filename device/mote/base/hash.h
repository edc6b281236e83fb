// FNV-1a, 32 bits (Fowler, Noll, Vo), one copy for all arrays: cheap enough to check at boot that the weights in flash are the ones that were built.
#ifndef MOTE_BASE_HASH_H
#define MOTE_BASE_HASH_H

#include "mote/base/rom.h"

namespace mote {

static const uint32_t kFnv1a32Start = 2166136261u;

inline MOTE_NOINLINE uint32_t fnv1a32(Rom<uint8_t> bytes, int32_t count, uint32_t hash) {
  for (int32_t i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

// The same of constants that are read through plain pointers.
inline MOTE_NOINLINE uint32_t fnv1a32_plain(const uint8_t* bytes, int32_t count, uint32_t hash) {
  for (int32_t i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

}  // namespace mote

#endif
