// max_pool2d_s16, the reference.  Arithmetic of TFLM's MAX_POOL_2D int16.
#ifndef MOTE_NN_POOL_MAX_POOL2D_S16_H
#define MOTE_NN_POOL_MAX_POOL2D_S16_H

#include "mote/nn/pool/pool_integers.h"

namespace mote {

// in [N, in_h, in_w, channels] s16
// out [N, out_h, out_w, channels] s16
// Input and output have the same scale and zero point.
// in and out do not overlap, except as the variant's `overlap` on the host says.
MOTE_KERNEL void max_pool2d_s16(const Pool2dS16Params& p, const int16_t* in, int16_t* out) {
  pool_integers<PoolLargest<-32768>>(p, in, out);
}

}  // namespace mote

#endif
