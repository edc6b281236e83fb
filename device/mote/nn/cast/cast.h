// cast: elements as another number type; scales and zero points play no part.
#ifndef MOTE_NN_CAST_CAST_H
#define MOTE_NN_CAST_CAST_H

#include "mote/base/fp_exact.h"

#include "mote/base/fmath.h"
#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_CAST_FIELDS(FIELD)               \
  FIELD(int32_t, count)                       \
  FIELD(int32_t, from) /* NumberType of in */ \
  FIELD(int32_t, to)   /* NumberType of out */

namespace mote {
MOTE_PARAMS(CastParams, MOTE_CAST_FIELDS)

enum NumberType {
  kNumberF32,
  kNumberS8,
  kNumberS16,
  kNumberS32,
  kNumberS64,
  kNumberU8,
  kNumberU32,
  kNumberU64,
  kNumberBool
};

// (float)x, halves to even, whatever the compiler's library does: what does not fit 32 bits is shifted to the right,
// and a bit that is lost is kept as the last one, which is below half a unit of the float's.
MOTE_KERNEL float float_of_u64(uint64_t x) {
  int32_t exponent = 0;
  while (x >> 32 != 0) {
    x = (x >> 1) | (x & 1u);
    ++exponent;
  }
  return float_of_u32((uint32_t)x) * power_of_two(exponent);
}
template <class T>
MOTE_KERNEL float to_float(T x) {
  const bool negative = x < (T)1 && x != (T)0;
  const uint64_t size = negative ? (uint64_t)0 - (uint64_t)x : (uint64_t)x;
  return negative ? 0.0f - float_of_u64(size) : float_of_u64(size);
}

// x towards zero, saturated to 64 bits with a sign; a NaN gives 0.
MOTE_KERNEL int64_t to_integer(float x) {
  if (!(x > -9.2233720e18f)) return x == x ? INT64_MIN : 0;
  if (x >= 9.2233720e18f) return INT64_MAX;
  const uint32_t bits = bits_of_float(x);
  const int32_t exponent = (int32_t)((bits >> 23) & 255u) - 150;
  if (exponent < -23) return 0;
  const uint64_t mantissa = (bits & 0x007fffffu) | 0x00800000u;
  const int64_t size = (int64_t)(exponent < 0 ? mantissa >> -exponent : mantissa << exponent);
  return x < 0.0f ? -size : size;
}
// Limits of a type of at most 32 bits; 64-bit types keep what they get.
template <class T>
MOTE_KERNEL int64_t saturate(int64_t x, int64_t low, int64_t high) {
  return sizeof(T) == 8 ? x : (x < low ? low : (x > high ? high : x));
}

template <class In, class Out>
struct CastOne {
  static MOTE_KERNEL Out from(In x) { return (Out)x; }
};
template <class In>
struct CastOne<In, float> {
  static MOTE_KERNEL float from(In x) { return to_float<In>(x); }
};
template <class Out>
struct CastOne<float, Out> {
  static MOTE_KERNEL Out from(float x) {
    const bool with_sign = (Out)-1 < (Out)1;
    const int64_t values = (int64_t)1 << (sizeof(Out) == 8 ? 61 : 8 * sizeof(Out) - 1);
    const int64_t low = with_sign ? -values : 0, high = with_sign ? values - 1 : 2 * values - 1;
    if (!with_sign && sizeof(Out) == 8) {
      if (!(x > 0.0f)) return 0;
      if (x >= 9.2233720e18f) return x < 1.8446744e19f ? (Out)((uint64_t)to_integer(x * 0.5f) << 1) : (Out)-1;
    }
    return (Out)saturate<Out>(to_integer(x), low, high);
  }
};
template <>
struct CastOne<float, float> {
  static MOTE_KERNEL float from(float x) { return canonical(x); }
};

template <class In, class Out>
MOTE_KERNEL void cast_loop(int32_t count, const In* in, Out* out) {
  for (int32_t i = 0; i < count; ++i) out[i] = CastOne<In, Out>::from(in[i]);
}
// A bool is a byte that is 0 or 1.
template <class In>
MOTE_KERNEL void cast_to_bool(int32_t count, const In* in, uint8_t* out) {
  for (int32_t i = 0; i < count; ++i) out[i] = in[i] != (In)0 ? 1 : 0;
}
template <class In>
MOTE_KERNEL void cast_from(const CastParams& p, const In* in, void* out) {
  switch (p.to) {
    case kNumberF32:
      return cast_loop<In, float>(p.count, in, (float*)out);
    case kNumberS8:
      return cast_loop<In, int8_t>(p.count, in, (int8_t*)out);
    case kNumberS16:
      return cast_loop<In, int16_t>(p.count, in, (int16_t*)out);
    case kNumberS32:
      return cast_loop<In, int32_t>(p.count, in, (int32_t*)out);
    case kNumberS64:
      return cast_loop<In, int64_t>(p.count, in, (int64_t*)out);
    case kNumberU8:
      return cast_loop<In, uint8_t>(p.count, in, (uint8_t*)out);
    case kNumberU32:
      return cast_loop<In, uint32_t>(p.count, in, (uint32_t*)out);
    case kNumberU64:
      return cast_loop<In, uint64_t>(p.count, in, (uint64_t*)out);
    default:
      return cast_to_bool<In>(p.count, in, (uint8_t*)out);
  }
}

// out[i] = in[i] as the other type.  Between integers the low bits stay; from a float it is the whole number
// towards zero, saturated; to a float the nearest.  They do not overlap.
MOTE_KERNEL void cast_elements(const CastParams& p, const void* in, void* out) {
  switch (p.from) {
    case kNumberF32:
      return cast_from<float>(p, (const float*)in, out);
    case kNumberS8:
      return cast_from<int8_t>(p, (const int8_t*)in, out);
    case kNumberS16:
      return cast_from<int16_t>(p, (const int16_t*)in, out);
    case kNumberS32:
      return cast_from<int32_t>(p, (const int32_t*)in, out);
    case kNumberS64:
      return cast_from<int64_t>(p, (const int64_t*)in, out);
    case kNumberU32:
      return cast_from<uint32_t>(p, (const uint32_t*)in, out);
    case kNumberU64:
      return cast_from<uint64_t>(p, (const uint64_t*)in, out);
    default:
      return cast_from<uint8_t>(p, (const uint8_t*)in, out);  // u8 and bool
  }
}

}  // namespace mote

#endif
