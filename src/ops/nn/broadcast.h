// Broadcasting on the host: the shape that shapes have in common, and the loops in which kernels walk them
// (device/mote/nn/binary/binary.h).
#pragma once

#include <array>
#include <vector>

#include "ops/nn/types.h"

namespace mote::nn {

/// Shapes count from the last dimension; an extent of 1 is repeated to the other's, and a missing dimension is 1.
inline Result<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape out(std::max(a.size(), b.size()), 1);
  for (std::size_t d = 0; d < out.size(); ++d) {  // from the last dimension
    const std::int32_t extent_a = d < a.size() ? a[a.size() - 1 - d] : 1;
    const std::int32_t extent_b = d < b.size() ? b[b.size() - 1 - d] : 1;
    if (extent_a != extent_b && extent_a != 1 && extent_b != 1) {
      return error(text::cat("the shapes ", to_text(a), " and ", to_text(b), " do not broadcast: ", extent_a,
                             " meets ", extent_b),
                   "counted from the last dimension, extents must agree or one of them be 1");
    }
    out[out.size() - 1 - d] = std::max(extent_a, extent_b);
  }
  return out;
}

inline constexpr std::size_t kLoops = 6;  ///< that kernels have

/// The output's elements as loops, outermost first; behind each input's steps in elements, 0 where it is repeated.
struct BroadcastLoops {
  std::array<std::int32_t, kLoops> extent;
  std::vector<std::array<std::int32_t, kLoops>> step;  ///< of each input
};

/// Neighbouring dimensions become one loop where every input walks through them evenly, so inputs of one shape need one.
/// Each of `inputs` broadcasts to `out`, which has less than 2^31 elements.
inline Result<BroadcastLoops> broadcast_loops(const Shape& out, const std::vector<Shape>& inputs) {
  struct Loop {
    std::int32_t extent;
    std::vector<std::int32_t> step;
  };
  std::vector<Loop> loops;                            // innermost first
  std::vector<std::int32_t> dense(inputs.size(), 1);  // elements of the input in the dimensions passed so far
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int32_t extent = out[out.size() - 1 - d];
    Loop loop{extent, std::vector<std::int32_t>(inputs.size(), 0)};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Shape& shape = inputs[i];
      const std::int32_t own = d < shape.size() ? shape[shape.size() - 1 - d] : 1;
      if (own > 1) loop.step[i] = dense[i];
      dense[i] *= own;
    }
    if (extent == 1) continue;
    bool even = !loops.empty();
    for (std::size_t i = 0; even && i < inputs.size(); ++i)
      even = loop.step[i] == loops.back().step[i] * loops.back().extent;
    if (even)
      loops.back().extent *= extent;
    else
      loops.push_back(std::move(loop));
  }
  if (loops.size() > kLoops) {
    return error(text::cat("the output ", to_text(out), " needs ", loops.size(),
                           " nested loops; kernels have ", kLoops),
                 "reshape the inputs to fewer dimensions");
  }
  BroadcastLoops made;
  made.extent.fill(1);
  made.step.assign(inputs.size(), {});
  for (std::size_t i = 0; i < loops.size(); ++i) {
    made.extent[kLoops - 1 - i] = loops[i].extent;
    for (std::size_t input = 0; input < inputs.size(); ++input)
      made.step[input][kLoops - 1 - i] = loops[i].step[input];
  }
  return made;
}

/// Rows of an input behind rows of the output: the same, or all of them where the input is repeated.
inline RowSpan broadcast_rows(const NodeRef& ref, int input, RowSpan out) {
  const Shape &in = ref.in(input).type.shape, &whole = ref.out(0).type.shape;
  if (in.size() == whole.size() && in.size() > 1 && in[1] == whole[1]) return out;
  return {0, in.size() == whole.size() && in.size() > 1 ? in[1] : 1};
}
inline constexpr RowRule kBroadcastRows{broadcast_rows};

}  // namespace mote::nn
