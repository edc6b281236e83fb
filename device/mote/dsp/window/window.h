// window: contract and parameters of window_s16.
#ifndef MOTE_DSP_WINDOW_WINDOW_H
#define MOTE_DSP_WINDOW_WINDOW_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_WINDOW_S16_FIELDS(FIELD)                          \
  FIELD(int32_t, frames)                                       \
  FIELD(int32_t, length) /* samples of a frame, and weights */ \
  FIELD(int32_t, shift)  /* 0 ... 31: a weight of 2^shift leaves a sample as it is */

namespace mote {
MOTE_PARAMS(WindowS16Params, MOTE_WINDOW_S16_FIELDS)
}  // namespace mote

#endif
