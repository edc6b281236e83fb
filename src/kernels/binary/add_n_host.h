// What the host files of add_n_s8 and add_n_f32 share.
#pragma once

#include "kernels/variant.h"

namespace mote::kernels {

/// The output may lie over or below each computed input: element i of all is read before it is written.
inline Overlap add_n_overlap(const KernelCall& call) {
  const int out = static_cast<int>(call.args.size()) - 1;
  for (int in = 0; in < out; ++in) {
    if (std::holds_alternative<Arg::In>(call.args[static_cast<std::size_t>(in)].what))
      return {in, out, 0, Overlap::Direction::Forward, out - 1};
  }
  return {};
}

template <class Params>
Cost add_n_cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const Mix term{.alu = 3, .load = 2, .branch = 1},
      element{.alu = 14, .mul = 1, .load = 1, .store = 1, .branch = 2};
  return cost_of(p.count * (element + p.inputs * term), 220, target);
}

}  // namespace mote::kernels
