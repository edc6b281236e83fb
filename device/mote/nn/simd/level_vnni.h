// The primitives of simd.h with AVX-512 VNNI: VPDPBUSD adds 64 products of unsigned and signed bytes to 16 sums, so inputs are
// taken as x + 128.  Included by simd.h alone.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

constexpr int32_t kAsItIs = 0, kQuadBytes = 4, kWide = 1, kPixels = 6, kPixelsOfTwo = 8;

struct Sums {
  __m512i v;
};
struct Weights {
  __m512i v;
};
struct Input {
  __m512i v;
};
struct Values {
  __m512i v;
};

// A mask of the first `count` of 64 bytes.
MOTE_SIMD_FUNCTION __mmask64 first_of(int32_t count) {
  return count >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1;
}
MOTE_SIMD_FUNCTION __m512i table(const int8_t* tables, int32_t lanes, int32_t which, int32_t b) {
  return _mm512_loadu_si512(tables + 64 * (lanes * which + b));
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION Sums first_sums(const int8_t* tables, int32_t b) {
  const Sums s = {table(tables, lanes, 1, b)};
  return s;
}
template <int32_t lanes>
MOTE_SIMD_FUNCTION Weights weights_at(const int8_t* quad, int32_t b) {
  const Weights w = {_mm512_loadu_si512(quad + 64 * b)};
  return w;
}
MOTE_SIMD_FUNCTION Input input_at(const uint8_t* at) {
  int32_t four;
  memcpy(&four, at, 4);
  const Input x = {_mm512_set1_epi32(four)};
  return x;
}
MOTE_SIMD_FUNCTION void dot(Sums& s, const Weights& w, const Input& x) {
  s.v = _mm512_dpbusd_epi32(s.v, x.v, w.v);
}
// The inputs of each output are its own: of all lanes of four rows of them.
struct Own {
  __m512i v;
};
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_inputs(Own* own, const uint8_t* r0, const uint8_t* r1, const uint8_t* r2,
                                   const uint8_t* r3, int32_t) {
  if (lanes == 4) {
    const __m512i a = _mm512_loadu_si512(r0), b = _mm512_loadu_si512(r1);
    const __m512i c = _mm512_loadu_si512(r2), d = _mm512_loadu_si512(r3);
    const __m512i ab0 = _mm512_unpacklo_epi8(a, b), ab1 = _mm512_unpackhi_epi8(a, b);
    const __m512i cd0 = _mm512_unpacklo_epi8(c, d), cd1 = _mm512_unpackhi_epi8(c, d);
    own[0].v = _mm512_unpacklo_epi16(ab0, cd0);
    own[lanes > 1 ? 1 : 0].v = _mm512_unpackhi_epi16(ab0, cd0);
    own[lanes > 2 ? 2 : 0].v = _mm512_unpacklo_epi16(ab1, cd1);
    own[lanes > 2 ? 3 : 0].v = _mm512_unpackhi_epi16(ab1, cd1);
  } else if (lanes == 2) {
    const __m256i a = _mm256_loadu_si256((const __m256i*)r0), b = _mm256_loadu_si256((const __m256i*)r1);
    const __m256i c = _mm256_loadu_si256((const __m256i*)r2), d = _mm256_loadu_si256((const __m256i*)r3);
    const __m256i ab0 = _mm256_unpacklo_epi8(a, b), ab1 = _mm256_unpackhi_epi8(a, b);
    const __m256i cd0 = _mm256_unpacklo_epi8(c, d), cd1 = _mm256_unpackhi_epi8(c, d);
    const __m512i first = _mm512_castsi256_si512(_mm256_unpacklo_epi16(ab0, cd0));
    const __m512i second = _mm512_castsi256_si512(_mm256_unpacklo_epi16(ab1, cd1));
    own[0].v = _mm512_inserti64x4(first, _mm256_unpackhi_epi16(ab0, cd0), 1);
    own[lanes > 1 ? 1 : 0].v = _mm512_inserti64x4(second, _mm256_unpackhi_epi16(ab1, cd1), 1);
  } else {
    const __m128i a = _mm_loadu_si128((const __m128i*)r0), b = _mm_loadu_si128((const __m128i*)r1);
    const __m128i c = _mm_loadu_si128((const __m128i*)r2), d = _mm_loadu_si128((const __m128i*)r3);
    const __m128i ab0 = _mm_unpacklo_epi8(a, b), ab1 = _mm_unpackhi_epi8(a, b);
    const __m128i cd0 = _mm_unpacklo_epi8(c, d), cd1 = _mm_unpackhi_epi8(c, d);
    __m512i all = _mm512_castsi128_si512(_mm_unpacklo_epi16(ab0, cd0));
    all = _mm512_inserti32x4(all, _mm_unpackhi_epi16(ab0, cd0), 1);
    all = _mm512_inserti32x4(all, _mm_unpacklo_epi16(ab1, cd1), 2);
    own[0].v = _mm512_inserti32x4(all, _mm_unpackhi_epi16(ab1, cd1), 3);
  }
}
MOTE_SIMD_FUNCTION void dot_own(Sums& s, const Weights& w, const Own& own) {
  s.v = _mm512_dpbusd_epi32(s.v, own.v, w.v);
}
MOTE_SIMD_FUNCTION void add_sums(Sums& s, const Sums& other) { s.v = _mm512_add_epi32(s.v, other.v); }
MOTE_SIMD_FUNCTION Sums no_sums() {
  const Sums s = {_mm512_setzero_si512()};
  return s;
}

// The first rounding of requantize: (v·m + 2^30) >> 31.  |v| < 2^30: 2·v·m + 2^31 has it in its high word.
MOTE_SIMD_FUNCTION __m512i high_products(__m512i v, __m512i m) {
  const __m512i half = _mm512_set1_epi64((int64_t)1 << 31);
  const __m512i twice = _mm512_add_epi32(v, v);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(twice, m), half);
  const __m512i odd =
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(twice, 32), _mm512_srli_epi64(m, 32)), half);
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
}
// The same for any v.
MOTE_SIMD_FUNCTION __m512i high_products_of_all(__m512i v, __m512i m) {
  const __m512i half = _mm512_set1_epi64((int64_t)1 << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(v, m), half);
  const __m512i odd =
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(v, 32), _mm512_srli_epi64(m, 32)), half);
  return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

