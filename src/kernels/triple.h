// Internal to the room: packing for device/mote/nn/triple/triple.h, and when it may be used.
#pragma once

#include <algorithm>
#include <optional>

#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote::kernels {

/// Cores without SIMD instructions whose integers have 32 bits.
inline bool is_small_core(const Isa& isa) {
  return isa.arch == "armv6-m" || isa.arch == "armv7-m" || isa.arch == "rv32imc";
}

/// requantize_short: |sum| < 2^29 and a shift to the right by at least one.
inline bool fits_short_requantize(const Facts& facts) {
  constexpr std::int64_t limit = std::int64_t{1} << 29;
  return facts.accumulator_min > -limit && facts.accumulator_max < limit && facts.shift_max <= -1;
}

inline std::int64_t rounded_up(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }

/// How a window is cut into segments of equal length.
struct TripleSegments {
  std::int32_t taps = 0, count = 0;
};

/// The fewest segments whose sums Σ x·w stay in 21 bits for every output and every s8 x.
/// `weights` is [outputs, taps].
inline TripleSegments triple_segments(const std::vector<std::int8_t>& weights, std::int64_t outputs,
                                      std::int64_t taps) {
  constexpr std::int64_t limit = std::int64_t{1} << 20;
  for (std::int64_t count = 1;; ++count) {
    const std::int64_t length = rounded_up((taps + count - 1) / count, 4);
    bool fits = true;
    for (std::int64_t o = 0; fits && o < outputs; ++o) {
      for (std::int64_t first = 0; fits && first < taps; first += length) {
        std::int64_t low = 0, high = 0;
        for (std::int64_t t = first; t < std::min(first + length, taps); ++t) {
          const std::int64_t w = weights[static_cast<std::size_t>(o * taps + t)];
          low += std::min(-128 * w, 127 * w);
          high += std::max(-128 * w, 127 * w);
        }
        fits = low >= -limit && high < limit;
      }
    }
    if (fits)  // a length rounded up may need fewer
      return {static_cast<std::int32_t>(length), static_cast<std::int32_t>((taps + length - 1) / length)};
  }
}

/// Arguments 2 and 4, bias and shift, as triple_finish wants them: the bias doubled, the zero point folded into it before, and
/// the shift counted to the right.
inline void pack_triple_requantize(const KernelCall& call, const Arg& folded, Packed& packed) {
  const KernelCall with_bias{call.kernel, {}, {folded}};
  auto bias = constants_of<std::int32_t>(with_bias, 0);
  auto shift = constants_of<std::int8_t>(call, 4);
  for (auto& b : bias) b *= 2;
  for (auto& s : shift) s = static_cast<std::int8_t>(-s);
  const Constant& old_bias = *std::get<Arg::Rom>(folded.what).constant;
  const Constant& old_shift = *std::get<Arg::Rom>(call.args[4].what).constant;
  packed.args[2] = rom_arg(old_bias.name, DType::S32, old_bias.shape, bias, Constant::Role::Weights);
  packed.args[4] = rom_arg(old_shift.name, DType::S8, old_shift.shape, shift, Constant::Role::Requant);
}

/// Argument 1, the weights [outputs, taps], as triple_products wants them: fours of outputs, tap after tap, the last four
/// filled up.
inline void pack_triple_weights(const KernelCall& call, std::int32_t outputs, std::int32_t taps,
                                TripleSegments segments, Packed& packed) {
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto padded = static_cast<std::size_t>(rounded_up(outputs, 4));
  const auto length = static_cast<std::size_t>(segments.taps) * static_cast<std::size_t>(segments.count);
  std::vector<std::int8_t> fours(padded * length, 0);
  for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
    for (std::size_t t = 0; t < static_cast<std::size_t>(taps); ++t)
      fours[o / 4 * 4 * length + 4 * t + o % 4] = weights[o * static_cast<std::size_t>(taps) + t];
  }
  packed.args[1] = rom_arg(std::get<Arg::Rom>(call.args[1].what).constant->name, DType::S8,
                           {static_cast<std::int32_t>(padded / 4), static_cast<std::int32_t>(length), 4},
                           fours, Constant::Role::Weights);
}

}  // namespace mote::kernels
