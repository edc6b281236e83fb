// Sums of products of a few weight rows and a few activation vectors at once, for cores with the DSP extension: SMLAD makes
// two products of 16 bits an instruction.  Inner loops are assembly, as GCC 12 spills at eight accumulators; each has a
// portable twin that reads the same layouts.
//
// Activations.  `widen_…` turns s8 into pairs of s16, one word each: of four consecutive values first (0, 2), then (1, 3), which
// is what SXTB16 gives.  A rest of one to three makes pairs of neighbours, the last one filled up with 0.  A block of two or four
// vectors is interleaved: pair 0 of each vector, then pair 1 of each.
//
// Weights.  Rows two and two, interleaved in the same way, in the same order of pairs.
//   wide    pairs of s16, doubled: the sums come out doubled, as requantize_doubled wants them.  8 bytes for two rows' pair.
//   narrow  4 bytes for two rows' pair: lanes 256·b + a of row 0's a and row 1's b.  A = Σ x·(256·b + a) takes the word as it
//           is, B = Σ x·a what SXTB16 makes of it, so that row 0 is B and row 1 is (A − B) / 256, exactly while it is within
//           24 bits.  One unpacking instruction for two rows.
#ifndef MOTE_NN_DOT_DOT_DSP_H
#define MOTE_NN_DOT_DOT_DSP_H

#include "mote/base/fixed_dsp.h"