MOTE_SIMD_FUNCTION __m512i requantized(__m512i v, const int8_t* tables, int32_t flags, int32_t lanes,
                                       int32_t b) {
  const __m512i m = table(tables, lanes, 2, b), right = table(tables, lanes, 4, b),
                nudge = table(tables, lanes, 5, b);
  if (flags & kSimdGeneral) {
    v = high_products_of_all(_mm512_sllv_epi32(v, table(tables, lanes, 3, b)), m);
    const __mmask16 down =
        _mm512_cmplt_epi32_mask(v, _mm512_setzero_si512()) & _mm512_test_epi32_mask(right, right);
    v = _mm512_mask_sub_epi32(v, down, v, _mm512_set1_epi32(1));
  } else {
    v = high_products(v, m);
    v = _mm512_add_epi32(v, _mm512_srai_epi32(v, 31));
  }
  return _mm512_srav_epi32(_mm512_add_epi32(v, nudge), right);
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void finish(const Sums* s, const int8_t* tables, const SimdLayer& l, int32_t, int8_t* out,
                               int32_t count) {
  if (lanes == 1) {
    __m512i v = requantized(s[0].v, tables, l.flags, lanes, 0);
    v = _mm512_add_epi32(v, _mm512_set1_epi32(l.out_zero_point));
    v = _mm512_min_epi32(_mm512_max_epi32(v, _mm512_set1_epi32(l.act_min)), _mm512_set1_epi32(l.act_max));
    if (count >= 16)
      _mm_storeu_si128((__m128i*)out, _mm512_cvtepi32_epi8(v));
    else
      _mm_mask_storeu_epi8(out, (__mmask16)first_of(count), _mm512_cvtepi32_epi8(v));
    return;
  }
  __m512i v[lanes];
  MOTE_SIMD_UNROLL
  for (int32_t k = 0; k < lanes; ++k) v[k] = requantized(s[k].v, tables, l.flags, lanes, k);
  // Saturated to 16 bits: what the zero point cannot bring back into 8 bits.
  const __m512i zero_point = _mm512_set1_epi16((int16_t)l.out_zero_point);
  if (lanes == 2) {
    // Of both lanes, outputs 0 4 … of each eight, then the others; packed again they are 0 2 1 3 by fours.
    const __m512i both = _mm512_adds_epi16(_mm512_packs_epi32(v[0], v[lanes > 1 ? 1 : 0]), zero_point);
    const __m256i fours =
        _mm256_packs_epi16(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
    __m256i bytes = _mm256_shuffle_epi32(fours, 0xd8);
    bytes = _mm256_min_epi8(_mm256_max_epi8(bytes, _mm256_set1_epi8((char)l.act_min)),
                            _mm256_set1_epi8((char)l.act_max));
    if (count >= 32)
      _mm256_storeu_si256((__m256i*)out, bytes);
    else
      _mm256_mask_storeu_epi8(out, (__mmask32)first_of(count), bytes);
    return;
  }
  const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(v[0], v[lanes > 1 ? 1 : 0]), zero_point);
  const __m512i high =
      _mm512_adds_epi16(_mm512_packs_epi32(v[lanes > 2 ? 2 : 0], v[lanes > 2 ? 3 : 0]), zero_point);
  __m512i bytes = _mm512_packs_epi16(low, high);
  bytes = _mm512_min_epi8(_mm512_max_epi8(bytes, _mm512_set1_epi8((char)l.act_min)),
                          _mm512_set1_epi8((char)l.act_max));
  if (count >= 64)
    _mm512_storeu_si512(out, bytes);
  else
    _mm512_mask_storeu_epi8(out, first_of(count), bytes);
}

MOTE_SIMD_FUNCTION void put(uint8_t* to, const int8_t* from, int32_t count) {
  const __m512i sign = _mm512_set1_epi8((char)0x80);
  for (; count >= 64; count -= 64, to += 64, from += 64)
    _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), sign));
  if (count == 0) return;
  const __mmask64 some = first_of(count);
  _mm512_mask_storeu_epi8(to, some, _mm512_xor_si512(_mm512_maskz_loadu_epi8(some, from), sign));
}
MOTE_SIMD_FUNCTION void put_same(uint8_t* to, int32_t value, int32_t count) {
  memset(to, (value ^ 0x80) & 0xff, (size_t)count);
}

