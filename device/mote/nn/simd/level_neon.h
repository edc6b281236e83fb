// The primitives of simd.h with NEON of AArch64.  With the dot product instructions (Armv8.2-A, -march=…+dotprod: Raspberry Pi 5)
// SDOT adds 16 products to four sums; without (Raspberry Pi 3 and 4) products of 16 bits are added in pairs, two at once
// where no two of them can leave 16 bits.  Included by simd.h alone.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

#if defined(__ARM_FEATURE_DOTPROD)
constexpr int32_t kAsItIs = 1, kQuadBytes = 4, kWide = 0, kPixels = 4, kPixelsOfTwo = 4, kSumsOfFour = 1;
#else
constexpr int32_t kAsItIs = 1, kQuadBytes = 4, kWide = 0, kPixels = 2, kPixelsOfTwo = 2, kSumsOfFour = 2;
#endif

// Outputs 4·j … 4·j + 3 are in v[j]; without SDOT two of them in v[2·j], two in v[2·j + 1], each as two sums.
struct Sums {
  int32x4_t v[4 * kSumsOfFour];
};
struct Weights {
  int8x16_t v[4];
};
struct Input {
  int8x16_t v;
};
struct Values {
  int32x4_t v[4];
};

template <int32_t lanes>
MOTE_SIMD_FUNCTION int32x4_t table(const int8_t* tables, int32_t which, int32_t b, int32_t j) {
  return vreinterpretq_s32_s8(vld1q_s8(tables + 64 * lanes * which + 16 * (lanes * j + b)));
}
MOTE_SIMD_FUNCTION Sums no_sums() {
  Sums s;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4 * kSumsOfFour; ++j) s.v[j] = vdupq_n_s32(0);
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
  for (int32_t j = 0; j < 4; ++j) w.v[j] = vld1q_s8(quad + 16 * (lanes * j + b));
  return w;
}
MOTE_SIMD_FUNCTION Input input_at(const uint8_t* at) {
  int32_t four;
  memcpy(&four, at, 4);
  const Input x = {vreinterpretq_s8_s32(vdupq_n_s32(four))};
  return x;
}
MOTE_SIMD_FUNCTION void dot_four(Sums& s, int32_t j, int8x16_t w, int8x16_t x) {
#if defined(__ARM_FEATURE_DOTPROD)
  s.v[j] = vdotq_s32(s.v[j], w, x);
#else
  s.v[2 * j] = vpadalq_s16(s.v[2 * j], vmull_s8(vget_low_s8(w), vget_low_s8(x)));
  s.v[2 * j + 1] = vpadalq_s16(s.v[2 * j + 1], vmull_high_s8(w, x));
#endif
}
MOTE_SIMD_FUNCTION void dot(Sums& s, const Weights& w, const Input& x) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) dot_four(s, j, w.v[j], x.v);
}
#if !defined(__ARM_FEATURE_DOTPROD)
// Two quads at once: no two products of a lane are both 2^14.
#define MOTE_SIMD_DOT_PAIR 1
MOTE_SIMD_FUNCTION void dot_pair(Sums& s, const Weights& w0, const Input& x0, const Weights& w1,
                                 const Input& x1) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) {
    const int16x8_t low = vmull_s8(vget_low_s8(w0.v[j]), vget_low_s8(x0.v));
    const int16x8_t high = vmull_high_s8(w0.v[j], x0.v);
    s.v[2 * j] = vpadalq_s16(s.v[2 * j], vmlal_s8(low, vget_low_s8(w1.v[j]), vget_low_s8(x1.v)));
    s.v[2 * j + 1] = vpadalq_s16(s.v[2 * j + 1], vmlal_high_s8(high, w1.v[j], x1.v));
  }
}
#endif
// The inputs of each output are its own: of block b of four rows of them.
struct Own {
  int8x16_t v[4];
};
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_inputs(Own* own, const uint8_t* r0, const uint8_t* r1, const uint8_t* r2,
                                   const uint8_t* r3, int32_t b) {
  const uint8x16_t x0 = vld1q_u8(r0 + 16 * b), x1 = vld1q_u8(r1 + 16 * b);
  const uint8x16_t x2 = vld1q_u8(r2 + 16 * b), x3 = vld1q_u8(r3 + 16 * b);
  const uint16x8_t low0 = vreinterpretq_u16_u8(vzip1q_u8(x0, x1)),
                   high0 = vreinterpretq_u16_u8(vzip2q_u8(x0, x1));
  const uint16x8_t low1 = vreinterpretq_u16_u8(vzip1q_u8(x2, x3)),
                   high1 = vreinterpretq_u16_u8(vzip2q_u8(x2, x3));
  own->v[0] = vreinterpretq_s8_u16(vzip1q_u16(low0, low1));
  own->v[1] = vreinterpretq_s8_u16(vzip2q_u16(low0, low1));
  own->v[2] = vreinterpretq_s8_u16(vzip1q_u16(high0, high1));
  own->v[3] = vreinterpretq_s8_u16(vzip2q_u16(high0, high1));
}
MOTE_SIMD_FUNCTION void dot_own(Sums& s, const Weights& w, const Own& own) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) dot_four(s, j, w.v[j], own.v[j]);
}
MOTE_SIMD_FUNCTION void add_sums(Sums& s, const Sums& other) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4 * kSumsOfFour; ++j) s.v[j] = vaddq_s32(s.v[j], other.v[j]);
}

