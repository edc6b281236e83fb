// Internal to the room: what the variants for MVE share on the host.
#pragma once

#include <cstring>

#include "kernels/fold.h"
#include "kernels/variant.h"
#include "mote/nn/mve.h"

namespace mote::kernels {

inline bool needs_mve(const Isa& isa) { return isa.has("mve"); }

/// Sums are of constant weights and fit 32 bits; no value's shift is above `shift_max`.
inline bool requantizes_to_the_right(const KernelCall& call, const Facts& facts, int shift_max) {
  const auto weights = constants_of<std::int8_t>(call, 1);
  const auto multiplier = constants_of<std::int32_t>(call, 3);
  return !weights.empty() && !multiplier.empty() && facts.shift_max <= shift_max &&
         facts.accumulator_min >= INT32_MIN && facts.accumulator_max <= INT32_MAX;
}

/// Every window of a pool has a tap inside the image.
template <class Params>
bool no_window_is_empty(const Params& p) {
  return p.pad_top < p.kernel_h && p.pad_left < p.kernel_w &&
         (p.out_h - 1) * p.stride_h - p.pad_top < p.in_h && (p.out_w - 1) * p.stride_w - p.pad_left < p.in_w;
}

/// Bytes as they are read, then as words.
class MveStream {
 public:
  void byte(std::int64_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void word(std::int32_t value) {
    for (int i = 0; i < 4; ++i) byte(static_cast<std::uint32_t>(value) >> (8 * i) & 0xffu);
  }
  Arg arg(std::string name) const {
    std::vector<std::int32_t> words(bytes_.size() / 4);
    if (!words.empty()) std::memcpy(words.data(), bytes_.data(), words.size() * 4);
    const auto count = static_cast<std::int32_t>(words.size());
    return rom_arg(std::move(name), DType::S32, {count}, words, Constant::Role::Weights);
  }

 private:
  Bytes bytes_;
};

}  // namespace mote::kernels
