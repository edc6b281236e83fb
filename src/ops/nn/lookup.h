// Tables of functions of one quantized number, made when a node is lowered, with exactly TFLM's arithmetic: fixed point
// for some functions, floats for others.  The kernels that read them are in device/mote/nn/lookup.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mote/base/fixed_math.h"
#include "mote/nn/lookup/lookup.h"
#include "ops/nn/lowering.h"

namespace mote::nn {

// ---- 8 bits to 8 bits

/// 256 results in the order of the input's bits: 0 … 127, −128 … −1.
using ByteTable = std::vector<std::int8_t>;

inline IntRange byte_range(DType dtype) {
  return dtype == DType::U8 ? IntRange{0, UINT8_MAX} : IntRange{INT8_MIN, INT8_MAX};
}

/// `function` of the input as an integer; results are limited to the output's type.
template <class Function>
ByteTable byte_table(DType in, DType out, Function function) {
  const IntRange range = byte_range(out);
  ByteTable table;
  for (int bits = 0; bits < 256; ++bits) {
    const std::int32_t q = in == DType::U8 ? bits : static_cast<std::int8_t>(bits);
    table.push_back(static_cast<std::int8_t>(std::clamp<std::int32_t>(function(q), range.min, range.max)));
  }
  return table;
}

inline KernelCall byte_lookup(const NodeRef& ref, const ByteTable& table) {
  LookupParams p{};
  p.count = static_cast<std::int32_t>(ref.out(0).type.count());
  Arg in = in_arg(ref, 0), out = out_arg(ref);
  in.dtype = out.dtype = DType::S8;  // u8 is read as its bits
  return call_of(
      "lookup_s8", p,
      {in, rom_arg(constant_name(ref, "table"), DType::S8, {256}, table, Constant::Role::Table), out});
}

/// A function of real numbers as TFLM tabulates it, in float32: round( f((q − zero) · scale) / scale' ) + zero'.
/// Rounding is half away from zero; infinities saturate, a NaN becomes the zero point.
template <class Function>
ByteTable real_byte_table(const Tensor& in, const Tensor& out, Function function) {
  const float inverse = 1.0f / out.quant.scale[0];
  return byte_table(in.type.dtype, out.type.dtype, [&](std::int32_t q) {
    const float x = in.quant.scale[0] * static_cast<float>(q - in.quant.zero_point[0]);
    const float steps = std::round(function(x) * inverse);
    const auto zero = static_cast<float>(out.quant.zero_point[0]);
    return std::isnan(steps) ? out.quant.zero_point[0]
                             : static_cast<std::int32_t>(std::clamp(steps + zero, -1024.0f, 1024.0f));
  });
}

// ---- 16 bits, by interpolation

/// 513 results at equal distances between the lowest and the highest input; each is moved by half of what the line to the
/// next misses at its middle.  Real numbers r stand for r = scale · (q − zero).
template <class Function>
std::vector<std::int16_t> interpolated_table(float in_scale, std::int32_t in_zero, float out_scale,
                                             std::int32_t out_zero, Function function) {
  constexpr std::int32_t kLow = INT16_MIN, kHigh = INT16_MAX, kSteps = 512;
  const auto real = [](float scale, std::int32_t steps) { return scale * static_cast<float>(steps); };
  const float in_low = real(in_scale, kLow - in_zero), in_high = real(in_scale, kHigh - in_zero);
  const float out_low = real(out_scale, kLow - out_zero), out_high = real(out_scale, kHigh - out_zero);
  const float step = (in_high - in_low) / kSteps, half = step / 2;
  const float to_steps = static_cast<float>(kHigh - kLow + 1) / (out_high - out_low);
  const auto stored = [](float value) {
    return static_cast<std::int16_t>(std::isnan(value) ? 0.0f : std::clamp(value, -32768.0f, 32767.0f));
  };
  std::vector<std::int16_t> table;
  for (std::int32_t i = 0; i < kSteps; ++i) {
    const float at = static_cast<float>(i) * step, next_at = static_cast<float>(i + 1) * step;
    const float here = std::round(function(in_low + at) * to_steps);
    const float next = function(in_low + next_at) * to_steps;
    const float line = std::round((next + here) / 2);
    const float truth = std::round(function(in_low + at + half) * to_steps);
    table.push_back(stored(here - std::round((line - truth) / 2)));
  }
  table.push_back(stored(std::round(function(in_high) * to_steps)));
  return table;
}

inline Arg interpolated_arg(const NodeRef& ref, std::string_view what,
                            const std::vector<std::int16_t>& table) {
  return rom_arg(constant_name(ref, what), DType::S16, {static_cast<std::int32_t>(table.size())}, table,
                 Constant::Role::Table);
}

// ---- logistic and tanh

/// logistic(k / 24) · 65536 for k = 0 … 255, which logistic_s16 and tanh_s16 read as unsigned.  TFLM's table is that,
/// rounded, except for these entries, which are one larger.
inline std::vector<std::int16_t> sigmoid_table() {
  constexpr std::uint8_t kOneMore[] = {4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
                                       30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
                                       54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};
  std::vector<std::int16_t> table;
  for (int k = 0; k < 256; ++k)
    table.push_back(static_cast<std::int16_t>(std::lround(65536.0 / (1.0 + std::exp(-k / 24.0)))));
  for (const std::uint8_t k : kOneMore) table[k] = static_cast<std::int16_t>(table[k] + 1);
  return table;
}

/// x as Q4.27 of TFLM's int8 logistic and tanh.  `radius`: from there on the result is the end of its range.
struct SigmoidInput {
  Requant requant;
  std::int32_t radius = 0;
};
inline SigmoidInput sigmoid_input(float scale) {
  SigmoidInput input;
  int shift = 0;
  const double fraction = std::frexp(static_cast<double>(scale) * (1 << 27), &shift);
  // Not nearest_requant: a fraction that rounds to 1 saturates here.
  input.requant.multiplier =
      static_cast<std::int32_t>(std::min(std::round(fraction * 2147483648.0), 2147483647.0));
  input.requant.shift = shift;
  input.radius =
      static_cast<std::int32_t>(std::min(std::floor(std::ldexp(15.0 * (1 << 27), -shift)), 65536.0));
  return input;
}

/// 1 / (1 + e^−a), a in Q4.27 → Q0.31.
inline std::int32_t logistic_of_q4(std::int32_t a) {
  if (a == 0) return 1 << 30;
  const std::int32_t positive = one_over_one_plus_q0(exp_of_negative(a > 0 ? -a : a, 4));
  return a > 0 ? positive : INT32_MAX - positive;
}
/// tanh a, a in Q4.27 → Q0.31.  2a has the same bits in Q5.26.
inline std::int32_t tanh_of_q4(std::int32_t a) {
  if (a == 0) return 0;
  const std::int32_t size = one_minus_over_one_plus_q0(exp_of_negative_q5(a > 0 ? -a : a));
  return a > 0 ? size : -size;
}

/// The node's table for `function` (Q4.27 → Q0.31), brought to `bits` fraction bits and moved by `zero`.
template <class Function>
ByteTable sigmoid_byte_table(const NodeRef& ref, int bits, std::int32_t zero, Function function) {
  const SigmoidInput input = sigmoid_input(ref.in(0).quant.scale[0]);
  return byte_table(DType::S8, DType::S8, [&](std::int32_t q) -> std::int32_t {
    const std::int32_t x = q - ref.in(0).quant.zero_point[0];
    if (x <= -input.radius) return INT8_MIN;
    if (x >= input.radius) return INT8_MAX;
    const std::int32_t q4 = requantize(x, input.requant.multiplier, std::max(input.requant.shift, -31));
    return rounding_divide_by_pot(function(q4), 31 - bits) + zero;
  });
}

/// log2 of a scale that is a power of two, up to a thousandth of the exponent; false where it is none.
inline bool is_power_of_two(float scale, int* exponent) {
  const float log = std::log(scale) * (1.0f / std::log(2.0f));
  const float whole = std::round(log);
  *exponent = static_cast<int>(whole);
  return std::abs(log - whole) < 1e-3f;
}

/// How an int16 input becomes units of 1/12288.  Scales 2^−12 … 2^−12+most_doublings are exact.
inline Result<SigmoidS16Params> sigmoid_s16_params(const NodeRef& ref, int most_doublings) {
  SigmoidS16Params p{};
  p.count = static_cast<std::int32_t>(ref.out(0).type.count());
  const float scale = ref.in(0).quant.scale[0];
  int exponent = 0;
  if (is_power_of_two(scale, &exponent) && exponent + 12 >= 0 && exponent + 12 <= most_doublings) {
    p.multiplier = 3 << (exponent + 12);
    return p;
  }
  double multiplier = static_cast<double>(scale) * 12288.0;
  while (multiplier <= 32767.0 / 2 && p.shift <= 30) {
    ++p.shift;
    multiplier *= 2;
  }
  if (multiplier >= 32768.0) {
    return error(text::cat("the input's scale is ", text::shortest(scale), "; in s16 it must be below 2.66"),
                 "quantize again with calibration data of the layer's real range");
  }
  p.multiplier = static_cast<std::int32_t>(multiplier);
  return p;
}

// ---- hard swish

/// A Q31 multiplier as Q15, rounded.
inline std::int32_t to_q15(std::int32_t multiplier) {
  return multiplier >= INT32_MAX - (1 << 15) ? INT16_MAX : (multiplier + (1 << 15)) >> 16;
}
/// round(a·b / 2^15), of 16-bit numbers, ties towards +∞.
inline std::int32_t doubling_high_mul_q15(std::int32_t a, std::int32_t b) {
  return a == b && a == INT16_MIN ? INT16_MAX : (a * b + (1 << 14)) >> 15;
}
inline std::int32_t saturate_s16(std::int64_t x) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(x, INT16_MIN, INT16_MAX));
}

