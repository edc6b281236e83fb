// What softmax, log_softmax and l2_normalization share: rows along the last axis.
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

/// Of a layer whose output has x's type and, quantized, a fixed scale.
inline Result<std::vector<TensorType>> infer_rows(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8}));
  MOTE_TRY_VOID(check_has_last_axis(ref));
  return std::vector<TensorType>{ref.in(0).type};
}
template <const QuantRule& rule>
Result<void> check_rows_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_unary_quant(ref));
  return check_fixed_output(ref, rule);
}
template <const QuantRule& rule>
Result<void> verify_rows(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized && is_quantized(ref.in(0)) ? check_rows_quant<rule>(ref) : Result<void>{};
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
