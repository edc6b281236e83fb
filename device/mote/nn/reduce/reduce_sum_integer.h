// reduce_sum_s8 and reduce_sum_s16, the references: SUM and MEAN with the arithmetic of TFLM.
#ifndef MOTE_NN_REDUCE_REDUCE_SUM_INTEGER_H
#define MOTE_NN_REDUCE_REDUCE_SUM_INTEGER_H

#include "mote/base/fixed.h"
#include "mote/nn/reduce/reduce_loops.h"

namespace mote {

// Sums wrap modulo 2^32, as TFLM's do on the machines it runs on; 65536 s16 or 2^24 s8 elements cannot.
template <class T, int32_t low, int32_t high>
struct IntegerReduceSum {
  typedef uint32_t Value;
  const ReduceSumIntegerParams& p;

  uint32_t start() const { return 0; }
  uint32_t next(uint32_t sum, T x) const { return sum + (uint32_t)(int32_t)x; }
  T finish(uint32_t sum) const {
    const int32_t centred = (int32_t)(sum - (uint32_t)p.zero_sum);
    const int64_t result = (int64_t)requantize(centred, p.multiplier, p.shift) + p.out_zero_point;
    return (T)(result < low ? low : (result > high ? high : result));
  }
};

// out = clamp( requantize( Σ in - zero_sum ) + out_zero_point ); a mean's multiplier divides by the number of elements
// in [kept0, reduced0, kept1, reduced1, kept2, reduced2, kept3] s8;  out [kept0, kept1, kept2, kept3] s8.
// out may lie over in or below it.
MOTE_KERNEL void reduce_sum_s8(const ReduceSumIntegerParams& p, const int8_t* in, int8_t* out) {
  reduce(IntegerReduceSum<int8_t, -128, 127>{p}, p, in, out);
}

// The same of s16.
MOTE_KERNEL void reduce_sum_s16(const ReduceSumIntegerParams& p, const int16_t* in, int16_t* out) {
  reduce(IntegerReduceSum<int16_t, -32768, 32767>{p}, p, in, out);
}

}  // namespace mote

#endif
