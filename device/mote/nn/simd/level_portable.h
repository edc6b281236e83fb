// The primitives of simd.h in plain C++: what other processors and compilers take, and the tests beside the vectors.
// Included by simd.h alone, which says where.
#ifdef MOTE_SIMD_LEVEL

namespace mote {
namespace MOTE_SIMD_LEVEL {

// Bytes of four inputs of a window; blocks of 16 outputs at once; pixels at once.
constexpr int32_t kAsItIs = 1, kQuadBytes = 4, kWide = 0, kPixels = 1, kPixelsOfTwo = 1;

struct Sums {
  int32_t v[16];
};
struct Weights {
  const int8_t* at;
  int32_t stride;  // bytes between four outputs and the next
};
struct Input {
  int8_t v[4];
};
// Element by element: 16 values.
struct Values {
  int32_t v[16];
};

// Values of a table for block b of a chunk; at: where the tables begin, of `lanes` · 64 bytes each.
template <int32_t lanes>
MOTE_SIMD_FUNCTION int32_t table_at(const int8_t* tables, int32_t table, int32_t b, int32_t i) {
  int32_t value;
  memcpy(&value, tables + 64 * lanes * table + 16 * (lanes * (i / 4) + b) + 4 * (i % 4), 4);
  return value;
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION Sums first_sums(const int8_t* tables, int32_t b) {
  Sums s;
  for (int32_t i = 0; i < 16; ++i) s.v[i] = table_at<lanes>(tables, 0, b, i);
  return s;
}
template <int32_t lanes>
MOTE_SIMD_FUNCTION Weights weights_at(const int8_t* quad, int32_t b) {
  const Weights w = {quad + 16 * b, 16 * lanes};
  return w;
}
MOTE_SIMD_FUNCTION Input input_at(const uint8_t* at) {
  Input x;
  memcpy(x.v, at, 4);
  return x;
}
// s[i] += Σ x·w of four inputs.
MOTE_SIMD_FUNCTION void dot(Sums& s, const Weights& w, const Input& x) {
  for (int32_t i = 0; i < 16; ++i) {
    const int8_t* four = w.at + i / 4 * w.stride + i % 4 * 4;
    s.v[i] += x.v[0] * four[0] + x.v[1] * four[1] + x.v[2] * four[2] + x.v[3] * four[3];
  }
}
// The inputs of each output are its own: of block b of four rows of them.
struct Own {
  int8_t v[16][4];
};
template <int32_t lanes>
MOTE_SIMD_FUNCTION void own_inputs(Own* own, const uint8_t* r0, const uint8_t* r1, const uint8_t* r2,
                                   const uint8_t* r3, int32_t b) {
  for (int32_t i = 0; i < 16; ++i) {
    const int32_t at = 16 * b + i;
    own->v[i][0] = (int8_t)r0[at], own->v[i][1] = (int8_t)r1[at];
    own->v[i][2] = (int8_t)r2[at], own->v[i][3] = (int8_t)r3[at];
  }
}
MOTE_SIMD_FUNCTION void dot_own(Sums& s, const Weights& w, const Own& own) {
  for (int32_t i = 0; i < 16; ++i) {
    const int8_t* four = w.at + i / 4 * w.stride + i % 4 * 4;
    const int8_t* x = own.v[i];
    s.v[i] += x[0] * four[0] + x[1] * four[1] + x[2] * four[2] + x[3] * four[3];
  }
}
MOTE_SIMD_FUNCTION void add_sums(Sums& s, const Sums& other) {
  for (int32_t i = 0; i < 16; ++i) s.v[i] += other.v[i];
}
MOTE_SIMD_FUNCTION Sums no_sums() {
  Sums s;
  for (int32_t i = 0; i < 16; ++i) s.v[i] = 0;
  return s;
}

template <int32_t lanes>
MOTE_SIMD_FUNCTION void finish(const Sums* s, const int8_t* tables, const SimdLayer& l, int32_t b,
                               int8_t* out, int32_t count) {
  for (int32_t i = 0; i < 16 && i < count; ++i) {
    const int32_t left = table_at<lanes>(tables, 3, b, i), right = table_at<lanes>(tables, 4, b, i);
    const int32_t scaled = requantize(s->v[i], table_at<lanes>(tables, 2, b, i), left > 0 ? left : -right);
    out[i] = (int8_t)clamp(scaled + l.out_zero_point, l.act_min, l.act_max);
  }
}

// Inputs as windows hold them.
MOTE_SIMD_FUNCTION void put(uint8_t* to, const int8_t* from, int32_t count) {
  memcpy(to, from, (size_t)count);
}
MOTE_SIMD_FUNCTION void put_same(uint8_t* to, int32_t value, int32_t count) {
  for (int32_t i = 0; i < count; ++i) to[i] = (uint8_t)value;
}

MOTE_SIMD_FUNCTION void put_bytes(uint8_t* to, const int8_t* from, int32_t count) { put(to, from, count); }
MOTE_SIMD_FUNCTION void put_same_bytes(uint8_t* to, int32_t value, int32_t count) {
  put_same(to, value, count);
}

MOTE_SIMD_FUNCTION Values same(int32_t value) {
  Values v;
  for (int32_t i = 0; i < 16; ++i) v.v[i] = value;
  return v;
}
MOTE_SIMD_FUNCTION Values widened(const int8_t* at) {
  Values v;
  for (int32_t i = 0; i < 16; ++i) v.v[i] = at[i];
  return v;
}
MOTE_SIMD_FUNCTION Values sum_of(const Values& a, const Values& b) {
  Values v;
  for (int32_t i = 0; i < 16; ++i) v.v[i] = a.v[i] + b.v[i];
  return v;
}
// (a − zero_point) · 2^20, requantized with a shift of −right.
MOTE_SIMD_FUNCTION Values finer(const Values& a, int32_t zero_point, int32_t multiplier, int32_t right) {
  Values v;
  for (int32_t i = 0; i < 16; ++i)
    v.v[i] = requantize((a.v[i] - zero_point) * ((int32_t)1 << 20), multiplier, -right);
  return v;
}
// requantize with a shift of −right; |a| < 2^30.
MOTE_SIMD_FUNCTION Values scaled(const Values& a, int32_t multiplier, int32_t right) {
  Values v;
  for (int32_t i = 0; i < 16; ++i) v.v[i] = requantize(a.v[i], multiplier, -right);
  return v;
}
MOTE_SIMD_FUNCTION void store(int8_t* out, const Values& a, int32_t zero_point, int32_t low, int32_t high) {
  for (int32_t i = 0; i < 16; ++i) out[i] = (int8_t)clamp(a.v[i] + zero_point, low, high);
}
MOTE_SIMD_FUNCTION void store_words(int32_t* out, const Values& a) { memcpy(out, a.v, 64); }

}  // namespace MOTE_SIMD_LEVEL
}  // namespace mote

#endif
