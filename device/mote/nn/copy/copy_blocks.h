// copy_blocks, the reference.
#ifndef MOTE_NN_COPY_COPY_BLOCKS_H
#define MOTE_NN_COPY_COPY_BLOCKS_H

#include "mote/nn/copy/copy.h"

namespace mote {

// out[out_offset + b·out_stride + i] = in[b·in_stride + i]  for b < blocks, i < block_bytes
// Bytes of out between the blocks are not touched.  in and out do not overlap.
MOTE_KERNEL void copy_blocks(const CopyBlocksParams& p, const uint8_t* in, uint8_t* out) {
  for (int32_t b = 0; b < p.blocks; ++b) {
    memcpy(out + p.out_offset + b * p.out_stride, in + b * p.in_stride, (size_t)p.block_bytes);
  }
}

}  // namespace mote

#endif
