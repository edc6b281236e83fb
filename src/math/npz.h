// Arrays on disk: NumPy's .npy and .npz.  Training checkpoints are .npz; inputs and golden outputs of `mote
// run` are .npy. The parser is for untrusted files: every offset and size is checked before it is used, and
// limits bound the memory. Little-endian, C order only; a .npz is an uncompressed zip (what numpy.savez writes).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace mote {

/// An array of numbers.
struct NpyArray {
  std::string dtype = "<f4";        ///< NumPy's name: <f4 <f8 |i1 |u1 |b1 <i2 <u2 <i4 <u4 <i8 <u8
  std::vector<std::int64_t> shape;  ///< outermost first; empty: a scalar
  Bytes data;                       ///< count() · item_bytes() bytes, C order
  std::int64_t count() const;
  std::size_t item_bytes() const;  ///< the digits of `dtype`
};

inline constexpr std::int64_t kNpyMaxElements = std::int64_t{1} << 31;
inline constexpr std::size_t kNpyMaxRank = 32, kNpzMaxArrays = 65535;

Result<NpyArray> read_npy(std::span<const std::uint8_t> bytes);
Bytes write_npy(const NpyArray& array);

/// Array name (without ".npy") → array.
Result<std::map<std::string, NpyArray>> read_npz(std::span<const std::uint8_t> bytes);
Bytes write_npz(const std::map<std::string, NpyArray>& arrays);

/// The elements as floats, whatever the dtype.
std::vector<float> to_floats(const NpyArray& array);
NpyArray from_floats(std::span<const float> values, std::vector<std::int64_t> shape);

}  // namespace mote
