// average_pool2d_s8, the reference.  Arithmetic of TFLM's AVERAGE_POOL_2D int8: the mean is rounded half away from zero.
#ifndef MOTE_NN_POOL_AVERAGE_POOL2D_S8_H
#define MOTE_NN_POOL_AVERAGE_POOL2D_S8_H

#include "mote/nn/pool/pool_integers.h"

namespace mote {

// in [N, in_h, in_w, channels] s8
// out [N, out_h, out_w, channels] s8
// Input and output have the same scale and zero point.
// A window has at most 2^23 taps, so that the sum fits 32 bits.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void average_pool2d_s8(const Pool2dS8Params& p, const int8_t* in, int8_t* out) {
  pool_integers<PoolMean>(p, in, out);
}

}  // namespace mote

#endif
