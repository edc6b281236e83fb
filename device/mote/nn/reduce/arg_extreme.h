// arg_extreme_s8 and arg_extreme_f32, the references: where along an axis the largest or smallest element is.
#ifndef MOTE_NN_REDUCE_ARG_EXTREME_H
#define MOTE_NN_REDUCE_ARG_EXTREME_H

#include "mote/base/fp_exact.h"

#include "mote/nn/reduce/reduce.h"

namespace mote {

// out[o, i] = the first a at which in[o, a, i] is extreme.  A NaN is never better than what came before it.
// in [outer, axis, inner];  out [outer, inner] s32.  in and out may not overlap.
template <class T>
MOTE_KERNEL void arg_extreme(const ArgExtremeParams& p, const T* in, int32_t* out) {
  for (int32_t o = 0; o < p.outer; ++o) {
    for (int32_t i = 0; i < p.inner; ++i) {
      const T* line = in + o * p.axis * p.inner + i;
      T best = line[0];
      int32_t where = 0;
      for (int32_t a = 1; a < p.axis; ++a) {
        const T x = line[a * p.inner];
        if (p.largest ? x > best : x < best) {
          best = x;
          where = a;
        }
      }
      *out++ = where;
    }
  }
}

MOTE_KERNEL void arg_extreme_s8(const ArgExtremeParams& p, const int8_t* in, int32_t* out) {
  arg_extreme(p, in, out);
}
MOTE_KERNEL void arg_extreme_f32(const ArgExtremeParams& p, const float* in, int32_t* out) {
  arg_extreme(p, in, out);
}

}  // namespace mote

#endif
