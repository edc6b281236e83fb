// Internal to the room: memory and costs that the variants of device/mote/nn/reduce share.
#pragma once

#include "kernels/variant.h"
#include "mote/nn/reduce/reduce.h"

namespace mote::kernels {

/// An output is written after all elements that it is made of were read, and its index is at most theirs.
inline Overlap reduce_overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

/// `element`: a step of the innermost loop; `output`: start, finish and the loops around.
template <class Params>
Cost reduce_cost(const KernelCall& call, const Target& target, const Mix& element, const Mix& output,
                 std::size_t flash_bytes) {
  const auto p = from_block<Params>(call.params);
  const double outputs = 1.0 * p.kept0 * p.kept1 * p.kept2 * p.kept3;
  const double elements = outputs * p.reduced0 * p.reduced1 * p.reduced2;
  return cost_of(elements * element + outputs * output, flash_bytes, target);
}

/// The same along one axis of [outer, axis, inner].
template <class Params>
Cost axis_cost(const KernelCall& call, const Target& target, const Mix& element, std::size_t flash_bytes) {
  const auto p = from_block<Params>(call.params);
  return cost_of(1.0 * p.outer * p.axis * p.inner * element, flash_bytes, target);
}

}  // namespace mote::kernels
