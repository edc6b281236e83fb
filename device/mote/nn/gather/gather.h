// gather and gather_nd: contracts and parameters.  They move bytes and know no element type; indices are int32 and
// come from anywhere: one that is out of range is moved to the nearest that exists, so that nothing outside is read.
#ifndef MOTE_NN_GATHER_GATHER_H
#define MOTE_NN_GATHER_GATHER_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_GATHER_FIELDS(FIELD)                                           \
  FIELD(int32_t, batches) /* each has indices of its own */                 \
  FIELD(int32_t, outer)   /* tables of a batch; the indices are the same */ \
  FIELD(int32_t, rows)    /* of a table, 1 or more */                       \
  FIELD(int32_t, indices) /* of a batch */                                  \
  FIELD(int32_t, row_bytes)

#define MOTE_GATHER_ND_FIELDS(FIELD)                           \
  FIELD(int32_t, slices) /* that are taken */                  \
  FIELD(int32_t, depth)  /* numbers of an index, 0-5 */        \
  FIELD(int32_t, slice_bytes)                                  \
  FIELD(int32_t, extent0) /* of the dimensions of the input */ \
  FIELD(int32_t, extent1)                                      \
  FIELD(int32_t, extent2)                                      \
  FIELD(int32_t, extent3)                                      \
  FIELD(int32_t, extent4)                                      \
  FIELD(int32_t, stride0) /* bytes */                          \
  FIELD(int32_t, stride1)                                      \
  FIELD(int32_t, stride2)                                      \
  FIELD(int32_t, stride3)                                      \
  FIELD(int32_t, stride4)

namespace mote {
MOTE_PARAMS(GatherParams, MOTE_GATHER_FIELDS)
MOTE_PARAMS(GatherNdParams, MOTE_GATHER_ND_FIELDS)

// The nearest index that exists.
inline int32_t existing_index(int32_t index, int32_t extent) {
  if (index < 0) return 0;
  return index < extent ? index : extent - 1;
}
}  // namespace mote

#endif
