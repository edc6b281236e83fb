// What a .tflite file may claim.  Far above any model for a microcontroller, low enough that a hostile file
// costs seconds and megabytes at most.
#pragma once

#include <cstdint>

namespace mote::tflite {

inline constexpr const char* kNoRoom = "no microcontroller has room for that; take a smaller model";

inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{256} << 20;
inline constexpr std::int64_t kMaxElements = INT32_MAX;  ///< of one tensor, and of all tensors together
inline constexpr std::uint32_t kMaxTensors = 16384;
inline constexpr std::uint32_t kMaxOperators = 16384;
inline constexpr std::uint32_t kMaxSubgraphs = 256;
inline constexpr std::size_t kMaxStateBytes = std::size_t{64} << 20;  ///< of all states together
/// Of constants computed while reading, all together; and of what is read and computed for them, in elements and MACs.
inline constexpr std::size_t kMaxFoldedBytes = std::size_t{16} << 20;
inline constexpr std::int64_t kMaxFoldedWork = std::int64_t{1} << 26;
/// Weights that become floats take four times their bytes; some tensors share a buffer.  As many times the file's size.
inline constexpr std::size_t kMaxDequantizedFiles = 8;
inline constexpr std::size_t kMaxCustomOptions = 64;  ///< entries of a custom operator's options
inline constexpr std::uint32_t kMaxRank = 8;
inline constexpr std::uint32_t kMaxNameBytes = 512;  ///< a longer tensor name is cut
inline constexpr std::uint32_t kMaxTableDepth = 32;  ///< FlatBuffers tables within tables; the format needs 5
inline constexpr std::uint32_t kMaxTables = 200000;

}  // namespace mote::tflite
