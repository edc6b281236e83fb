// fully_connected_s8_dsp: the same bytes as fully_connected_s8 on cores with the DSP extension, four outputs at a time.
//
// The input is widened to s16 in the scratch once.  Each weight is used once, so that loading it is what counts:
// 13 instructions for 16 products wide, 15 narrow, and 3 a loop of 8 or 16 inputs.
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_DSP_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_DSP_H

#include "mote/base/rom.h"
#include "mote/nn/dot/dot_dsp.h"
#include "mote/nn/fully_connected/fully_connected.h"

namespace mote {

// Pairs of an input, an even number.
MOTE_KERNEL int32_t fully_connected_pairs(const FullyConnectedS8Params& p) {
  return (p.in_count + 3) / 4 * 2;
}

// Sums of four rows with one vector: two of row pairs.
struct FourRows {
  int32_t a, b, c, d;
};

// `pairs` is even and above 0.  Weights, wide: 4 words a pair, a to d; narrow: 2 words a pair, those of (a, b) and (c, d).
template <bool wide>
MOTE_KERNEL void add_products_4x1(const uint32_t* x, const uint32_t* w, int32_t pairs, FourRows& s) {
#if MOTE_DSP_ASSEMBLY
#define MOTE_WIDE_PAIR(x)             \
  "ldrd %[wa], %[wb], [%[w]], #8\n\t" \
  "smlad %[a], %[wa], %[" x           \
  "], %[a]\n\t"                       \
  "smlad %[b], %[wb], %[" x           \
  "], %[b]\n\t"                       \
  "ldrd %[wa], %[wb], [%[w]], #8\n\t" \
  "smlad %[c], %[wa], %[" x           \
  "], %[c]\n\t"                       \
  "smlad %[d], %[wb], %[" x "], %[d]\n\t"
#define MOTE_NARROW_PAIR(x)           \
  "ldrd %[wa], %[wb], [%[w]], #8\n\t" \
  "sxtb16 %[t], %[wa]\n\t"            \
  "smlad %[b], %[wa], %[" x           \
  "], %[b]\n\t"                       \
  "sxtb16 %[wa], %[wb]\n\t"           \
  "smlad %[a], %[t], %[" x            \
  "], %[a]\n\t"                       \
  "smlad %[d], %[wb], %[" x           \
  "], %[d]\n\t"                       \
  "smlad %[c], %[wa], %[" x "], %[c]\n\t"
#define MOTE_TWO_PAIRS(PAIR) "ldrd %[xa], %[xb], [%[x]], #8\n\t" PAIR("xa") PAIR("xb")
#define MOTE_UNTIL "cmp %[x], %[end]\n\tbne 1b"
#define MOTE_SUMS                                                                                       \
  [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [x] "+r"(x), [w] "+r"(w), [wa] "=&r"(wa), \
      [wb] "=&r"(wb), [xa] "=&r"(xa), [xb] "=&r"(xb), [t] "=&r"(t) : [end] "r"(end) : "cc", "memory"
  uint32_t wa, wb, xa, xb, t;
  if (pairs >= 8) {
    const uint32_t* const end = x + pairs / 8 * 8;
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_TWO_PAIRS(MOTE_WIDE_PAIR) MOTE_TWO_PAIRS(MOTE_WIDE_PAIR)
                           MOTE_TWO_PAIRS(MOTE_WIDE_PAIR) MOTE_TWO_PAIRS(MOTE_WIDE_PAIR) MOTE_UNTIL
                       : MOTE_SUMS);
    else
      __asm__ volatile("1:\n\t" MOTE_TWO_PAIRS(MOTE_NARROW_PAIR) MOTE_TWO_PAIRS(MOTE_NARROW_PAIR)
                           MOTE_TWO_PAIRS(MOTE_NARROW_PAIR) MOTE_TWO_PAIRS(MOTE_NARROW_PAIR) MOTE_UNTIL
                       : MOTE_SUMS);
  }
  if (pairs % 8 != 0) {
    const uint32_t* const end = x + pairs % 8;
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_TWO_PAIRS(MOTE_WIDE_PAIR) MOTE_UNTIL : MOTE_SUMS);
    else
      __asm__ volatile("1:\n\t" MOTE_TWO_PAIRS(MOTE_NARROW_PAIR) MOTE_UNTIL : MOTE_SUMS);
  }
#undef MOTE_WIDE_PAIR
#undef MOTE_NARROW_PAIR
#undef MOTE_TWO_PAIRS
#undef MOTE_UNTIL
#undef MOTE_SUMS
#else
  for (int32_t i = 0; i < pairs; ++i, ++x, w += 2 * RowPair<wide>::words) {
    s.a = add_two_products(s.a, wide ? w[0] : sign_extend_bytes(w[0]), x[0]);
    s.b = add_two_products(s.b, wide ? w[1] : w[0], x[0]);
    s.c = add_two_products(s.c, wide ? w[2] : sign_extend_bytes(w[1]), x[0]);
    s.d = add_two_products(s.d, wide ? w[3] : w[1], x[0]);
  }
#endif
}

// weights     [out_count, a multiple of 4] rows four and four, see above; filled up with 0
// bias        [same] s32, zero point folded in: wide doubled, narrow as (a, 256·b + a)
// multiplier, right: [same] or, with requant_step 0, [1];  right: 1 … 31
// scratch     4·fully_connected_pairs(p) bytes, aligned to 4
// in and out do not overlap where batches > 1; else out may lie anywhere over in, which is read before.
template <bool wide>
MOTE_KERNEL void fully_connected_s8_dsp_rows(const FullyConnectedS8Params& p, const int8_t* in,
                                             const uint32_t* weights, const int32_t* bias,
                                             const int32_t* multiplier, const int8_t* right, int8_t* out,
                                             uint32_t* x) {
  const int32_t pairs = fully_connected_pairs(p);
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_count) {
    x[pairs - 1] = 0;  // where the last pair is a filler
    widen_one(in, p.in_count, x);
    const uint32_t* w = weights;
    for (int32_t o = 0; o < p.out_count; o += 4, w += 2 * RowPair<wide>::words * pairs) {
      FourRows s = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
      add_products_4x1<wide>(x, w, pairs, s);
#define MOTE_WRITE(i, doubled)                                                                \
  if (p.out_count % 4 == 0 || o + (i) < p.out_count) {                                        \
    const int32_t r = (o + (i)) * p.requant_step;                                             \
    const int32_t y = requantize_doubled(doubled, multiplier[r], right[r], p.out_zero_point); \
    *out++ = clamp_s8(y, p.act_min, p.act_max);                                               \
  }
      MOTE_WRITE(0, doubled_row_a<wide>(s.a))
      MOTE_WRITE(1, doubled_row_b<wide>(s.a, s.b))
      MOTE_WRITE(2, doubled_row_a<wide>(s.c))
      MOTE_WRITE(3, doubled_row_b<wide>(s.c, s.d))
#undef MOTE_WRITE
    }
  }
}

MOTE_KERNEL void fully_connected_s8_dsp(const FullyConnectedS8Params& p, const int8_t* in,
                                        Rom<int32_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                        Rom<int8_t> right, int8_t* out, void* scratch) {
  fully_connected_s8_dsp_rows<false>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                     (uint32_t*)scratch);
}

MOTE_KERNEL void fully_connected_s8_dsp_wide(const FullyConnectedS8Params& p, const int8_t* in,
                                             Rom<int32_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                             Rom<int8_t> right, int8_t* out, void* scratch) {
  fully_connected_s8_dsp_rows<true>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                    (uint32_t*)scratch);
}

}  // namespace mote

#endif
