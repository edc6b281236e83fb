// Element-wise kernels of two inputs with broadcasting: what they share.  Parameters, and the walk over the output.
// Each kernel's formula is a small function object; the walk applies it to every pair of elements.
#ifndef MOTE_NN_BINARY_BINARY_H
#define MOTE_NN_BINARY_BINARY_H

#include "mote/base/params.h"
#include "mote/base/port.h"

// The output, dense, as up to six nested loops, outermost first; the host has merged what it can, so that two inputs
// of one shape are a single loop (extents 0 … 4 are 1).  A step is how far an input moves in one iteration, in
// elements; 0: the input is repeated along that loop.
#define MOTE_PAIR_LOOP_FIELDS(FIELD)              \
  FIELD(int32_t, extent0) /* iterations, ≥ 1 */ \
  FIELD(int32_t, extent1)                         \
  FIELD(int32_t, extent2)                         \
  FIELD(int32_t, extent3)                         \
  FIELD(int32_t, extent4)                         \
  FIELD(int32_t, extent5)                         \
  FIELD(int32_t, in1_step0)                       \
  FIELD(int32_t, in1_step1)                       \
  FIELD(int32_t, in1_step2)                       \
  FIELD(int32_t, in1_step3)                       \
  FIELD(int32_t, in1_step4)                       \
  FIELD(int32_t, in1_step5)                       \
  FIELD(int32_t, in2_step0)                       \
  FIELD(int32_t, in2_step1)                       \
  FIELD(int32_t, in2_step2)                       \
  FIELD(int32_t, in2_step3)                       \
  FIELD(int32_t, in2_step4)                       \
  FIELD(int32_t, in2_step5)

// Both inputs are brought to a common scale before they meet: sum, squared difference.
#define MOTE_RESCALED_PAIR_FIELDS(FIELD)                                             \
  MOTE_PAIR_LOOP_FIELDS(FIELD)                                                       \
  FIELD(int32_t, left_shift)     /* bits of headroom before the inputs are scaled */ \
  FIELD(int32_t, in1_zero_point) /* of the element type */                           \
  FIELD(int32_t, in1_multiplier) /* Q31 */                                           \
  FIELD(int32_t, in1_shift)      /* ≤ 0 */                                         \
  FIELD(int32_t, in2_zero_point)                                                     \
  FIELD(int32_t, in2_multiplier)                                                     \
  FIELD(int32_t, in2_shift)                                                          \
  FIELD(int32_t, in2_sign) /* 1, or −1 for a difference */                         \
  FIELD(int32_t, out_zero_point)                                                     \
  FIELD(int32_t, out_multiplier)                                                     \
  FIELD(int32_t, out_shift)                                                          \
  FIELD(int32_t, act_min) /* within the element type's range */                      \
  FIELD(int32_t, act_max)

// Only the result is rescaled: product and quotient.
#define MOTE_SCALED_PAIR_FIELDS(FIELD) \
  MOTE_PAIR_LOOP_FIELDS(FIELD)         \
  FIELD(int32_t, in1_zero_point)       \
  FIELD(int32_t, in2_zero_point)       \
  FIELD(int32_t, out_zero_point)       \
  FIELD(int32_t, multiplier) /* Q31 */ \
  FIELD(int32_t, shift)                \
  FIELD(int32_t, act_min)              \
  FIELD(int32_t, act_max)

// Plain integers, without scales.
#define MOTE_INTEGER_PAIR_FIELDS(FIELD)                                        \
  MOTE_PAIR_LOOP_FIELDS(FIELD)                                                 \
  FIELD(int32_t, in2_sign) /* of a sum: 1, or −1 for a difference; else 1 */ \
  FIELD(int32_t, act_min)  /* the type's own ends: not limited */              \
  FIELD(int32_t, act_max)

#define MOTE_FLOAT_PAIR_FIELDS(FIELD)                                        \
  MOTE_PAIR_LOOP_FIELDS(FIELD)                                               \
  FIELD(float, in2_sign) /* of a sum: 1, or −1 for a difference; else 1 */ \
  FIELD(float, act_min)  /* −FLT_MAX: not limited */                       \
  FIELD(float, act_max)

// Nothing but the loops: floor_div, floor_mod.
#define MOTE_PLAIN_PAIR_FIELDS(FIELD) MOTE_PAIR_LOOP_FIELDS(FIELD)

