// copy_blocks, copy_strided, fill and update_slice: contracts and parameters.  They move bytes and know no element
// type; all strides, offsets and sizes are in bytes.
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

// Six loops, 0 the outermost, around a run of bytes that lie together in both.  A loop that is not needed counts 1.
#define MOTE_COPY_STRIDED_FIELDS(FIELD)                               \
  FIELD(int32_t, run_bytes)                                           \
  FIELD(int32_t, in_offset) /* bytes before the first run */          \
  FIELD(int32_t, out_offset)                                          \
  FIELD(int32_t, count0)                                              \
  FIELD(int32_t, count1)                                              \
  FIELD(int32_t, count2)                                              \
  FIELD(int32_t, count3)                                              \
  FIELD(int32_t, count4)                                              \
  FIELD(int32_t, count5)                                              \
  FIELD(int32_t, in0) /* stride of the input; may be 0 or negative */ \
  FIELD(int32_t, in1)                                                 \
  FIELD(int32_t, in2)                                                 \
  FIELD(int32_t, in3)                                                 \
  FIELD(int32_t, in4)                                                 \
  FIELD(int32_t, in5)                                                 \
  FIELD(int32_t, out0) /* stride of the output */                     \
  FIELD(int32_t, out1)                                                \
  FIELD(int32_t, out2)                                                \
  FIELD(int32_t, out3)                                                \
  FIELD(int32_t, out4)                                                \
  FIELD(int32_t, out5)

#define MOTE_FILL_FIELDS(FIELD)                               \
  FIELD(int32_t, count)         /* elements */                \
  FIELD(int32_t, element_bytes) /* 1, 2, 4 or 8 */            \
  FIELD(int32_t, low)           /* the element's bits 0-31 */ \
  FIELD(int32_t, high)          /* bits 32-63 */

// A slice of at most 6 dimensions, 0 the outermost, put somewhere into a tensor.
#define MOTE_UPDATE_SLICE_FIELDS(FIELD)                                               \
  FIELD(int32_t, rank)        /* starts that are given, 1-6 */                        \
  FIELD(int32_t, start_bytes) /* of one start: 4 (int32) or 8 (int64) */              \
  FIELD(int32_t, run_bytes)   /* of one row of the last dimension */                  \
  FIELD(int32_t, count0)      /* rows: extents of the slice but for the last */       \
  FIELD(int32_t, count1)                                                              \
  FIELD(int32_t, count2)                                                              \
  FIELD(int32_t, count3)                                                              \
  FIELD(int32_t, count4)                                                              \
  FIELD(int32_t, out0) /* strides of the output; of dimensions that do not exist 0 */ \
  FIELD(int32_t, out1)                                                                \
  FIELD(int32_t, out2)                                                                \
  FIELD(int32_t, out3)                                                                \
  FIELD(int32_t, out4)                                                                \
  FIELD(int32_t, out5)                                                                \
  FIELD(int32_t, most0) /* the largest start at which the slice still fits */         \
  FIELD(int32_t, most1)                                                               \
  FIELD(int32_t, most2)                                                               \
  FIELD(int32_t, most3)                                                               \
  FIELD(int32_t, most4)                                                               \
  FIELD(int32_t, most5)

namespace mote {
MOTE_PARAMS(CopyBlocksParams, MOTE_COPY_BLOCKS_FIELDS)
MOTE_PARAMS(CopyStridedParams, MOTE_COPY_STRIDED_FIELDS)
MOTE_PARAMS(FillParams, MOTE_FILL_FIELDS)
MOTE_PARAMS(UpdateSliceParams, MOTE_UPDATE_SLICE_FIELDS)
}  // namespace mote

#endif
