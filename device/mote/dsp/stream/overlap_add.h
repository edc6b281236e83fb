// overlap_add_s16 and overlap_add_f32, the references: overlapping frames added to a signal.
#ifndef MOTE_DSP_STREAM_OVERLAP_ADD_H
#define MOTE_DSP_STREAM_OVERLAP_ADD_H

#include "mote/base/fp_exact.h"

#include "mote/base/fixed.h"
#include "mote/base/fmath.h"
#include "mote/dsp/stream/stream.h"

namespace mote {

MOTE_KERNEL int16_t overlap_sum(int16_t a, int16_t b) {
  return (int16_t)clamp((int32_t)a + b, -32768, 32767);
}
MOTE_KERNEL float overlap_sum(float a, float b) { return canonical(a + b); }

// Adds each frame to the sum so far; its first frame_step samples are complete and leave it.
// in [rows, frames, frame_size], out [rows, frames, frame_step], apart from each other.  Kept: sum [rows, frame_size].
template <class T>
MOTE_KERNEL void overlap_add(const OverlapAddParams& p, const T* in, T* sum, T* out) {
  for (int32_t row = 0; row < p.rows; ++row, sum += p.frame_size) {
    for (int32_t frame = 0; frame < p.frames; ++frame, in += p.frame_size, out += p.frame_step) {
      for (int32_t i = 0; i < p.frame_size; ++i) sum[i] = overlap_sum(in[i], sum[i]);
      const int32_t rest = p.frame_size - p.frame_step;
      copy_elements(out, sum, p.frame_step);
      move_to_front(sum, p.frame_step, rest);
      memset(sum + rest, 0, (size_t)p.frame_step * sizeof(T));
    }
  }
}

MOTE_KERNEL void overlap_add_s16(const OverlapAddParams& p, const int16_t* in, int16_t* sum, int16_t* out) {
  overlap_add(p, in, sum, out);
}
MOTE_KERNEL void overlap_add_f32(const OverlapAddParams& p, const float* in, float* sum, float* out) {
  overlap_add(p, in, sum, out);
}

}  // namespace mote

#endif
