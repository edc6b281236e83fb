// Dot products two at a time, for AVR: weights lie in pairs, so that one pointer into flash serves both.  A product takes MULS,
// its sign by SBC, and three additions to a sum of 24 bits: 6 of about 11 cycles a MAC; LPM and LD are the rest.
// Elsewhere portable C++11 of the same sums.
#ifndef MOTE_NN_DOT_DOT_PAIRS_H
#define MOTE_NN_DOT_DOT_PAIRS_H

#include "mote/base/fixed.h"
#include "mote/base/rom.h"

// Functions of their own on AVR: their assembly and the loops around it want all registers.
#if defined(__AVR__)
#define MOTE_PAIRS_FUNCTION inline MOTE_NOINLINE
#else
#define MOTE_PAIRS_FUNCTION MOTE_KERNEL
#endif

namespace mote {

struct PairOfSums {
  int32_t a, b;
};

MOTE_KERNEL int32_t product_s16_u16(int16_t a, uint16_t b) {
#if defined(__AVR__)
  int32_t product;
  uint8_t zero;
  __asm__(
      "clr %[zero]\n\t"
      "mul %A[a], %A[b]\n\t"
      "movw %A[product], r0\n\t"
      "mulsu %B[a], %B[b]\n\t"
      "movw %C[product], r0\n\t"
      "mul %A[a], %B[b]\n\t"
      "add %B[product], r0\n\t"
      "adc %C[product], r1\n\t"
      "adc %D[product], %[zero]\n\t"
      "mulsu %B[a], %A[b]\n\t"
      "sbc %D[product], %[zero]\n\t"  // the sign is in the carry
      "add %B[product], r0\n\t"
      "adc %C[product], r1\n\t"
      "adc %D[product], %[zero]\n\t"
      "clr r1"
      : [product] "=&r"(product), [zero] "=&r"(zero)
      : [a] "a"(a), [b] "a"(b)
      : "r0");
  return product;
#else
  return (int32_t)a * (int32_t)b;
#endif
}

// requantize(x, multiplier, −right) by products of 16 bits and shifts of bytes.  |x| < 2^29, 1 ≤ right ≤ 31.  With
// x = 2^16·xh + xl and multiplier = 2^16·mh + ml, xl signed and ml unsigned, the first rounding is
//   2·xh·mh + ((xl·mh + xh·ml + (xl·ml >> 16) + 2^14) >> 15)
// The second one rounds ties away from zero: one less for negative values, then half a unit more.
#if defined(__AVR__)
__attribute__((noinline)) inline  // its registers are not those of the loops around it
#else
MOTE_KERNEL
#endif
    int32_t
    requantize_by_bytes(int32_t x, int32_t multiplier, int8_t right) {
  const int16_t xl = (int16_t)x, xh = (int16_t)((x - xl) >> 16);
  const uint16_t mh = (uint16_t)(multiplier >> 16), ml = (uint16_t)multiplier;
  const int32_t inner =
      product_s16_u16(xl, mh) + product_s16_u16(xh, ml) + (int16_t)(product_s16_u16(xl, ml) >> 16) + 0x4000;
  int32_t y = 2 * (product_s16_u16(xh, mh) + (inner >> 16)) + ((uint16_t)inner >> 15);
  if (y < 0) --y;
  int8_t by = (int8_t)(right - 1);
  for (; by >= 8; by = (int8_t)(by - 8)) y >>= 8;
  for (; by > 0; --by) y >>= 1;
  return (y + 1) >> 1;
}

#if defined(__AVR__)
// One product: MULS leaves its sign in the carry, SBC makes a byte of it.
#define MOTE_AVR_PRODUCT(x, w, sum) \
  "muls %[" x "], %[" w             \
  "]\n\t"                           \
  "sbc %[" w "], %[" w              \
  "]\n\t"                           \
  "add %A[" sum                     \
  "], r0\n\t"                       \
  "adc %B[" sum                     \
  "], r1\n\t"                       \
  "adc %C[" sum "], %[" w "]\n\t"
#define MOTE_AVR_SIGN(sum) "clr %D[" sum "]\n\tsbrc %C[" sum "], 7\n\tcom %D[" sum "]\n\t"
#endif

// sums.a += Σ x[i]·w[2i], sums.b += Σ x[i]·w[2i + 1], for i < count.
MOTE_PAIRS_FUNCTION void add_pairs_of_outputs(const int8_t* x, Rom<int8_t> w, int32_t count,
                                              PairOfSums& sums) {
#if defined(__AVR__)
  const int8_t* at = w.address();
  while (count > 0) {
    uint8_t n = count > 255 ? 255 : (uint8_t)count;  // as many as 24 bits are enough for
    count -= n;
    uint32_t a = 0, b = 0;
    int8_t value, wa, wb;
    __asm__ volatile(
        "1: ld %[value], X+\n\t"
        "lpm %[wa], Z+\n\t"
        "lpm %[wb], Z+\n\t"
        MOTE_AVR_PRODUCT("value", "wa", "a")
        MOTE_AVR_PRODUCT("value", "wb", "b")
        "dec %[n]\n\t"
        "brne 1b\n\t"
        "clr r1\n\t"
        MOTE_AVR_SIGN("a")
        MOTE_AVR_SIGN("b")
        : [a] "+l"(a), [b] "+l"(b), "+x"(x), "+z"(at), [n] "+d"(n), [value] "=&d"(value), [wa] "=&d"(wa),
          [wb] "=&d"(wb)
        :
        : "r0", "memory");
    sums.a += (int32_t)a;
    sums.b += (int32_t)b;
  }
#else
  for (int32_t i = 0; i < count; ++i) {
    sums.a += (int32_t)x[i] * w[2 * i];
    sums.b += (int32_t)x[i] * w[2 * i + 1];
  }
#endif
}

// sums.a += Σ x[i·step]·w[2i], sums.b += Σ x[i·step + 1]·w[2i + 1], for i < count ≤ 255: two neighbouring channels.
MOTE_PAIRS_FUNCTION void add_pairs_of_channels(const int8_t* x, int32_t step, Rom<int8_t> w, int32_t count,
                                               PairOfSums& sums) {
#if defined(__AVR__)
  const int8_t* at = w.address();
  uint8_t n = (uint8_t)count;
  const uint16_t further = (uint16_t)(step - 2);
  uint32_t a = 0, b = 0;
  int8_t xa, wa;
  __asm__ volatile(
      "1: ld %[xa], X+\n\t"
      "lpm %[wa], Z+\n\t"
      MOTE_AVR_PRODUCT("xa", "wa", "a")
      "ld %[xa], X+\n\t"
      "lpm %[wa], Z+\n\t"
      MOTE_AVR_PRODUCT("xa", "wa", "b")
      "add r26, %A[further]\n\t"
      "adc r27, %B[further]\n\t"
      "dec %[n]\n\t"
      "brne 1b\n\t"
      "clr r1\n\t"
      MOTE_AVR_SIGN("a")
      MOTE_AVR_SIGN("b")
      : [a] "+l"(a), [b] "+l"(b), "+x"(x), "+z"(at), [n] "+d"(n), [xa] "=&d"(xa), [wa] "=&d"(wa)
      : [further] "r"(further)
      : "r0", "memory");
  sums.a += (int32_t)a;
  sums.b += (int32_t)b;
#else
  for (int32_t i = 0; i < count; ++i) {
    sums.a += (int32_t)x[i * step] * w[2 * i];
    sums.b += (int32_t)x[i * step + 1] * w[2 * i + 1];
  }
#endif
}

}  // namespace mote

#endif
