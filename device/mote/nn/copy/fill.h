// fill, the reference: one value everywhere, as around a padded image.
#ifndef MOTE_NN_COPY_FILL_H
#define MOTE_NN_COPY_FILL_H

#include "mote/nn/copy/copy.h"

namespace mote {

// out[i] = the element whose bits are high:low  for i < count; the least significant byte first.
MOTE_KERNEL void fill(const FillParams& p, uint8_t* out) {
  if (p.element_bytes == 1) {
    memset(out, (uint8_t)p.low, (size_t)p.count);
    return;
  }
  const int32_t element[2] = {p.low, p.high};
  for (int32_t i = 0; i < p.count; ++i) memcpy(out + i * p.element_bytes, element, (size_t)p.element_bytes);
}

}  // namespace mote

#endif
