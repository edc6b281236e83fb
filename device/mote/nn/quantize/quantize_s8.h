// Real values to int8 and back: what stands between a sensor's numbers and a quantized model's inputs and outputs.
#ifndef MOTE_NN_QUANTIZE_QUANTIZE_S8_H
#define MOTE_NN_QUANTIZE_QUANTIZE_S8_H

#include "mote/base/params.h"
#include "mote/base/port.h"

namespace mote {

#define MOTE_QUANTIZE_S8_FIELDS(FIELD)                      \
  FIELD(int32_t, count)      /* elements */                 \
  FIELD(float, scale)        /* real units per step, > 0 */ \
  FIELD(int32_t, zero_point) /* −128 … 127 */
MOTE_PARAMS(QuantizeS8Params, MOTE_QUANTIZE_S8_FIELDS)

// Nearest step, ties away from zero, saturated to low … high, |·| ≤ 2^15.  A NaN becomes the zero point: a broken
// sensor reads as 0.
MOTE_KERNEL int32_t quantize_one(float value, float scale, int32_t zero_point, int32_t low, int32_t high) {
  const float steps = value / scale;
  const float most = (float)(high - low + 1);
  if (!(steps > -most)) return steps <= -most ? low : zero_point;  // the second case is NaN
  if (steps > most) return high;
  int32_t whole = (int32_t)steps;           // towards zero
  const float rest = steps - (float)whole;  // exact
  if (rest >= 0.5f) whole += 1;
  if (rest <= -0.5f) whole -= 1;
  const int32_t q = whole + zero_point;
  return q < low ? low : (q > high ? high : q);
}
MOTE_KERNEL int8_t quantize_s8_one(float value, float scale, int32_t zero_point) {
  return (int8_t)quantize_one(value, scale, zero_point, -128, 127);
}

// out[i] = clamp(round(in[i] / scale) + zero_point)      in [count] f32, out [count] s8; they do not overlap
MOTE_KERNEL void quantize_s8(const QuantizeS8Params& p, const float* in, int8_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = quantize_s8_one(in[i], p.scale, p.zero_point);
}

// out[i] = (in[i] − zero_point) · scale                  in [count] s8, out [count] f32; they do not overlap
MOTE_KERNEL void dequantize_s8(const QuantizeS8Params& p, const int8_t* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (float)((int32_t)in[i] - p.zero_point) * p.scale;
}

}  // namespace mote

#endif