MOTE_SIMD_FUNCTION void put_bytes(uint8_t* to, const int8_t* from, int32_t count) { put(to, from, count); }
MOTE_SIMD_FUNCTION void put_same_bytes(uint8_t* to, int32_t value, int32_t count) {
  put_same(to, value, count);
}

MOTE_SIMD_FUNCTION Values same(int32_t value) {
  const Values v = {_mm512_set1_epi32(value)};
  return v;
}
MOTE_SIMD_FUNCTION Values widened(const int8_t* at) {
  const Values v = {_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)at))};
  return v;
}
MOTE_SIMD_FUNCTION Values sum_of(const Values& a, const Values& b) {
  const Values v = {_mm512_add_epi32(a.v, b.v)};
  return v;
}
MOTE_SIMD_FUNCTION __m512i moved_right(__m512i v, int32_t right) {
  if (right == 0) return v;
  v = _mm512_add_epi32(v, _mm512_srai_epi32(v, 31));
  v = _mm512_add_epi32(v, _mm512_set1_epi32((int32_t)1 << (right - 1)));
  return _mm512_sra_epi32(v, _mm_cvtsi32_si128(right));
}
// (a − zero_point) · 2^20, requantized with a shift of −right: with m = 2^16·h + l the first rounding, (d·2^20·m + 2^30) >> 31, is
// d·h·2^5 + ((d·l + 2^10) >> 11), and nothing of that leaves 32 bits.
MOTE_SIMD_FUNCTION Values finer(const Values& a, int32_t zero_point, int32_t multiplier, int32_t right) {
  const __m512i high = _mm512_set1_epi32(multiplier >> 16 << 5), low = _mm512_set1_epi32(multiplier & 0xffff);
  const __m512i d = _mm512_sub_epi32(a.v, _mm512_set1_epi32(zero_point));
  const __m512i rest = _mm512_add_epi32(_mm512_mullo_epi32(d, low), _mm512_set1_epi32(1 << 10));
  const __m512i sum = _mm512_add_epi32(_mm512_mullo_epi32(d, high), _mm512_srai_epi32(rest, 11));
  const Values v = {moved_right(sum, right)};
  return v;
}
MOTE_SIMD_FUNCTION Values scaled(const Values& a, int32_t multiplier, int32_t right) {
  const Values v = {moved_right(high_products(a.v, _mm512_set1_epi32(multiplier)), right)};
  return v;
}
MOTE_SIMD_FUNCTION void store(int8_t* out, const Values& a, int32_t zero_point, int32_t low, int32_t high) {
  const __m512i v = _mm512_add_epi32(a.v, _mm512_set1_epi32(zero_point));
  const __m512i inside =
      _mm512_min_epi32(_mm512_max_epi32(v, _mm512_set1_epi32(low)), _mm512_set1_epi32(high));
  _mm_storeu_si128((__m128i*)out, _mm512_cvtepi32_epi8(inside));
}
MOTE_SIMD_FUNCTION void store_words(int32_t* out, const Values& a) { _mm512_storeu_si512(out, a.v); }

}  // namespace MOTE_SIMD_LEVEL
}  // namespace mote

#endif
