// average_pool2d_s16, the reference.  Arithmetic of TFLM's AVERAGE_POOL_2D int16: the mean is rounded half away from zero.
#ifndef MOTE_NN_POOL_AVERAGE_POOL2D_S16_H
#define MOTE_NN_POOL_AVERAGE_POOL2D_S16_H

#include "mote/nn/pool/pool_integers.h"

namespace mote {

// in [N, in_h, in_w, channels] s16
// out [N, out_h, out_w, channels] s16
// Input and output have the same scale and zero point.
// A window has at most 2^15 taps, so that the sum fits 32 bits.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void average_pool2d_s16(const Pool2dS16Params& p, const int16_t* in, int16_t* out) {
  pool_integers<PoolMean>(p, in, out);
}

}  // namespace mote

#endif
