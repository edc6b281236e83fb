// The primitives of simd.h with AVX2: VPMADDWD adds pairs of products of 16 bits, exactly, so inputs are widened once and weights as
// they are read.  Included by simd.h alone.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

constexpr int32_t kAsItIs = 0, kQuadBytes = 8, kWide = 0, kPixels = 2, kPixelsOfTwo = 2;

// Two sums an output, to be added at the end: v[j] holds outputs 4·j … 4·j + 3.
struct Sums {
  __m256i v[4];
};
struct Weights {
  __m256i v[4];
};
struct Input {
  __m256i v;
};
struct Values {
  __m256i v[2];
};

MOTE_SIMD_FUNCTION __m128i load16(const void* at) { return _mm_loadu_si128((const __m128i*)at); }
// Outputs 8·half … 8·half + 7 of a block in a table.
template <int32_t lanes>
MOTE_SIMD_FUNCTION __m256i table(const int8_t* tables, int32_t which, int32_t b, int32_t half) {
  const int8_t* at = tables + 64 * lanes * which + 16 * (2 * lanes * half + b);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(at)), load16(at + 16 * lanes), 1);
}

MOTE_SIMD_FUNCTION Sums no_sums() {
  const __m256i zero = _mm256_setzero_si256();
  const Sums s = {{zero, zero, zero, zero}};
  return s;
}
template <int32_t lanes>
MOTE_SIMD_FUNCTION Sums first_sums(const int8_t*, int32_t) {
  return no_sums();  // the bias comes last
}
template <int32_t lanes>
MOTE_SIMD_FUNCTION Weights weights_at(const int8_t* quad, int32_t b) {
  Weights w;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) w.v[j] = _mm256_cvtepi8_epi16(load16(quad + 16 * (lanes * j + b)));
  return w;
}
MOTE_SIMD_FUNCTION Input input_at(const uint8_t* at) {
  long long four;
  memcpy(&four, at, 8);
  const Input x = {_mm256_set1_epi64x(four)};
  return x;
}
MOTE_SIMD_FUNCTION void dot(Sums& s, const Weights& w, const Input& x) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) s.v[j] = _mm256_add_epi32(s.v[j], _mm256_madd_epi16(w.v[j], x.v));
}
// The inputs of each output are its own: of block b of four rows of them.
struct Own {
  __m128i v[4];
};
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_inputs(Own* own, const uint8_t* r0, const uint8_t* r1, const uint8_t* r2,
                                   const uint8_t* r3, int32_t b) {
  const __m128i x0 = load16(r0 + 16 * b), x1 = load16(r1 + 16 * b);
  const __m128i x2 = load16(r2 + 16 * b), x3 = load16(r3 + 16 * b);
  const __m128i low0 = _mm_unpacklo_epi8(x0, x1), high0 = _mm_unpackhi_epi8(x0, x1);
  const __m128i low1 = _mm_unpacklo_epi8(x2, x3), high1 = _mm_unpackhi_epi8(x2, x3);
  own->v[0] = _mm_unpacklo_epi16(low0, low1);
  own->v[1] = _mm_unpackhi_epi16(low0, low1);
  own->v[2] = _mm_unpacklo_epi16(high0, high1);
  own->v[3] = _mm_unpackhi_epi16(high0, high1);
}
MOTE_SIMD_FUNCTION void dot_own(Sums& s, const Weights& w, const Own& own) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j)
    s.v[j] = _mm256_add_epi32(s.v[j], _mm256_madd_epi16(w.v[j], _mm256_cvtepi8_epi16(own.v[j])));
}
MOTE_SIMD_FUNCTION void add_sums(Sums& s, const Sums& other) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) s.v[j] = _mm256_add_epi32(s.v[j], other.v[j]);
}

// The first rounding of requantize: (v·m + 2^30) >> 31, as in level_vnni.h.
MOTE_SIMD_FUNCTION __m256i high_products(__m256i v, __m256i m) {
  const __m256i half = _mm256_set1_epi64x((long long)1 << 31);
  const __m256i twice = _mm256_add_epi32(v, v);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(twice, m), half);
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(twice, 32), _mm256_srli_epi64(m, 32)), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}
MOTE_SIMD_FUNCTION __m256i high_products_of_all(__m256i v, __m256i m) {
  const __m256i half = _mm256_set1_epi64x((long long)1 << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(v, m), half);
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(v, 32), _mm256_srli_epi64(m, 32)), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}

