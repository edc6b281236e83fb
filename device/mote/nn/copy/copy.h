// copy_blocks: contract and parameters.  Concatenation is one call for each input.
#ifndef MOTE_NN_COPY_COPY_H
#define MOTE_NN_COPY_COPY_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_COPY_BLOCKS_FIELDS(FIELD)                        \
  FIELD(int32_t, blocks)                                      \
  FIELD(int32_t, block_bytes) /* bytes of each block */       \
  FIELD(int32_t, in_stride)   /* bytes from block to block */ \
  FIELD(int32_t, out_stride)                                  \
  FIELD(int32_t, out_offset) /* bytes before the first block */

namespace mote {
MOTE_PARAMS(CopyBlocksParams, MOTE_COPY_BLOCKS_FIELDS)
}  // namespace mote

#endif
