// What softmax and log_softmax share: rows along the last axis.
#pragma once

#include "mote/nn/softmax/softmax.h"
#include "ops/nn/unary.h"

namespace mote::nn {

inline constexpr std::int32_t kMostDepthS8 = 4095;  // the sum of exponentials, each up to 1, is Q12.19

/// x needs a last axis to sum along.
inline Result<void> check_has_last_axis(const NodeRef& ref) {
  if (!ref.in(0).type.shape.empty()) return {};
  return error(text::cat("'x' is a single number; ", ref.node.op, " needs a last axis to sum along"));
}

inline Result<void> check_depth(const NodeRef& ref, std::int32_t most) {
  if (ref.in(0).type.shape.back() <= most) return {};
  return error(text::cat(ref.node.op, " over ", ref.in(0).type.shape.back(), " elements in ",
                         name_of(ref.in(0).type.dtype), "; at most ", most, " fit the kernel's sum"),
               "leave the layer out and take the largest logit, or keep it in float");
}

template <class Params>
Params row_geometry(const NodeRef& ref) {
  const TensorType& type = ref.in(0).type;
  Params p{};
  p.depth = type.shape.back();
  p.rows = static_cast<std::int32_t>(type.count() / p.depth);
  return p;
}

/// The sum runs along the last axis.  In two dimensions that is dimension 1: every row is needed.
inline RowSpan rows_of_last_axis(const NodeRef& ref, int, RowSpan out) {
  return ref.in(0).type.shape.size() == 2 ? RowSpan{0, ref.in(0).type.shape[1]} : out;
}
inline constexpr RowRule kRowsOfLastAxis{rows_of_last_axis};

}  // namespace mote::nn
