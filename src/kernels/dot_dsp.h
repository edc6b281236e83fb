// Internal to the room: packing weights for the blocks of device/mote/nn/dot/dot_dsp.h, and when they may be used.
#pragma once

#include <functional>
#include <optional>

#include "kernels/fold.h"
#include "kernels/variant.h"
#include "mote/nn/dot/dot_dsp.h"

namespace mote::kernels {

/// The short requantize: |sum| < 2^30 and a shift to the right by at least one.
inline bool requantizes_short(const Facts& facts) {
  constexpr std::int64_t limit = std::int64_t{1} << 30;
  return facts.accumulator_min > -limit && facts.accumulator_max < limit && facts.shift_max <= -1;
}
/// Narrow rows: the upper row's sum has 24 bits.
inline bool fits_narrow_sums(const Facts& facts) {
  constexpr std::int64_t limit = std::int64_t{1} << 23;
  return facts.accumulator_min >= -limit && facts.accumulator_max < limit;
}

/// The canonical weights [rows, runs · run] as rows of pairs: (0, 2), (1, 3) of each four of a run, neighbours in its rest.
/// −1: nothing, where a pair or a block of rows is filled up.
class DspRows {
 public:
  DspRows(std::int64_t rows, std::int64_t runs, std::int64_t run) : rows_(rows) {
    const auto put = [&](std::int64_t low, std::int64_t high) { pairs_.emplace_back(low, high); };
    for (std::int64_t r = 0; r < runs; ++r) {
      const std::int64_t at = r * run;
      std::int64_t i = 0;
      for (; i + 4 <= run; i += 4) {
        put(at + i, at + i + 2);
        put(at + i + 1, at + i + 3);
      }
      for (; i < run; i += 2) put(at + i, i + 1 < run ? at + i + 1 : -1);
    }
    columns_ = runs * run;
  }
  std::int64_t rows() const { return rows_; }
  std::int64_t pairs() const { return static_cast<std::int64_t>(pairs_.size()); }
  /// An even number of pairs.
  void make_even() {
    if (pairs_.size() % 2 != 0) pairs_.emplace_back(-1, -1);
  }
  std::pair<std::int64_t, std::int64_t> pair(std::int64_t i) const {
    return pairs_[static_cast<std::size_t>(i)];
  }
  std::int32_t at(const std::vector<std::int8_t>& weights, std::int64_t row, std::int64_t column) const {
    if (row >= rows_ || column < 0) return 0;
    return weights[static_cast<std::size_t>(row * columns_ + column)];
  }

 private:
  std::int64_t rows_, columns_ = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs_;
};

inline std::int32_t word_of(std::int64_t low, std::int64_t high) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xffffu) |
                                   static_cast<std::uint32_t>(high) << 16);
}

/// Whether every 256·b + a of neighbouring rows is a 16-bit number.
inline bool fits_narrow_weights(const DspRows& rows, const std::vector<std::int8_t>& weights) {
  for (std::int64_t row = 0; row < rows.rows(); row += 2) {
    for (std::int64_t i = 0; i < rows.pairs(); ++i) {
      for (const std::int64_t column : {rows.pair(i).first, rows.pair(i).second}) {
        if (256 * rows.at(weights, row + 1, column) + rows.at(weights, row, column) < -32768) return false;
      }
    }
  }
  return true;
}

/// Words in the order in which a block of `block` rows (2 or 4) reads them: block after block, pair after pair, rows.
inline std::vector<std::int32_t> packed_rows(const DspRows& rows, const std::vector<std::int8_t>& weights,
                                             bool wide, std::int64_t block) {
  std::vector<std::int32_t> words;
  for (std::int64_t first = 0; first < rows.rows(); first += block) {
    for (std::int64_t i = 0; i < rows.pairs(); ++i) {
      const auto [low, high] = rows.pair(i);
      for (std::int64_t row = first; row < first + block; row += wide ? 1 : 2) {
        const auto lane = [&](std::int64_t column) {
          const std::int64_t a = rows.at(weights, row, column);
          return wide ? 2 * a : 256 * rows.at(weights, row + 1, column) + a;
        };
        words.push_back(word_of(lane(low), lane(high)));
      }
    }
  }
  return words;
}

/// What a row's sum starts from.
enum class RowStart {
  Plain,    ///< the bias
  Doubled,  ///< twice the bias
  Pairs,    ///< narrow rows a, b: a's bias, 256·b's + a's
};

/// Arguments 1 … 4 (weights, bias, multiplier, shift) as the DSP kernels want them: `words` of `blocks` blocks of `block` rows,
/// the tables filled up to whole blocks, shifts as shifts to the right.  `folded_bias` has the zero point in it.
/// `requant_each`: a multiplier and a shift for each row, else one for all.
inline void pack_row_arguments(const std::vector<std::int32_t>& words, std::int64_t blocks,
                               const Arg& folded_bias, RowStart start, std::int64_t block, bool requant_each,
                               const KernelCall& call, Packed& packed) {
  const KernelCall with_bias{call.kernel, {}, {folded_bias}};
  const auto bias = constants_of<std::int32_t>(with_bias, 0);
  auto multiplier = constants_of<std::int32_t>(call, 3);
  auto shift = constants_of<std::int8_t>(call, 4);
  const auto padded = static_cast<std::size_t>(blocks * block);
  std::vector<std::int32_t> starts(padded, 0);
  const auto of = [&](std::size_t row) {
    return row < bias.size() ? static_cast<std::uint32_t>(bias[row]) : 0u;
  };
  for (std::size_t row = 0; row < padded; ++row) {
    std::uint32_t value = of(row);
    if (start == RowStart::Doubled) value *= 2;
    if (start == RowStart::Pairs && row % 2 == 1) value = 256 * of(row) + of(row - 1);
    starts[row] = static_cast<std::int32_t>(value);
  }
  if (requant_each) {
    multiplier.resize(padded, std::int32_t{1} << 30);
    shift.resize(padded, -1);
  }
  for (auto& s : shift) s = static_cast<std::int8_t>(-s);
  const auto name = [&](std::size_t i) { return std::get<Arg::Rom>(call.args[i].what).constant->name; };
  const auto extent = [](auto n) { return static_cast<std::int32_t>(n); };
  packed.args[1] =
      rom_arg(name(1), DType::S32, {extent(blocks), extent(static_cast<std::int64_t>(words.size()) / blocks)},
              words, Constant::Role::Weights);
  packed.args[2] = rom_arg(std::get<Arg::Rom>(folded_bias.what).constant->name, DType::S32, {extent(padded)},
                           starts, Constant::Role::Weights);
  packed.args[3] =
      rom_arg(name(3), DType::S32, {extent(multiplier.size())}, multiplier, Constant::Role::Requant);
  packed.args[4] = rom_arg(name(4), DType::S8, {extent(shift.size())}, shift, Constant::Role::Requant);
}

inline void pack_dsp_arguments(const DspRows& rows, const Arg& folded_bias, bool wide, std::int64_t block,
                               bool requant_each, const KernelCall& call, Packed& packed) {
  const auto words = packed_rows(rows, constants_of<std::int8_t>(call, 1), wide, block);
  pack_row_arguments(words, (rows.rows() + block - 1) / block, folded_bias,
                     wide ? RowStart::Doubled : RowStart::Pairs, block, requant_each, call, packed);
}

}  // namespace mote::kernels
