// select_bytes, the reference: SELECT and SELECT_V2, which move elements of any type.
#ifndef MOTE_NN_BINARY_SELECT_H
#define MOTE_NN_BINARY_SELECT_H

#include "mote/base/params.h"
#include "mote/base/port.h"

// Loops and steps as in binary.h, over elements of element_bytes bytes; steps are in elements.
#define MOTE_SELECT_FIELDS(FIELD)                \
  FIELD(int32_t, element_bytes) /* 1, 2, 4, 8 */ \
  FIELD(int32_t, extent0)                        \
  FIELD(int32_t, extent1)                        \
  FIELD(int32_t, extent2)                        \
  FIELD(int32_t, extent3)                        \
  FIELD(int32_t, extent4)                        \
  FIELD(int32_t, extent5)                        \
  FIELD(int32_t, condition_step0)                \
  FIELD(int32_t, condition_step1)                \
  FIELD(int32_t, condition_step2)                \
  FIELD(int32_t, condition_step3)                \
  FIELD(int32_t, condition_step4)                \
  FIELD(int32_t, condition_step5)                \
  FIELD(int32_t, in1_step0)                      \
  FIELD(int32_t, in1_step1)                      \
  FIELD(int32_t, in1_step2)                      \
  FIELD(int32_t, in1_step3)                      \
  FIELD(int32_t, in1_step4)                      \
  FIELD(int32_t, in1_step5)                      \
  FIELD(int32_t, in2_step0)                      \
  FIELD(int32_t, in2_step1)                      \
  FIELD(int32_t, in2_step2)                      \
  FIELD(int32_t, in2_step3)                      \
  FIELD(int32_t, in2_step4)                      \
  FIELD(int32_t, in2_step5)

namespace mote {
MOTE_PARAMS(SelectParams, MOTE_SELECT_FIELDS)

// out[…] = condition[…] ? in1[…] : in2[…], byte for byte.  Any condition but 0 is true.
// out may not lie over an input.
MOTE_KERNEL void select_bytes(const SelectParams& p, const uint8_t* condition, const uint8_t* in1,
                              const uint8_t* in2, uint8_t* out) {
  for (int32_t i0 = 0; i0 < p.extent0; ++i0) {
    for (int32_t i1 = 0; i1 < p.extent1; ++i1) {
      for (int32_t i2 = 0; i2 < p.extent2; ++i2) {
        for (int32_t i3 = 0; i3 < p.extent3; ++i3) {
          for (int32_t i4 = 0; i4 < p.extent4; ++i4) {
            const uint8_t* c = condition + i0 * p.condition_step0 + i1 * p.condition_step1 +
                               i2 * p.condition_step2 + i3 * p.condition_step3 + i4 * p.condition_step4;
            const int32_t x =
                i0 * p.in1_step0 + i1 * p.in1_step1 + i2 * p.in1_step2 + i3 * p.in1_step3 + i4 * p.in1_step4;
            const int32_t y =
                i0 * p.in2_step0 + i1 * p.in2_step1 + i2 * p.in2_step2 + i3 * p.in2_step3 + i4 * p.in2_step4;
            for (int32_t i5 = 0; i5 < p.extent5; ++i5) {
              const bool yes = c[i5 * p.condition_step5] != 0;
              const uint8_t* from = yes ? in1 + (x + i5 * p.in1_step5) * p.element_bytes
                                        : in2 + (y + i5 * p.in2_step5) * p.element_bytes;
              for (int32_t b = 0; b < p.element_bytes; ++b) *out++ = from[b];
            }
          }
        }
      }
    }
  }
}

}  // namespace mote

#endif
