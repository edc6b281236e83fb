// stacker_s16, the reference: a feature frame together with those before and after it.
#ifndef MOTE_DSP_STREAM_STACKER_S16_H
#define MOTE_DSP_STREAM_STACKER_S16_H

#include "mote/dsp/stream/stream.h"

namespace mote {

// Appends in to the history; once it is full, out is the history, valid[0] 1, and the oldest `step` elements leave it.
// Else out is 0 and valid[0] is 0.  The first frame is appended `left` times more.
// in [channels], out [count] s16, valid u8, apart from each other.  Kept: history [count] s16, filled[0] elements of it;
// filled[1]: whether there was a first frame.
MOTE_KERNEL void stacker_s16(const StackerS16Params& p, const int16_t* in, int16_t* history, int32_t* filled,
                             int16_t* out, uint8_t* valid) {
  const int32_t copies = filled[1] == 0 ? p.left + 1 : 1;
  filled[1] = 1;
  int32_t have = filled[0];
  for (int32_t copy = 0; copy < copies; ++copy, have += p.channels)
    copy_elements(history + have, in, p.channels);
  valid[0] = have >= p.count ? 1 : 0;
  if (valid[0] != 0) {
    copy_elements(out, history, p.count);
    have -= p.step;
    move_to_front(history, p.step, have);
  } else {
    memset(out, 0, (size_t)p.count * sizeof(int16_t));
  }
  filled[0] = have;
}

}  // namespace mote

#endif
