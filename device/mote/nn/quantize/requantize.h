// requantize_elements: from one scale and integer type to another, s8, u8, s16 or s32.  From 8 bits to 8 bits a table does
// it (nn/lookup).
#ifndef MOTE_NN_QUANTIZE_REQUANTIZE_H
#define MOTE_NN_QUANTIZE_REQUANTIZE_H

#include "mote/base/fixed.h"
#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_REQUANTIZE_FIELDS(FIELD)                           \
  FIELD(int32_t, count)                                         \
  FIELD(int32_t, from) /* bytes of an element of in: 1, 2, 4 */ \
  FIELD(int32_t, to)   /* bytes of an element of out */         \
  FIELD(int32_t, in_zero_point)                                 \
  FIELD(int32_t, out_zero_point)                                \
  FIELD(int32_t, multiplier) /* Q31 */                          \
  FIELD(int32_t, shift)

namespace mote {
MOTE_PARAMS(RequantizeParams, MOTE_REQUANTIZE_FIELDS)

template <class In, class Out>
MOTE_KERNEL void requantize_loop(const RequantizeParams& p, const In* in, Out* out, int32_t low,
                                 int32_t high) {
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t x = (int32_t)((uint32_t)(int32_t)in[i] - (uint32_t)p.in_zero_point);
    const uint32_t y = (uint32_t)requantize(x, p.multiplier, p.shift) + (uint32_t)p.out_zero_point;
    out[i] = (Out)clamp((int32_t)y, low, high);
  }
}
template <class In>
MOTE_KERNEL void requantize_to(const RequantizeParams& p, const In* in, void* out) {
  if (p.to == 1) return requantize_loop<In, int8_t>(p, in, (int8_t*)out, -128, 127);
  if (p.to == 2) return requantize_loop<In, int16_t>(p, in, (int16_t*)out, -32768, 32767);
  requantize_loop<In, int32_t>(p, in, (int32_t*)out, INT32_MIN, INT32_MAX);
}

// out[i] = clamp( requantize( in[i] − in_zero_point, multiplier, shift ) + out_zero_point ), signed integers of `from`
// and `to` bytes.  Sums that do not fit 32 bits wrap, as TFLM's do.  They do not overlap.
MOTE_KERNEL void requantize_elements(const RequantizeParams& p, const void* in, void* out) {
  if (p.from == 1) return requantize_to<int8_t>(p, (const int8_t*)in, out);
  if (p.from == 2) return requantize_to<int16_t>(p, (const int16_t*)in, out);
  requantize_to<int32_t>(p, (const int32_t*)in, out);
}

}  // namespace mote

#endif