#define MOTE_EXTREMUM_FIELDS(FIELD) \
  MOTE_PAIR_LOOP_FIELDS(FIELD)      \
  FIELD(int32_t, largest) /* 1: maximum, 0: minimum */

// The answer to each outcome of a comparison, 0 or 1.
#define MOTE_COMPARE_FIELDS(FIELD) \
  MOTE_PAIR_LOOP_FIELDS(FIELD)     \
  FIELD(int32_t, when_less)        \
  FIELD(int32_t, when_equal)       \
  FIELD(int32_t, when_greater)     \
  FIELD(int32_t, when_unordered) /* one of them is NaN */

#define MOTE_COMPARE_RESCALED_FIELDS(FIELD)  \
  MOTE_PAIR_LOOP_FIELDS(FIELD)               \
  FIELD(int32_t, when_less)                  \
  FIELD(int32_t, when_equal)                 \
  FIELD(int32_t, when_greater)               \
  FIELD(int32_t, left_shift)                 \
  FIELD(int32_t, in1_zero_point)             \
  FIELD(int32_t, in1_multiplier) /* Q31 */   \
  FIELD(int32_t, in1_shift)      /* ≤ 0 */ \
  FIELD(int32_t, in2_zero_point)             \
  FIELD(int32_t, in2_multiplier)             \
  FIELD(int32_t, in2_shift)

#define MOTE_LOGICAL_FIELDS(FIELD) \
  MOTE_PAIR_LOOP_FIELDS(FIELD)     \
  FIELD(int32_t, truth) /* bit 2·x1 + x2 is the answer: 8 and, 14 or, 9 equal, 6 not equal, 1 not (x1 = x2) */

namespace mote {
MOTE_PARAMS(RescaledPairParams, MOTE_RESCALED_PAIR_FIELDS)
MOTE_PARAMS(ScaledPairParams, MOTE_SCALED_PAIR_FIELDS)
MOTE_PARAMS(IntegerPairParams, MOTE_INTEGER_PAIR_FIELDS)
MOTE_PARAMS(FloatPairParams, MOTE_FLOAT_PAIR_FIELDS)
MOTE_PARAMS(PlainPairParams, MOTE_PLAIN_PAIR_FIELDS)
MOTE_PARAMS(ExtremumParams, MOTE_EXTREMUM_FIELDS)
MOTE_PARAMS(CompareParams, MOTE_COMPARE_FIELDS)
MOTE_PARAMS(CompareRescaledParams, MOTE_COMPARE_RESCALED_FIELDS)
MOTE_PARAMS(LogicalParams, MOTE_LOGICAL_FIELDS)

// out[…] = formula(in1[…], in2[…]) in the order of the output's elements.
// out may lie over or below an input that is not repeated and whose elements are at least as wide: each element is read
// before it is written.
template <class Params, class T, class R, class Formula>
MOTE_KERNEL void for_pairs(const Params& p, const T* in1, const T* in2, R* out, const Formula& formula) {
  for (int32_t i0 = 0; i0 < p.extent0; ++i0) {
    const T *x0 = in1 + i0 * p.in1_step0, *y0 = in2 + i0 * p.in2_step0;
    for (int32_t i1 = 0; i1 < p.extent1; ++i1) {
      const T *x1 = x0 + i1 * p.in1_step1, *y1 = y0 + i1 * p.in2_step1;
      for (int32_t i2 = 0; i2 < p.extent2; ++i2) {
        const T *x2 = x1 + i2 * p.in1_step2, *y2 = y1 + i2 * p.in2_step2;
        for (int32_t i3 = 0; i3 < p.extent3; ++i3) {
          const T *x3 = x2 + i3 * p.in1_step3, *y3 = y2 + i3 * p.in2_step3;
          for (int32_t i4 = 0; i4 < p.extent4; ++i4) {
            const T *x = x3 + i4 * p.in1_step4, *y = y3 + i4 * p.in2_step4;
            for (int32_t i5 = 0; i5 < p.extent5; ++i5) {
              *out++ = formula(*x, *y);
              x += p.in1_step5;
              y += p.in2_step5;
            }
          }
        }
      }
    }
  }
}

// Sums and products modulo 2^32: what integer kernels that have no scales promise on overflow.
MOTE_KERNEL int32_t wrapping_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
MOTE_KERNEL int32_t wrapping_mul(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }

}  // namespace mote

#endif
