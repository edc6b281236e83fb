// mul_s8_dsp: the same bytes as mul_s8, requantized in five instructions on cores with the DSP extension.
#ifndef MOTE_NN_BINARY_MUL_DSP_H
#define MOTE_NN_BINARY_MUL_DSP_H

#include "mote/base/fixed_dsp.h"
#include "mote/nn/binary/binary.h"

namespace mote {

// As ScaledProduct<int8_t> of mul.h, for −31 ≤ shift ≤ −1; the product is at most 255², doubled below 2^18.
struct ScaledProductDsp {
  const ScaledPairParams& p;
  MOTE_KERNEL int8_t operator()(int8_t x, int8_t y) const {
    const int32_t product = ((int32_t)x - p.in1_zero_point) * ((int32_t)y - p.in2_zero_point);
    return clamp_s8(requantize_doubled(2 * product, p.multiplier, -p.shift, p.out_zero_point), p.act_min,
                    p.act_max);
  }
};

MOTE_KERNEL void mul_s8_dsp(const ScaledPairParams& p, const int8_t* in1, const int8_t* in2, int8_t* out) {
  for_pairs(p, in1, in2, out, ScaledProductDsp{p});
}

}  // namespace mote

#endif
