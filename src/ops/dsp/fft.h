// What signal_rfft and signal_irfft share: the lengths that there are transforms for, and their tables.
#pragma once

#include <cmath>
#include <numbers>

#include "mote/dsp/fft/fft.h"
#include "ops/dsp/signal.h"

namespace mote::dsp {

/// Radices of a complex transform of n: fours first, then a two, then odd primes, as kissfft factors.  A prime above
/// 5 ends the list and is no radix.
inline std::vector<std::int8_t> radices_of(std::int32_t n) {
  std::vector<std::int8_t> radices;
  for (const std::int32_t p : {4, 2, 3, 5}) {
    for (; n % p == 0; n /= p) radices.push_back(static_cast<std::int8_t>(p));
  }
  return n == 1 ? radices : std::vector<std::int8_t>{};
}

inline Result<void> check_fft_length(std::int64_t length) {
  const bool fits = length >= 4 && length <= kMostSamples && length % 2 == 0;
  if (fits && !radices_of(static_cast<std::int32_t>(length / 2)).empty()) return {};
  return error(text::cat("the FFT length ", length,
                         " has no transform; it must be even, from 4 to 65536, and a product of 2, 3 and 5"),
               "use the next power of two");
}

/// What both ask of x; gives the FFT length.
inline Result<std::int64_t> check_fft_input(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S16, DType::S32, DType::F32}));
  MOTE_TRY_VOID(check_rows("x", ref.in(0)));
  MOTE_TRY_VOID(check_fft_length(ref.integer("fft_length")));
  return ref.integer("fft_length");
}

/// Where pair i of the input begins, before the first butterfly: the digits of i in mixed radix, mirrored.
inline std::vector<std::int16_t> order_of(std::int32_t n, const std::vector<std::int8_t>& radices) {
  std::vector<std::int16_t> order(static_cast<std::size_t>(n));
  for (std::int32_t i = 0; i < n; ++i) {
    std::int32_t at = 0, rest = i, span = n;
    for (const std::int32_t p : radices) {
      span /= p;
      at += rest % p * span;
      rest /= p;
    }
    order[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(at);
  }
  return order;
}

/// cos or sin in T's units: floats as they are, fixed point rounded with halves upwards.
template <class T>
T table_value(double real) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(real);
  else
    return static_cast<T>(std::floor(0.5 + static_cast<double>(std::numeric_limits<T>::max()) * real));
}
template <class T>
std::vector<T> turns(std::int32_t count, double (*phase)(std::int32_t k, std::int32_t n), std::int32_t n,
                     bool inverse) {
  std::vector<T> table;
  for (std::int32_t k = 0; k < count; ++k) {
    const double angle = inverse ? -phase(k, n) : phase(k, n);
    table.push_back(table_value<T>(std::cos(angle)));
    table.push_back(table_value<T>(std::sin(angle)));
  }
  return table;
}
inline double twiddle_phase(std::int32_t k, std::int32_t n) { return -2 * std::numbers::pi * k / n; }
inline double half_phase(std::int32_t k, std::int32_t n) {
  return -std::numbers::pi * (static_cast<double>(k + 1) / n + .5);
}

template <class T>
std::vector<Arg> fft_args(const NodeRef& ref, std::int32_t n, bool inverse) {
  const DType dtype = ref.in(0).type.dtype;
  const auto table = [&](const char* what, DType type, const auto& values) {
    return rom_arg(constant_name(ref, what), type, {static_cast<std::int32_t>(values.size())}, values,
                   Constant::Role::Table);
  };
  const std::vector<std::int8_t> radices = radices_of(n);
  return {in_arg(ref, 0),
          table("order", DType::S16, order_of(n, radices)),
          table("radices", DType::S8, radices),
          table("twiddles", dtype, turns<T>(n, twiddle_phase, n, inverse)),
          table("halves", dtype, turns<T>(n / 2, half_phase, n, inverse)),
          out_arg(ref)};
}

/// The call of rfft_* or irfft_*.
template <class Params>
Result<std::vector<KernelCall>> lower_fft(const NodeRef& ref, Params p, bool inverse) {
  const std::int32_t n = int32_of(ref, "fft_length") / 2;
  p.fft_length = 2 * n;
  p.stages = static_cast<std::int32_t>(radices_of(n).size());
  const DType dtype = ref.in(0).type.dtype;
  std::vector<Arg> args = dtype == DType::F32   ? fft_args<float>(ref, n, inverse)
                          : dtype == DType::S32 ? fft_args<std::int32_t>(ref, n, inverse)
                                                : fft_args<std::int16_t>(ref, n, inverse);
  return one_call(call_of(text::cat(inverse ? "irfft_" : "rfft_", name_of(dtype)), p, std::move(args)));
}

inline Result<ForeignNode> write_fft(const NodeRef& ref, const char* op) {
  MOTE_TRY(ForeignNode foreign, write_signal(ref, op, 1));
  put_type_option(ref, foreign);
  return foreign;
}

inline AttributeSpec fft_length_spec() {
  return integer_spec("fft_length", "samples of a frame in time, even, a product of 2, 3 and 5", 512, 4,
                      kMostSamples);
}

}  // namespace mote::dsp
