// Between real values and the other quantized types: u8 and s16.  s8 has a file of its own, which every firmware includes.
#ifndef MOTE_NN_QUANTIZE_QUANTIZE_H
#define MOTE_NN_QUANTIZE_QUANTIZE_H

#include "mote/base/fp_exact.h"

#include "mote/nn/quantize/quantize_s8.h"

#define MOTE_QUANTIZE_FIELDS(FIELD)                         \
  FIELD(int32_t, count)      /* elements */                 \
  FIELD(float, scale)        /* real units per step, > 0 */ \
  FIELD(int32_t, zero_point) /* in the range of the type */

namespace mote {
MOTE_PARAMS(QuantizeParams, MOTE_QUANTIZE_FIELDS)

// out[i] = clamp(round(in[i] / scale) + zero_point)      in [count] f32; they do not overlap
MOTE_KERNEL void quantize_u8(const QuantizeParams& p, const float* in, uint8_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (uint8_t)quantize_one(in[i], p.scale, p.zero_point, 0, 255);
}
MOTE_KERNEL void quantize_s16(const QuantizeParams& p, const float* in, int16_t* out) {
  for (int32_t i = 0; i < p.count; ++i)
    out[i] = (int16_t)quantize_one(in[i], p.scale, p.zero_point, -32768, 32767);
}

// out[i] = (in[i] − zero_point) · scale                  out [count] f32; they do not overlap
// The difference has 17 bits: it is an exact float, and the product is the nearest float to the true one.
MOTE_KERNEL void dequantize_u8(const QuantizeParams& p, const uint8_t* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (float)((int32_t)in[i] - p.zero_point) * p.scale;
}
MOTE_KERNEL void dequantize_s16(const QuantizeParams& p, const int16_t* in, float* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (float)((int32_t)in[i] - p.zero_point) * p.scale;
}

}  // namespace mote

#endif
