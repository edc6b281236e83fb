// Signals cut into frames and put together again, with memory between calls: contract and parameters of framer_s16,
// delay_s16, stacker_s16, overlap_add_s16 and overlap_add_f32.
#ifndef MOTE_DSP_STREAM_STREAM_H
#define MOTE_DSP_STREAM_STREAM_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_FRAMER_S16_FIELDS(FIELD)                                                        \
  FIELD(int32_t, rows)       /* signals side by side */                                      \
  FIELD(int32_t, frames)     /* made by a call */                                            \
  FIELD(int32_t, frame_size) /* samples */                                                   \
  FIELD(int32_t, frame_step)                                                                 \
  FIELD(int32_t, capacity) /* samples kept of a row: frame_size, up to a multiple of step */ \
  FIELD(int32_t, prefill)  /* 0s before the first sample */

#define MOTE_DELAY_S16_FIELDS(FIELD)            \
  FIELD(int32_t, rows)                          \
  FIELD(int32_t, length) /* samples of a row */ \
  FIELD(int32_t, delay)  /* samples */

#define MOTE_STACKER_S16_FIELDS(FIELD)                                            \
  FIELD(int32_t, channels)                                                        \
  FIELD(int32_t, left)  /* earlier frames; before the first there is its copy */  \
  FIELD(int32_t, count) /* elements of a stack: channels · (left + 1 + right) */ \
  FIELD(int32_t, step)  /* elements between stacks, <= count */

#define MOTE_OVERLAP_ADD_FIELDS(FIELD) \
  FIELD(int32_t, rows)                 \
  FIELD(int32_t, frames)               \
  FIELD(int32_t, frame_size)           \
  FIELD(int32_t, frame_step) /* 1 ... frame_size: samples that are complete */

namespace mote {
MOTE_PARAMS(FramerS16Params, MOTE_FRAMER_S16_FIELDS)
MOTE_PARAMS(DelayS16Params, MOTE_DELAY_S16_FIELDS)
MOTE_PARAMS(StackerS16Params, MOTE_STACKER_S16_FIELDS)
MOTE_PARAMS(OverlapAddParams, MOTE_OVERLAP_ADD_FIELDS)

// Moves `keep` elements from `from` to the start of a history.
template <class T>
MOTE_KERNEL void move_to_front(T* history, int32_t from, int32_t keep) {
  memmove(history, history + from, (size_t)keep * sizeof(T));
}
template <class T>
MOTE_KERNEL void copy_elements(T* to, const T* from, int32_t count) {
  memcpy(to, from, (size_t)count * sizeof(T));
}
}  // namespace mote

#endif
