// delay_s16, the reference: a signal some samples later.
#ifndef MOTE_DSP_STREAM_DELAY_S16_H
#define MOTE_DSP_STREAM_DELAY_S16_H

#include "mote/dsp/stream/stream.h"

namespace mote {

// out = the last `delay` samples of what came before, then in, as far as there is room; the rest is kept.
// in, out [rows, length] s16, apart from each other.  Kept: history [rows, delay] s16.
MOTE_KERNEL void delay_s16(const DelayS16Params& p, const int16_t* in, int16_t* history, int16_t* out) {
  for (int32_t row = 0; row < p.rows; ++row, in += p.length, out += p.length, history += p.delay) {
    const int32_t old = p.delay < p.length ? p.delay : p.length;  // samples of the output from the history
    copy_elements(out, history, old);
    copy_elements(out + old, in, p.length - old);
    move_to_front(history, old, p.delay - old);
    copy_elements(history + (p.delay - old), in + (p.length - old), old);
  }
}

}  // namespace mote

#endif
