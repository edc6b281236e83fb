// framer_s16, the reference: overlapping frames of a signal that arrives in pieces.
#ifndef MOTE_DSP_STREAM_FRAMER_S16_H
#define MOTE_DSP_STREAM_FRAMER_S16_H

#include "mote/dsp/stream/stream.h"

namespace mote {

// For every frame_step new samples one frame of the oldest frame_size that are kept; until so many have come the frame is 0
// and valid[0] is 0.
// in [rows, frames · frame_step], out [rows, frames, frame_size] s16, valid u8, apart from each other.
// Kept: history [rows, capacity] s16, the oldest sample first; filled[0] samples of it beyond the prefill.
MOTE_KERNEL void framer_s16(const FramerS16Params& p, const int16_t* in, int16_t* history, int32_t* filled,
                            int16_t* out, uint8_t* valid) {
  const int32_t before = p.prefill + filled[0];
  int32_t have = before;
  valid[0] = 1;
  for (int32_t row = 0; row < p.rows; ++row) {
    int16_t* kept = history + row * p.capacity;
    have = before;
    for (int32_t frame = 0; frame < p.frames; ++frame) {
      copy_elements(kept + have, in, p.frame_step);
      have += p.frame_step;
      in += p.frame_step;
      if (have >= p.frame_size) {
        copy_elements(out, kept, p.frame_size);
        have -= p.frame_step;
        move_to_front(kept, p.frame_step, have);
      } else {
        memset(out, 0, (size_t)p.frame_size * sizeof(int16_t));
        valid[0] = 0;
      }
      out += p.frame_size;
    }
  }
  filled[0] = have - p.prefill;
}

}  // namespace mote

#endif
