// gather_nd, the reference: slices of a tensor, each chosen by an index in several dimensions.
#ifndef MOTE_NN_GATHER_GATHER_ND_H
#define MOTE_NN_GATHER_GATHER_ND_H

#include "mote/nn/gather/gather.h"

namespace mote {

// out[s] = in[indices[s, 0], indices[s, 1], …]   slices of slice_bytes;  s < slices
// Each number of an index is moved into its dimension.  No two of the arguments overlap.
MOTE_KERNEL void gather_nd(const GatherNdParams& p, const uint8_t* in, const int32_t* indices, uint8_t* out) {
  for (int32_t s = 0; s < p.slices; ++s) {
    const int32_t* index = indices + s * p.depth;
    int32_t at = 0;
    if (p.depth > 0) at += existing_index(index[0], p.extent0) * p.stride0;
    if (p.depth > 1) at += existing_index(index[1], p.extent1) * p.stride1;
    if (p.depth > 2) at += existing_index(index[2], p.extent2) * p.stride2;
    if (p.depth > 3) at += existing_index(index[3], p.extent3) * p.stride3;
    if (p.depth > 4) at += existing_index(index[4], p.extent4) * p.stride4;
    memcpy(out + s * p.slice_bytes, in + at, (size_t)p.slice_bytes);
  }
}

}  // namespace mote

#endif
