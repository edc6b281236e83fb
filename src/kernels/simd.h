// Internal to the room: packing weights into the stream of device/mote/nn/simd/simd.h, and what its kernels cost.
#pragma once

#include <functional>
#include <optional>

#include "kernels/fold.h"
#include "kernels/variant.h"
#include "mote/nn/simd/simd.h"

namespace mote::kernels {

/// Application processors.  Which vectors a machine has is asked when the program runs; without any, portable code answers the same.
inline bool needs_simd(const Isa& isa) { return isa.has("avx2") || isa.has("neon"); }

/// Constants are there, and sums are short enough for the requantize of level_*.h.
inline bool fits_simd(const KernelCall& call, const Facts& facts) {
  constexpr std::int64_t limit = std::int64_t{1} << 30;
  return !constants_of<std::int8_t>(call, 1).empty() && !constants_of<std::int32_t>(call, 3).empty() &&
         !constants_of<std::int8_t>(call, 4).empty() && facts.accumulator_min > -limit &&
         facts.accumulator_max < limit;
}

/// The layer as the stream has it: `weight` of an output and of an input of its quads.
struct SimdOutputs {
  std::int32_t count = 0, quads = 0;
  std::function<std::int32_t(std::int32_t output, std::int32_t input)> weight;
  std::vector<std::int32_t> bias;  ///< the input's zero point folded in
  std::int32_t period = 0;  ///< multipliers and shifts repeat themselves after as many outputs; 0: never
};

/// `one_each`: multiplier and shift of each output; else one of all.
inline Arg simd_stream(const KernelCall& call, const SimdOutputs& outputs, bool one_each = true) {
  const auto multipliers = constants_of<std::int32_t>(call, 3);
  const auto shifts = constants_of<std::int8_t>(call, 4);
  const auto of = [&](const auto& table, std::int32_t o) -> std::int32_t {
    const std::int32_t at = outputs.period > 0 ? o % outputs.period : o;
    return table[one_each ? static_cast<std::size_t>(at) : 0];
  };
  std::vector<std::int32_t> words(kSimdHeaderBytes / 4);
  for (std::int32_t first = 0; first < outputs.count;) {
    const std::int32_t lanes = simd_lanes(outputs.count - first);
    const std::size_t begin = words.size();
    words.resize(begin + static_cast<std::size_t>(simd_chunk_bytes(lanes, outputs.quads)) / 4);
    const auto table = [&](int which) { return &words[begin + 16ul * lanes * (outputs.quads + which)]; };
    for (std::int32_t k = 0; k < 16 * lanes && first + k < outputs.count; ++k) {
      const std::int32_t o = first + k, place = simd_place(lanes, k);
      std::int32_t sum = 0;
      for (std::int32_t q = 0; q < outputs.quads; ++q) {
        std::uint32_t quad = 0;
        for (std::int32_t i = 0; i < 4; ++i) {
          const std::int32_t w = outputs.weight(o, 4 * q + i);
          const bool extreme = w == -128 && q > 0 && outputs.weight(o, 4 * q + i - 4) == -128;
          if (extreme) words[0] |= kSimdExtreme;
          quad |= (static_cast<std::uint32_t>(w) & 0xffu) << (8 * i);
          sum += w;
        }
        words[begin + 16ul * lanes * q + place] = static_cast<std::int32_t>(quad);
      }
      const std::int32_t shift = of(shifts, o), left = std::max(shift, 0), right = std::max(-shift, 0);
      if (right == 0) words[0] |= kSimdGeneral;
      const std::int32_t bias = outputs.bias[static_cast<std::size_t>(o)];
      table(0)[place] = bias;
      table(1)[place] = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias) -
                                                  128u * static_cast<std::uint32_t>(sum));
      table(2)[place] = of(multipliers, o);
      table(3)[place] = left;
      table(4)[place] = right;
      table(5)[place] = right == 0 ? 0 : std::int32_t{1} << (right - 1);
    }
    first += 16 * lanes;
  }
  const auto& name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  const auto count = static_cast<std::int32_t>(words.size());
  return rom_arg(name, DType::S32, {count}, words, Constant::Role::Weights);
}

/// The bias of fold_zero_point as numbers.
inline std::vector<std::int32_t> simd_bias(const KernelCall& call, const Arg& folded) {
  return constants_of<std::int32_t>(KernelCall{call.kernel, {}, {folded}}, 0);
}

/// Places of outputs, those that fill up the last block among them.
inline double simd_places(std::int32_t outputs) {
  const std::int32_t blocks = (outputs + 15) / 16;
  return 16.0 * blocks;
}

/// Instructions a product and an output, in vectors of 16 outputs; NEON's are fitted to counts under QEMU (aarch64-linux-gnu-g++ 12 -O2).
inline double simd_product(const Target& target) { return target.isa.has("avx512-vnni") ? 0.03 : 0.28; }
inline double simd_output(const Target& target) { return target.isa.has("avx512-vnni") ? 1.5 : 6.5; }

}  // namespace mote::kernels