// 16 bytes, saturated, shifted by the zero point and clamped.
MOTE_SIMD_FUNCTION __m128i packed(__m256i first, __m256i second, int32_t zero_point, int32_t low,
                                  int32_t high) {
  __m256i v = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), 0xd8);
  v = _mm256_adds_epi16(v, _mm256_set1_epi16((int16_t)zero_point));
  const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((char)low)), _mm_set1_epi8((char)high));
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void finish(const Sums* s, const int8_t* tables, const SimdLayer& l, int32_t b,
                               int8_t* out, int32_t count) {
  __m256i v[2];
  MOTE_SIMD_UNROLL
  for (int32_t half = 0; half < 2; ++half) {
    const __m256i m = table<lanes>(tables, 2, b, half), right = table<lanes>(tables, 4, b, half);
    const __m256i sums =
        _mm256_permute4x64_epi64(_mm256_hadd_epi32(s->v[2 * half], s->v[2 * half + 1]), 0xd8);
    __m256i x = _mm256_add_epi32(sums, table<lanes>(tables, 0, b, half));
    if (l.flags & kSimdGeneral) {
      x = high_products_of_all(_mm256_sllv_epi32(x, table<lanes>(tables, 3, b, half)), m);
      const __m256i moves = _mm256_cmpgt_epi32(right, _mm256_setzero_si256());
      x = _mm256_add_epi32(x, _mm256_and_si256(_mm256_srai_epi32(x, 31), moves));
    } else {
      x = high_products(x, m);
      x = _mm256_add_epi32(x, _mm256_srai_epi32(x, 31));
    }
    v[half] = _mm256_srav_epi32(_mm256_add_epi32(x, table<lanes>(tables, 5, b, half)), right);
  }
  const __m128i bytes = packed(v[0], v[1], l.out_zero_point, l.act_min, l.act_max);
  if (count >= 16) {
    _mm_storeu_si128((__m128i*)out, bytes);
    return;
  }
  int8_t all[16];
  _mm_storeu_si128((__m128i*)all, bytes);
  for (int32_t i = 0; i < count; ++i) out[i] = all[i];
}

MOTE_SIMD_FUNCTION void put(uint8_t* to, const int8_t* from, int32_t count) {
  for (; count >= 16; count -= 16, to += 32, from += 16)
    _mm256_storeu_si256((__m256i*)to, _mm256_cvtepi8_epi16(load16(from)));
  for (int32_t i = 0; i < count; ++i) {
    const int16_t wide = from[i];
    memcpy(to + 2 * i, &wide, 2);
  }
}
MOTE_SIMD_FUNCTION void put_same(uint8_t* to, int32_t value, int32_t count) {
  const int16_t wide = (int16_t)value;
  for (int32_t i = 0; i < count; ++i) memcpy(to + 2 * i, &wide, 2);
}

MOTE_SIMD_FUNCTION void put_bytes(uint8_t* to, const int8_t* from, int32_t count) {
  memcpy(to, from, (size_t)count);
}
MOTE_SIMD_FUNCTION void put_same_bytes(uint8_t* to, int32_t value, int32_t count) {
  memset(to, value & 0xff, (size_t)count);
}

MOTE_SIMD_FUNCTION Values same(int32_t value) {
  const Values v = {{_mm256_set1_epi32(value), _mm256_set1_epi32(value)}};
  return v;
}
MOTE_SIMD_FUNCTION Values widened(const int8_t* at) {
  const __m128i bytes = load16(at);
  const Values v = {{_mm256_cvtepi8_epi32(bytes), _mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8))}};
  return v;
}
MOTE_SIMD_FUNCTION Values sum_of(const Values& a, const Values& b) {
  const Values v = {{_mm256_add_epi32(a.v[0], b.v[0]), _mm256_add_epi32(a.v[1], b.v[1])}};
  return v;
}
MOTE_SIMD_FUNCTION __m256i moved_right(__m256i v, int32_t right) {
  if (right == 0) return v;
  v = _mm256_add_epi32(v, _mm256_srai_epi32(v, 31));
  v = _mm256_add_epi32(v, _mm256_set1_epi32((int32_t)1 << (right - 1)));
  return _mm256_sra_epi32(v, _mm_cvtsi32_si128(right));
}
// (a − zero_point) · 2^20, requantized with a shift of −right: with m = 2^16·h + l the first rounding, (d·2^20·m + 2^30) >> 31, is
// d·h·2^5 + ((d·l + 2^10) >> 11), and nothing of that leaves 32 bits.
MOTE_SIMD_FUNCTION Values finer(const Values& a, int32_t zero_point, int32_t multiplier, int32_t right) {
  const __m256i high = _mm256_set1_epi32(multiplier >> 16 << 5), low = _mm256_set1_epi32(multiplier & 0xffff);
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t i = 0; i < 2; ++i) {
    const __m256i d = _mm256_sub_epi32(a.v[i], _mm256_set1_epi32(zero_point));
    const __m256i rest = _mm256_add_epi32(_mm256_mullo_epi32(d, low), _mm256_set1_epi32(1 << 10));
    const __m256i sum = _mm256_add_epi32(_mm256_mullo_epi32(d, high), _mm256_srai_epi32(rest, 11));
    v.v[i] = moved_right(sum, right);
  }
  return v;
}
MOTE_SIMD_FUNCTION Values scaled(const Values& a, int32_t multiplier, int32_t right) {
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t i = 0; i < 2; ++i)
    v.v[i] = moved_right(high_products(a.v[i], _mm256_set1_epi32(multiplier)), right);
  return v;
}
MOTE_SIMD_FUNCTION void store(int8_t* out, const Values& a, int32_t zero_point, int32_t low, int32_t high) {
  _mm_storeu_si128((__m128i*)out, packed(a.v[0], a.v[1], zero_point, low, high));
}
MOTE_SIMD_FUNCTION void store_words(int32_t* out, const Values& a) {
  _mm256_storeu_si256((__m256i*)out, a.v[0]);
  _mm256_storeu_si256((__m256i*)(out + 8), a.v[1]);
}

}  // namespace MOTE_SIMD_LEVEL
}  // namespace mote

#endif
