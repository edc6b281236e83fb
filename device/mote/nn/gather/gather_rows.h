// gather_rows, the reference: rows of tables, chosen by indices.
#ifndef MOTE_NN_GATHER_GATHER_ROWS_H
#define MOTE_NN_GATHER_GATHER_ROWS_H

#include "mote/nn/gather/gather.h"

namespace mote {

// out[b, o, i] = in[b, o, indices[b, i]]   rows of row_bytes;  b < batches, o < outer, i < p.indices
// An index below 0 takes the first row, one beyond the end the last.  No two of the arguments overlap.
MOTE_KERNEL void gather_rows(const GatherParams& p, const uint8_t* in, const int32_t* indices, uint8_t* out) {
  for (int32_t b = 0; b < p.batches; ++b) {
    const int32_t* own = indices + b * p.indices;
    for (int32_t o = 0; o < p.outer; ++o) {
      for (int32_t i = 0; i < p.indices; ++i) {
        memcpy(out, in + existing_index(own[i], p.rows) * p.row_bytes, (size_t)p.row_bytes);
        out += p.row_bytes;
      }
      in += p.rows * p.row_bytes;
    }
  }
}

}  // namespace mote

#endif
