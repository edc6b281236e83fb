// reduce_extreme_s8, _s16, _u8 and _f32, the references: the largest or smallest element along the reduced axes.
// Of truth values (u8, 0 or 1) the largest says "any" and the smallest "all".
#ifndef MOTE_NN_REDUCE_REDUCE_EXTREME_H
#define MOTE_NN_REDUCE_REDUCE_EXTREME_H

#include "mote/base/fp_exact.h"

#include "mote/nn/reduce/reduce_loops.h"

namespace mote {

// Starts from the type's own end, which only an infinity or a row of NaNs can tell from the elements' extreme:
// −FLT_MAX (FLT_MAX) stands for them then, as in TFLM.
template <class T>
struct Extreme {
  typedef T Value;
  T first;
  bool largest;

  T start() const { return first; }
  T next(T best, T x) const { return (largest ? x > best : x < best) ? x : best; }
  T finish(T best) const { return best; }
};

// out = max in, or min in;  in [kept0, reduced0, kept1, reduced1, kept2, reduced2, kept3], out [kept0, kept1, kept2, kept3].
// out may lie over in or below it.
MOTE_KERNEL void reduce_extreme_s8(const ReduceExtremeParams& p, const int8_t* in, int8_t* out) {
  reduce(Extreme<int8_t>{(int8_t)(p.largest ? -128 : 127), p.largest != 0}, p, in, out);
}
MOTE_KERNEL void reduce_extreme_s16(const ReduceExtremeParams& p, const int16_t* in, int16_t* out) {
  reduce(Extreme<int16_t>{(int16_t)(p.largest ? -32768 : 32767), p.largest != 0}, p, in, out);
}
MOTE_KERNEL void reduce_extreme_u8(const ReduceExtremeParams& p, const uint8_t* in, uint8_t* out) {
  reduce(Extreme<uint8_t>{(uint8_t)(p.largest ? 0 : 255), p.largest != 0}, p, in, out);
}
MOTE_KERNEL void reduce_extreme_f32(const ReduceExtremeParams& p, const float* in, float* out) {
  reduce(Extreme<float>{p.largest ? -3.40282347e38f : 3.40282347e38f, p.largest != 0}, p, in, out);
}

}  // namespace mote

#endif
