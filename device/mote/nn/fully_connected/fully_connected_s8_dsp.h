// fully_connected_s8_dsp: the same bytes as fully_connected_s8 on cores with the DSP extension, four outputs at a time.
//
// Each weight is used once, so that loading it is what counts.  Wide: the input is widened to s16 in the scratch once, then 13
// instructions do 16 products.  Narrow: 17, as each four rows widen the input again, which takes no scratch.
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

// Wide rows and a widened vector.  `pairs` is even and above 0; weights: 4 words a pair, a to d.
MOTE_KERNEL void add_wide_products_4x1(const uint32_t* x, const uint32_t* w, int32_t pairs, FourRows& s) {
#if MOTE_DSP_ASSEMBLY
#define MOTE_PAIR(x)                  \
  "ldrd %[wa], %[wb], [%[w]], #8\n\t" \
  "smlad %[a], %[wa], %[" x           \
  "], %[a]\n\t"                       \
  "smlad %[b], %[wb], %[" x           \
  "], %[b]\n\t"                       \
  "ldrd %[wa], %[wb], [%[w]], #8\n\t" \
  "smlad %[c], %[wa], %[" x           \
  "], %[c]\n\t"                       \
  "smlad %[d], %[wb], %[" x "], %[d]\n\t"
#define MOTE_FOUR "ldrd %[xa], %[xb], [%[x]], #8\n\t" MOTE_PAIR("xa") MOTE_PAIR("xb")
#define MOTE_UNTIL "cmp %[x], %[end]\n\tbne 1b"
#define MOTE_OPERANDS                                                                                   \
  [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [x] "+r"(x), [w] "+r"(w), [wa] "=&r"(wa), \
      [wb] "=&r"(wb), [xa] "=&r"(xa), [xb] "=&r"(xb) : [end] "r"(end) : "cc", "memory"
  uint32_t wa, wb, xa, xb;
  if (pairs >= 8) {
    const uint32_t* const end = x + pairs / 8 * 8;
    __asm__ volatile("1:\n\t" MOTE_FOUR MOTE_FOUR MOTE_FOUR MOTE_FOUR MOTE_UNTIL : MOTE_OPERANDS);
  }
  if (pairs % 8 != 0) {
    const uint32_t* const end = x + pairs % 8;
    __asm__ volatile("1:\n\t" MOTE_FOUR MOTE_UNTIL : MOTE_OPERANDS);
  }
#undef MOTE_PAIR
#undef MOTE_FOUR
#undef MOTE_UNTIL
#undef MOTE_OPERANDS
#else
  for (int32_t i = 0; i < pairs; ++i, ++x, w += 4) {
    s.a = add_two_products(s.a, w[0], x[0]);
    s.b = add_two_products(s.b, w[1], x[0]);
    s.c = add_two_products(s.c, w[2], x[0]);
    s.d = add_two_products(s.d, w[3], x[0]);
  }
#endif
}

// Adds the products of one pair of narrow rows, two words.
MOTE_KERNEL const uint32_t* add_narrow_pair(uint32_t pair, const uint32_t* w, FourRows& s) {
  s.a = add_two_products(s.a, sign_extend_bytes(w[0]), pair);
  s.b = add_two_products(s.b, w[0], pair);
  s.c = add_two_products(s.c, sign_extend_bytes(w[1]), pair);
  s.d = add_two_products(s.d, w[1], pair);
  return w + 2;
}

// Narrow rows and a vector of `count` s8.  Weights: 2 words a pair, those of (a, b) and (c, d).
MOTE_KERNEL void add_narrow_products_4x1(const int8_t* x, const uint32_t* w, int32_t count, FourRows& s) {
#if MOTE_DSP_ASSEMBLY
#define MOTE_PAIR(x)                  \
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
#define MOTE_FOUR             \
  "ldr %[xb], [%[x]], #4\n\t" \
  "sxtb16 %[xa], %[xb]\n\t"   \
  "sxtb16 %[xb], %[xb], ror #8\n\t" MOTE_PAIR("xa") MOTE_PAIR("xb")
#define MOTE_UNTIL "cmp %[x], %[end]\n\tbne 1b"
#define MOTE_OPERANDS                                                                                   \
  [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [x] "+r"(x), [w] "+r"(w), [wa] "=&r"(wa), \
      [wb] "=&r"(wb), [xa] "=&r"(xa), [xb] "=&r"(xb), [t] "=&r"(t) : [end] "r"(end) : "cc", "memory"
  uint32_t wa, wb, xa, xb, t;
  if (count >= 16) {
    const int8_t* const end = x + count / 16 * 16;
    __asm__ volatile("1:\n\t" MOTE_FOUR MOTE_FOUR MOTE_FOUR MOTE_FOUR MOTE_UNTIL : MOTE_OPERANDS);
  }
  if (count % 16 >= 4) {
    const int8_t* const end = x + count % 16 / 4 * 4;
    __asm__ volatile("1:\n\t" MOTE_FOUR MOTE_UNTIL : MOTE_OPERANDS);
  }
#undef MOTE_PAIR
#undef MOTE_FOUR
#undef MOTE_UNTIL
#undef MOTE_OPERANDS
#else
  for (int32_t i = 0; i + 4 <= count; i += 4, x += 4) {
    w = add_narrow_pair(pair_of(x[0], x[2]), w, s);
    w = add_narrow_pair(pair_of(x[1], x[3]), w, s);
  }
#endif
  for (int32_t i = count / 4 * 4; i < count; i += 2, x += 2)
    w = add_narrow_pair(pair_of(x[0], i + 1 < count ? x[1] : 0), w, s);
}

// weights     [out_count, a multiple of 4] rows four and four, see above; filled up with 0
// bias        [same] s32, zero point folded in: wide doubled, narrow as (a, 256·b + a)
// multiplier, right: [same] or, with requant_step 0, [1];  right: 1 … 31
// x           wide: room for fully_connected_pairs(p) words
// in and out do not overlap.
template <bool wide>
MOTE_KERNEL void fully_connected_s8_dsp_rows(const FullyConnectedS8Params& p, const int8_t* in,
                                             const uint32_t* weights, const int32_t* bias,
                                             const int32_t* multiplier, const int8_t* right, int8_t* out,
                                             uint32_t* x) {
  const int32_t pairs = fully_connected_pairs(p);
  for (int32_t n = 0; n < p.batches; ++n, in += p.in_count) {
    if (wide) {
      x[pairs - 1] = 0;  // where the last pair is a filler
      widen_one(in, p.in_count, x);
    }
    const uint32_t* w = weights;
    for (int32_t o = 0; o < p.out_count; o += 4, w += 2 * RowPair<wide>::words * pairs) {
      FourRows s = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
      if (wide)
        add_wide_products_4x1(x, w, pairs, s);
      else
        add_narrow_products_4x1(in, w, p.in_count, s);
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
                                        Rom<int8_t> right, int8_t* out) {
  fully_connected_s8_dsp_rows<false>(p, in, (const uint32_t*)weights, bias, multiplier, right, out, 0);
}

// scratch     4·fully_connected_pairs(p) bytes, aligned to 4
MOTE_KERNEL void fully_connected_s8_dsp_wide(const FullyConnectedS8Params& p, const int8_t* in,
                                             Rom<int32_t> weights, Rom<int32_t> bias, Rom<int32_t> multiplier,
                                             Rom<int8_t> right, int8_t* out, void* scratch) {
  fully_connected_s8_dsp_rows<true>(p, in, (const uint32_t*)weights, bias, multiplier, right, out,
                                    (uint32_t*)scratch);
}

}  // namespace mote

#endif