/// x·relu6(x + 3) / 6 in 16 bits: x with 7 more bits, times a factor 0 … 1 (Q15) that is x/6 + ½, limited.
inline Result<ByteTable> hard_swish_table(const NodeRef& ref) {
  const Tensor &in = ref.in(0), &out = ref.out(0);
  const float fine = (1.0f / 128.0f) * in.quant.scale[0];
  MOTE_TRY(const Requant to_out, quantize_multiplier(static_cast<double>(fine / out.quant.scale[0])));
  MOTE_TRY(const Requant to_factor, quantize_multiplier(static_cast<double>(fine / (3.0f / 32768.0f))));
  if (to_out.shift > 0) {
    return error(text::cat("the input's scale ", text::shortest(in.quant.scale[0]),
                           " is more than 128 times the output's, ", text::shortest(out.quant.scale[0])),
                 "quantize again with calibration data of the layer's real range");
  }
  const std::int32_t out_q15 = to_q15(to_out.multiplier), factor_q15 = to_q15(to_factor.multiplier);
  return byte_table(in.type.dtype, out.type.dtype, [&](std::int32_t q) {
    const std::int32_t x = (q - in.quant.zero_point[0]) * 128;  // |·| ≤ 32640
    const std::int32_t scaled = doubling_high_mul_q15(x, out_q15);
    std::int32_t factor = x;
    if (to_factor.shift > 0)
      factor = saturate_s16(static_cast<std::int64_t>(factor) << (to_factor.shift - 1));
    factor = doubling_high_mul_q15(factor, factor_q15);
    if (to_factor.shift > 0) factor = saturate_s16(static_cast<std::int64_t>(factor) * 2);
    if (to_factor.shift < 0) factor = rounding_divide_by_pot(factor, -to_factor.shift);
    factor = (factor + (1 << 15)) >> 1;
    const std::int32_t product = factor * scaled / (1 << 15);  // towards zero
    return saturate_s16(rounding_divide_by_pot(product, -to_out.shift) + out.quant.zero_point[0]);
  });
}

// ---- 1 / √x

/// TFLM's fixed point: the root of the integer, 20 bits up, then the scales.  Zero and less give the highest value.
inline Result<ByteTable> rsqrt_table(const NodeRef& ref) {
  constexpr std::int32_t kUp = 20;
  const Tensor &in = ref.in(0), &out = ref.out(0);
  const double real =
      1.0 / (std::sqrt(static_cast<double>(in.quant.scale[0])) * static_cast<double>(out.quant.scale[0]));
  MOTE_TRY(const Requant requant, quantize_multiplier(real));
  if (requant.shift - kUp < -31)
    return error(text::cat("1 / (√input scale · output scale) is ", text::shortest(real), ", below 2^-12"));
  return byte_table(in.type.dtype, out.type.dtype, [&](std::int32_t q) -> std::int32_t {
    const std::int32_t x = q - in.quant.zero_point[0];
    if (x <= 0) return INT32_MAX;
    const InverseRoot root = inverse_root(x);
    const std::int32_t fine = requantize(1, root.multiplier, root.shift + kUp);
    return add_modulo(requantize(fine, requant.multiplier, requant.shift - kUp), out.quant.zero_point[0]);
  });
}

}  // namespace mote::nn
