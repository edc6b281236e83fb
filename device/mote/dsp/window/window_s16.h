// window_s16, the reference: a window function in fixed point.
#ifndef MOTE_DSP_WINDOW_WINDOW_S16_H
#define MOTE_DSP_WINDOW_WINDOW_S16_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"
#include "mote/dsp/window/window.h"

namespace mote {

// out[f, i] = clamp( in[f, i] · weights[i] >> shift );  the product fits 31 bits.
// in, out [frames, length] s16, weights [length] s16.  out may lie over in or below it.
MOTE_KERNEL void window_s16(const WindowS16Params& p, const int16_t* in, Rom<int16_t> weights, int16_t* out) {
  for (int32_t f = 0; f < p.frames; ++f) {
    for (int32_t i = 0; i < p.length; ++i) {
      const int32_t product = (int32_t)in[f * p.length + i] * weights[i];
      out[f * p.length + i] = (int16_t)clamp(product >> p.shift, -32768, 32767);
    }
  }
}

}  // namespace mote

#endif
