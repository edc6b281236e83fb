// logical, the reference: AND, OR, NOT, and equality of truth values, with broadcasting.
#ifndef MOTE_NN_BINARY_LOGICAL_H
#define MOTE_NN_BINARY_LOGICAL_H

#include "mote/nn/binary/binary.h"

namespace mote {

// Bit 2·x + y of the truth table; any byte but 0 is true.
struct TruthTable {
  const LogicalParams& p;
  MOTE_KERNEL uint8_t operator()(uint8_t x, uint8_t y) const {
    const int32_t row = (x != 0 ? 2 : 0) + (y != 0 ? 1 : 0);
    return (uint8_t)((p.truth >> row) & 1);
  }
};

MOTE_KERNEL void logical(const LogicalParams& p, const uint8_t* in1, const uint8_t* in2, uint8_t* out) {
  for_pairs(p, in1, in2, out, TruthTable{p});
}

}  // namespace mote

#endif
