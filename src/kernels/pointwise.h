// Internal to the room: variants of kernels that compute element i from element i (or a row from its row) and take
// (params, in, constants…, out).  Their files are one statement long.
#pragma once

#include "kernels/variant.h"

namespace mote::kernels {

template <class Function>
struct ParamsOf;
template <class Params, class... Pointers>
struct ParamsOf<void (*)(const Params&, Pointers...)> {
  using type = Params;
};

/// Elements by the names that Params of this family use.
template <class Params>
double elements_of(const Params& p) {
  if constexpr (requires { p.count; })
    return p.count;
  else if constexpr (requires { p.depth; })
    return 1.0 * p.rows * p.depth;
  else
    return 1.0 * p.repeats * p.period;
}

/// An element (in rows: all that the row needs to know) is read before its output is written; an output that starts
/// below writes only where all has been read.
inline Overlap pointwise_overlap(const KernelCall& call) {
  return {0, static_cast<int>(call.args.size()) - 1, 0, Overlap::Direction::Forward};
}

template <auto function, const Mix& element, int flash>
Cost pointwise_cost(const KernelCall& call, const Target& target) {
  const auto params = from_block<typename ParamsOf<decltype(function)>::type>(call.params);
  return cost_of(elements_of(params) * element, flash, target);
}

/// For inputs and outputs of one element type.  `element`: instructions an element; `flash`: bytes of code.
template <auto function, const Mix& element, int flash>
KernelVariant pointwise(std::string_view kernel, std::string_view header) {
  using Params = typename ParamsOf<decltype(function)>::type;
  KernelCall (*band)(const KernelCall&, RowSpan, std::int32_t) = nullptr;
  if constexpr (requires(Params p) { p.count; }) band = elementwise_band<Params>;
  return {.kernel = KernelId(kernel),
          .name = "reference",
          .header = header,
          .function = kernel,
          .overlap = pointwise_overlap,
          .band = band,
          .cost = pointwise_cost<function, element, flash>,
          .run = run_of<function>};
}

/// For element types of different size: no overlap.
template <auto function, const Mix& element, int flash>
KernelVariant converting(std::string_view kernel, std::string_view header) {
  KernelVariant variant = pointwise<function, element, flash>(kernel, header);
  variant.overlap = nullptr;
  return variant;
}

}  // namespace mote::kernels