// requantize: SQRDMULH is its first rounding.  The second one, SRSHL, rounds ties upwards: one less for values below 0 that move.
MOTE_SIMD_FUNCTION int32x4_t moved_right(int32x4_t v, int32x4_t minus_right) {
  const int32x4_t below = vshrq_n_s32(vandq_s32(v, minus_right), 31);
  return vrshlq_s32(vaddq_s32(v, below), minus_right);
}
MOTE_SIMD_FUNCTION int8x16_t packed(const int32x4_t* v, int32_t zero_point, int32_t low, int32_t high) {
  const int16x8_t zero = vdupq_n_s16((int16_t)zero_point);
  const int16x8_t first = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(v[0]), v[1]), zero);
  const int16x8_t second = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(v[2]), v[3]), zero);
  const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(first), second);
  return vminq_s8(vmaxq_s8(bytes, vdupq_n_s8((int8_t)low)), vdupq_n_s8((int8_t)high));
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void finish(const Sums* s, const int8_t* tables, const SimdLayer& l, int32_t b,
                               int8_t* out, int32_t count) {
  int32x4_t v[4];
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) {
#if defined(__ARM_FEATURE_DOTPROD)
    int32x4_t x = s->v[j];
#else
    int32x4_t x = vpaddq_s32(s->v[2 * j], s->v[2 * j + 1]);
#endif
    x = vaddq_s32(x, table<lanes>(tables, 0, b, j));
    if (l.flags & kSimdGeneral) x = vshlq_s32(x, table<lanes>(tables, 3, b, j));
    x = vqrdmulhq_s32(x, table<lanes>(tables, 2, b, j));
    v[j] = moved_right(x, vnegq_s32(table<lanes>(tables, 4, b, j)));
  }
  const int8x16_t bytes = packed(v, l.out_zero_point, l.act_min, l.act_max);
  if (count >= 16) {
    vst1q_s8(out, bytes);
    return;
  }
  int8_t all[16];
  vst1q_s8(all, bytes);
  for (int32_t i = 0; i < count; ++i) out[i] = all[i];
}

MOTE_SIMD_FUNCTION void put(uint8_t* to, const int8_t* from, int32_t count) {
  memcpy(to, from, (size_t)count);
}
MOTE_SIMD_FUNCTION void put_same(uint8_t* to, int32_t value, int32_t count) {
  memset(to, value & 0xff, (size_t)count);
}

MOTE_SIMD_FUNCTION void put_bytes(uint8_t* to, const int8_t* from, int32_t count) { put(to, from, count); }
MOTE_SIMD_FUNCTION void put_same_bytes(uint8_t* to, int32_t value, int32_t count) {
  put_same(to, value, count);
}

MOTE_SIMD_FUNCTION Values same(int32_t value) {
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) v.v[j] = vdupq_n_s32(value);
  return v;
}
MOTE_SIMD_FUNCTION Values widened(const int8_t* at) {
  const int8x16_t bytes = vld1q_s8(at);
  const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
  const Values v = {{vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)),
                     vmovl_high_s16(high)}};
  return v;
}
MOTE_SIMD_FUNCTION Values sum_of(const Values& a, const Values& b) {
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) v.v[j] = vaddq_s32(a.v[j], b.v[j]);
  return v;
}
// (a − zero_point) · 2^20, requantized with a shift of −right.
MOTE_SIMD_FUNCTION Values finer(const Values& a, int32_t zero_point, int32_t multiplier, int32_t right) {
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) {
    const int32x4_t d = vshlq_n_s32(vsubq_s32(a.v[j], vdupq_n_s32(zero_point)), 20);
    v.v[j] = moved_right(vqrdmulhq_s32(d, vdupq_n_s32(multiplier)), vdupq_n_s32(-right));
  }
  return v;
}
MOTE_SIMD_FUNCTION Values scaled(const Values& a, int32_t multiplier, int32_t right) {
  Values v;
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j)
    v.v[j] = moved_right(vqrdmulhq_s32(a.v[j], vdupq_n_s32(multiplier)), vdupq_n_s32(-right));
  return v;
}
MOTE_SIMD_FUNCTION void store(int8_t* out, const Values& a, int32_t zero_point, int32_t low, int32_t high) {
  vst1q_s8(out, packed(a.v, zero_point, low, high));
}
MOTE_SIMD_FUNCTION void store_words(int32_t* out, const Values& a) {
  MOTE_SIMD_UNROLL
  for (int32_t j = 0; j < 4; ++j) vst1q_s32(out + 4 * j, a.v[j]);
}

}  // namespace MOTE_SIMD_LEVEL
}  // namespace mote

#endif
