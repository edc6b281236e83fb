// Functions of one quantized number, by tables that the host makes: every function of 8 bits in 256 bytes, of 16
// bits by interpolation between 513 points, and logistic and tanh of 16 bits by a table of half a sigmoid.
#ifndef MOTE_NN_LOOKUP_LOOKUP_H
#define MOTE_NN_LOOKUP_LOOKUP_H

#include "mote/base/fixed.h"
#include "mote/base/params.h"
#include "mote/base/port.h"
#include "mote/base/rom.h"

#define MOTE_LOOKUP_FIELDS(FIELD) FIELD(int32_t, count) /* elements */

#define MOTE_SIGMOID_S16_FIELDS(FIELD)                                                       \
  FIELD(int32_t, count)                                                                      \
  FIELD(int32_t, multiplier) /* 1 … 32767: in · multiplier · 2^−shift is in 1/12288 */ \
  FIELD(int32_t, shift)      /* 0 … 31, to the right */

namespace mote {
MOTE_PARAMS(LookupParams, MOTE_LOOKUP_FIELDS)
MOTE_PARAMS(SigmoidS16Params, MOTE_SIGMOID_S16_FIELDS)

// out[i] = table[in[i] as uint8]: the entries for −128 … −1 come after those for 0 … 127.  u8 is read as its bits.
// out may lie over in or below it (element i is read before it is written).
MOTE_KERNEL void lookup_s8(const LookupParams& p, const int8_t* in, Rom<int8_t> table, int8_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = table[(int32_t)(uint8_t)in[i]];
}

// table [513]: values at −32768, −32640, … 32768, between which lines are drawn.
MOTE_KERNEL int32_t interpolate_s16(int32_t value, Rom<int16_t> table) {
  const int32_t index = 256 + (value >> 7);
  const int32_t base = table[index];
  const int32_t slope = (int32_t)(int16_t)(table[index + 1] - base);  // wraps, as in TFLM
  return (int16_t)(base + ((slope * (value & 127) + 64) >> 7));
}

// out[i] = interpolated table at in[i].  The same overlap.
MOTE_KERNEL void lookup_s16(const LookupParams& p, const int16_t* in, Rom<int16_t> table, int16_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (int16_t)interpolate_s16(in[i], table);
}

// logistic and tanh of one number in units of 1/12288, as Q0.15; arithmetic of TFLM's.
// table [256], unsigned in its 16 bits: logistic(k / 24) · 65536.  Lines between; from 255/24 on the function is 1.
MOTE_KERNEL int32_t logistic_q15(int32_t x, Rom<int16_t> table) {
  const uint32_t size = x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
  const uint32_t index = size >> 9;
  uint32_t value = (uint32_t)32767 << 10;
  if (index < 255) {
    const uint32_t low = (uint16_t)table[(int32_t)index], high = (uint16_t)table[(int32_t)index + 1];
    value = (low << 9) + (size & 511u) * (high - low);
  }
  return (int32_t)((x < 0 ? ((uint32_t)1 << 25) - value + 511u : value + 512u) >> 10);
}
// tanh(x) = 2·logistic(2x) − 1.
MOTE_KERNEL int32_t tanh_q15(int32_t x, Rom<int16_t> table) {
  const uint32_t size = x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
  const uint32_t index = size >> 8;
  int32_t value = (int32_t)65535 << 8;
  if (index < 255) {
    const uint32_t low = (uint16_t)table[(int32_t)index], high = (uint16_t)table[(int32_t)index + 1];
    value = (int32_t)((low << 8) + (size & 255u) * (high - low));
  }
  const int32_t half = (int32_t)1 << 23;
  return (x < 0 ? half - value + 127 : value - half + 128) >> 8;
}

MOTE_KERNEL int32_t scaled_for_sigmoid(const SigmoidS16Params& p, int32_t value) {
  const int32_t rounding = p.shift > 0 ? (int32_t)1 << (p.shift - 1) : 0;  // |value·multiplier| < 2^30
  return (int32_t)(((int64_t)value * p.multiplier + rounding) >> p.shift);
}

// in [count] s16 of zero point 0;  out [count] s16 of scale 2^−15 and zero point 0.  The same overlap.
MOTE_KERNEL void logistic_s16(const SigmoidS16Params& p, const int16_t* in, Rom<int16_t> table,
                              int16_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (int16_t)logistic_q15(scaled_for_sigmoid(p, in[i]), table);
}
MOTE_KERNEL void tanh_s16(const SigmoidS16Params& p, const int16_t* in, Rom<int16_t> table, int16_t* out) {
  for (int32_t i = 0; i < p.count; ++i) out[i] = (int16_t)tanh_q15(scaled_for_sigmoid(p, in[i]), table);
}

}  // namespace mote

#endif