namespace mote {

// ---- activations

// Two halves as one word: `low` of s16 and `high` of s16.
MOTE_KERNEL uint32_t pair_of(int32_t low, int32_t high) {
  return ((uint32_t)low & 0xffffu) | (uint32_t)high << 16;
}
MOTE_KERNEL int32_t low_of(uint32_t pair) { return (int16_t)(uint16_t)pair; }
MOTE_KERNEL int32_t high_of(uint32_t pair) { return (int16_t)(uint16_t)(pair >> 16); }

// Pairs that `count` values make.
MOTE_KERNEL int32_t pairs_of(int32_t count) { return count / 4 * 2 + (count % 4 + 1) / 2; }

// Widens `count` values of two vectors.  `to`: pair i of a lies at to[i·stride], that of b behind it.  Returns the place of the next pair.
template <int stride>
MOTE_KERNEL uint32_t* widen_two(const int8_t* a, const int8_t* b, int32_t count, uint32_t* to) {
  int32_t i = 0;
#if MOTE_DSP_ASSEMBLY
#define MOTE_WIDEN_FOUR                   \
  "ldr %[va], [%[a]], #4\n\t"             \
  "ldr %[vb], [%[b]], #4\n\t"             \
  "sxtb16 %[t], %[va]\n\t"                \
  "sxtb16 %[u], %[vb]\n\t"                \
  "strd %[t], %[u], [%[to]], %[step]\n\t" \
  "sxtb16 %[t], %[va], ror #8\n\t"        \
  "sxtb16 %[u], %[vb], ror #8\n\t"        \
  "strd %[t], %[u], [%[to]], %[step]\n\t"
#define MOTE_WIDEN_OPERANDS                                                              \
  [a] "+r"(a), [b] "+r"(b), [to] "+r"(to), [va] "=&r"(va), [vb] "=&r"(vb), [t] "=&r"(t), \
      [u] "=&r"(u) : [step] "i"(stride * 4) : "memory"
  uint32_t va, vb, t, u;
  for (; i + 8 <= count; i += 8) __asm__ volatile(MOTE_WIDEN_FOUR MOTE_WIDEN_FOUR : MOTE_WIDEN_OPERANDS);
  for (; i + 4 <= count; i += 4) __asm__ volatile(MOTE_WIDEN_FOUR : MOTE_WIDEN_OPERANDS);
#undef MOTE_WIDEN_FOUR
#undef MOTE_WIDEN_OPERANDS
#else
  for (; i + 4 <= count; i += 4, a += 4, b += 4, to += 2 * stride) {
    to[0] = pair_of(a[0], a[2]);
    to[1] = pair_of(b[0], b[2]);
    to[stride] = pair_of(a[1], a[3]);
    to[stride + 1] = pair_of(b[1], b[3]);
  }
#endif
  for (; i < count; i += 2, a += 2, b += 2, to += stride) {
    const bool both = i + 1 < count;
    to[0] = pair_of(a[0], both ? a[1] : 0);
    to[1] = pair_of(b[0], both ? b[1] : 0);
  }
  return to;
}

// Widens `count` values of one vector, pair behind pair.
MOTE_KERNEL void widen_one(const int8_t* a, int32_t count, uint32_t* to) {
  int32_t i = 0;
  for (; i + 4 <= count; i += 4, a += 4, to += 2) {
#if MOTE_DSP_ASSEMBLY
    uint32_t four, t, u;
    memcpy(&four, a, 4);
    __asm__(
        "sxtb16 %0, %2\n\t"
        "sxtb16 %1, %2, ror #8"
        : "=&r"(t), "=r"(u)
        : "r"(four));
    to[0] = t;
    to[1] = u;
#else
    to[0] = pair_of(a[0], a[2]);
    to[1] = pair_of(a[1], a[3]);
#endif
  }
  for (; i < count; i += 2, a += 2, ++to) *to = pair_of(a[0], i + 1 < count ? a[1] : 0);
}

// ---- blocks

// Sums of rows a and b with up to four vectors.
struct TwoRows {
  int32_t a0, a1, a2, a3, b0, b1, b2, b3;
};

MOTE_KERNEL int32_t add_two_products(int32_t sum, uint32_t w, uint32_t x) {
  const uint32_t low = (uint32_t)(low_of(w) * low_of(x)), high = (uint32_t)(high_of(w) * high_of(x));
  return (int32_t)((uint32_t)sum + low + high);
}
// What SXTB16 makes of a word: bytes 0 and 2.
MOTE_KERNEL uint32_t sign_extend_bytes(uint32_t v) {
  return pair_of((int8_t)(uint8_t)v, (int8_t)(uint8_t)(v >> 16));
}

// Words of weights for two rows' pair.
template <bool wide>
struct RowPair {
  static constexpr int32_t words = wide ? 2 : 1;
};

// Adds the products of `pairs` pairs of two rows and four vectors; returns where the next two rows begin.  11 instructions for 16 products wide, 12 narrow, and 3 for
// the end of each loop.
template <bool wide>
MOTE_KERNEL const uint32_t* add_products_2x4(const uint32_t* x, const uint32_t* w, int32_t pairs,
                                             TwoRows& s) {
#if MOTE_DSP_ASSEMBLY
#define MOTE_FIRST_TWO                   \
  "smlad %[a0], %[wa], %[xa], %[a0]\n\t" \
  "smlad %[b0], %[wb], %[xa], %[b0]\n\t" \
  "smlad %[a1], %[wa], %[xb], %[a1]\n\t" \
  "smlad %[b1], %[wb], %[xb], %[b1]\n\t"
#define MOTE_LAST_TWO                    \
  "ldrd %[xa], %[xb], [%[x]], #8\n\t"    \
  "smlad %[a2], %[wa], %[xa], %[a2]\n\t" \
  "smlad %[b2], %[wb], %[xa], %[b2]\n\t" \
  "smlad %[a3], %[wa], %[xb], %[a3]\n\t" \
  "smlad %[b3], %[wb], %[xb], %[b3]\n\t"
#define MOTE_WIDE_PAIR \
  "ldrd %[wa], %[wb], [%[w]], #8\n\tldrd %[xa], %[xb], [%[x]], #8\n\t" MOTE_FIRST_TWO MOTE_LAST_TWO
#define MOTE_NARROW_PAIR                                                                             \
  "ldr %[wb], [%[w]], #4\n\tldrd %[xa], %[xb], [%[x]], #8\n\tsxtb16 %[wa], %[wb]\n\t" MOTE_FIRST_TWO \
      MOTE_LAST_TWO
#define MOTE_EIGHT(PAIR) PAIR PAIR PAIR PAIR PAIR PAIR PAIR PAIR
// Fourteen registers, so that x's end lies on the stack: pushed here, as no compiler promises a place that needs no register.
#define MOTE_LOOP(PAIRS) \
  "push {%[xa]}\n1:\n\t" PAIRS "ldr %[xa], [sp]\n\tcmp %[x], %[xa]\n\tbne 1b\n\tpop {%[xa]}"
#define MOTE_SUMS                                                                                       \
  [a0] "+r"(s.a0), [a1] "+r"(s.a1), [a2] "+r"(s.a2), [a3] "+r"(s.a3), [b0] "+r"(s.b0), [b1] "+r"(s.b1), \
      [b2] "+r"(s.b2), [b3] "+r"(s.b3), [x] "+r"(x), [w] "+r"(w), [wa] "=&r"(wa), [wb] "=&r"(wb),       \
      [xa] "+&r"(xa), [xb] "=&r"(xb)::"cc", "memory"
  uint32_t wa, wb, xa, xb;
  if (pairs >= 8) {
    xa = (uint32_t)(uintptr_t)(x + pairs / 8 * 32);
    if (wide)
      __asm__ volatile(MOTE_LOOP(MOTE_EIGHT(MOTE_WIDE_PAIR)) : MOTE_SUMS);
    else
      __asm__ volatile(MOTE_LOOP(MOTE_EIGHT(MOTE_NARROW_PAIR)) : MOTE_SUMS);
  }
  if (pairs % 8 != 0) {
    xa = (uint32_t)(uintptr_t)(x + pairs % 8 * 4);
    if (wide)
      __asm__ volatile(MOTE_LOOP(MOTE_WIDE_PAIR) : MOTE_SUMS);
    else
      __asm__ volatile(MOTE_LOOP(MOTE_NARROW_PAIR) : MOTE_SUMS);
  }
#undef MOTE_FIRST_TWO
#undef MOTE_LAST_TWO
#undef MOTE_WIDE_PAIR
#undef MOTE_NARROW_PAIR
#undef MOTE_EIGHT
#undef MOTE_LOOP
#undef MOTE_SUMS
#else
  for (int32_t i = 0; i < pairs; ++i, x += 4, w += RowPair<wide>::words) {
    const uint32_t wa = wide ? w[0] : sign_extend_bytes(w[0]), wb = wide ? w[1] : w[0];
    s.a0 = add_two_products(s.a0, wa, x[0]);
    s.a1 = add_two_products(s.a1, wa, x[1]);
    s.a2 = add_two_products(s.a2, wa, x[2]);
    s.a3 = add_two_products(s.a3, wa, x[3]);
    s.b0 = add_two_products(s.b0, wb, x[0]);
    s.b1 = add_two_products(s.b1, wb, x[1]);
    s.b2 = add_two_products(s.b2, wb, x[2]);
    s.b3 = add_two_products(s.b3, wb, x[3]);
  }
#endif
  return w;
}

// The same with two vectors: sums a0, a1, b0, b1.  6 instructions for 8 products wide, 7 narrow, and 2 for the end of each loop.
template <bool wide>
MOTE_KERNEL const uint32_t* add_products_2x2(const uint32_t* x, const uint32_t* w, int32_t pairs,
                                             TwoRows& s) {
#if MOTE_DSP_ASSEMBLY
#define MOTE_PRODUCTS                    \
  "smlad %[a0], %[wa], %[xa], %[a0]\n\t" \
  "smlad %[b0], %[wb], %[xa], %[b0]\n\t" \
  "smlad %[a1], %[wa], %[xb], %[a1]\n\t" \
  "smlad %[b1], %[wb], %[xb], %[b1]\n\t"
#define MOTE_WIDE_PAIR "ldrd %[wa], %[wb], [%[w]], #8\n\tldrd %[xa], %[xb], [%[x]], #8\n\t" MOTE_PRODUCTS
#define MOTE_NARROW_PAIR \
  "ldr %[wb], [%[w]], #4\n\tldrd %[xa], %[xb], [%[x]], #8\n\tsxtb16 %[wa], %[wb]\n\t" MOTE_PRODUCTS
#define MOTE_FOUR(PAIR) PAIR PAIR PAIR PAIR
#define MOTE_UNTIL "cmp %[x], %[end]\n\tbne 1b"
#define MOTE_OPERANDS                                                                           \
  [a0] "+r"(s.a0), [a1] "+r"(s.a1), [b0] "+r"(s.b0), [b1] "+r"(s.b1), [x] "+r"(x), [w] "+r"(w), \
      [wa] "=&r"(wa), [wb] "=&r"(wb), [xa] "=&r"(xa), [xb] "=&r"(xb) : [end] "r"(end) : "cc", "memory"
  uint32_t wa, wb, xa, xb;
  if (pairs >= 4) {
    const uint32_t* const end = x + pairs / 4 * 8;
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_FOUR(MOTE_WIDE_PAIR) MOTE_UNTIL : MOTE_OPERANDS);
    else
      __asm__ volatile("1:\n\t" MOTE_FOUR(MOTE_NARROW_PAIR) MOTE_UNTIL : MOTE_OPERANDS);
  }
  if (pairs % 4 != 0) {
    const uint32_t* const end = x + pairs % 4 * 2;
    if (wide)
      __asm__ volatile("1:\n\t" MOTE_WIDE_PAIR MOTE_UNTIL : MOTE_OPERANDS);
    else
      __asm__ volatile("1:\n\t" MOTE_NARROW_PAIR MOTE_UNTIL : MOTE_OPERANDS);
  }
#undef MOTE_PRODUCTS
#undef MOTE_WIDE_PAIR
#undef MOTE_NARROW_PAIR
#undef MOTE_FOUR
#undef MOTE_UNTIL
#undef MOTE_OPERANDS
#else
  for (int32_t i = 0; i < pairs; ++i, x += 2, w += RowPair<wide>::words) {
    const uint32_t wa = wide ? w[0] : sign_extend_bytes(w[0]), wb = wide ? w[1] : w[0];
    s.a0 = add_two_products(s.a0, wa, x[0]);
    s.a1 = add_two_products(s.a1, wa, x[1]);
    s.b0 = add_two_products(s.b0, wb, x[0]);
    s.b1 = add_two_products(s.b1, wb, x[1]);
  }
#endif
  return w;
}

// Both sums doubled, from what the block added up: wide ones are, narrow ones are 256·b + a and a.
template <bool wide>
MOTE_KERNEL int32_t doubled_row_a(int32_t a) {
  return wide ? a : (int32_t)((uint32_t)a << 1);
}
template <bool wide>
MOTE_KERNEL int32_t doubled_row_b(int32_t a, int32_t b) {
  return wide ? b : (int32_t)((uint32_t)b - (uint32_t)a) >> 7;
}

}  // namespace mote

#endif
