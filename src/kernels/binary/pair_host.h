// What the host files of this folder share: cost and in-place rules of kernels that walk six loops over two inputs
// (device/mote/nn/binary/binary.h).
#pragma once

#include "kernels/variant.h"

namespace mote::kernels {

inline std::int64_t loop_field(const KernelCall& call, std::string_view name, int loop) {
  return std::get<std::int64_t>(call.params.at(text::cat(name, loop)));
}

/// Elements of the output.
inline double elements_of(const KernelCall& call) {
  double count = 1;
  for (int loop = 0; loop < 6; ++loop) count *= static_cast<double>(loop_field(call, "extent", loop));
  return count;
}

inline Cost pair_cost(const KernelCall& call, const Mix& element, std::size_t flash_bytes,
                      const Target& target) {
  return cost_of(elements_of(call) * element, flash_bytes, target);
}

/// Is the input read from its first to its last element, once each?
inline bool is_dense(const KernelCall& call, std::string_view step) {
  std::int64_t expected = 1;
  for (int loop = 5; loop >= 0; --loop) {
    const std::int64_t extent = loop_field(call, "extent", loop);
    if (extent > 1 && loop_field(call, step, loop) != expected) return false;
    expected *= extent;
  }
  return true;
}

/// The output may lie over or below each input that is computed, dense and not narrower: each of its elements is read
/// before anything is written to its place.
inline Overlap pair_overlap(const KernelCall& call) {
  Overlap overlap{-1, 2, 0, Overlap::Direction::Forward};
  for (const int in : {0, 1}) {
    const Arg& arg = call.args[static_cast<std::size_t>(in)];
    const bool computed = std::holds_alternative<Arg::In>(arg.what);
    const bool wide = bytes_of(arg.dtype) >= bytes_of(call.args[2].dtype);
    if (!computed || !wide || !is_dense(call, in == 0 ? "in1_step" : "in2_step")) continue;
    if (overlap.in < 0) overlap.in = in;
    overlap.last_in = in;
  }
  return overlap;
}

}  // namespace mote::kernels
