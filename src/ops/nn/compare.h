// What comparisons and logical ops share: one kernel an element type, whose parameters say which outcome is true.
#pragma once

#include "ops/nn/binary.h"

namespace mote::nn {

template <DType... allowed>
Result<std::vector<TensorType>> infer_comparison(const NodeRef& ref) {
  return infer_pair(ref, {allowed...}, DType::Bool);
}

/// Which outcomes of a comparison are a yes: 0 or 1 each.
struct Outcomes {
  std::int32_t less, equal, greater, unordered;
};
template <class Params>
void put_outcomes(Params& p, const Outcomes& yes) {
  p.when_less = yes.less;
  p.when_equal = yes.equal;
  p.when_greater = yes.greater;
}

inline Result<CompareParams> plain_comparison(const NodeRef& ref, const Outcomes& yes) {
  MOTE_TRY(CompareParams p, pair_params<CompareParams>(ref));
  put_outcomes(p, yes);
  p.when_unordered = yes.unordered;
  return p;
}

/// TFLM's comparison of quantized numbers: a scale is the multiplier itself, so it must be below 1.
inline Result<CompareRescaledParams> rescaled_comparison(const NodeRef& ref, const Outcomes& yes) {
  constexpr std::int32_t kLeftShift = 8;
  MOTE_TRY_VOID(check_pair_quant(ref));
  MOTE_TRY(CompareRescaledParams p, pair_params<CompareRescaledParams>(ref));
  MOTE_TRY(const Requant in1, quantize_multiplier_below_one(scale_of(ref.in(0))));
  MOTE_TRY(const Requant in2, quantize_multiplier_below_one(scale_of(ref.in(1))));
  put_inputs(p, ref, kLeftShift, in1, in2);
  put_outcomes(p, yes);
  return p;
}

inline Result<std::vector<KernelCall>> lower_comparison(const NodeRef& ref, const Outcomes& yes) {
  const std::string kernel = kernel_of("compare", ref);
  if (is_quantized_type(ref.in(0).type.dtype)) return pair_call(kernel, ref, rescaled_comparison(ref, yes));
  return pair_call(kernel, ref, plain_comparison(ref, yes));
}

inline constexpr std::string_view kTruth = "of the broadcast shape, bool";

/// An op that asks for an order.
template <const Outcomes& yes>
constexpr Pair comparison(std::string_view op, std::string_view foreign, std::string_view doc) {
  return {.op = op,
          .foreign = foreign,
          .doc = doc,
          .x1 = "any shape; f32, s8, s16, s32 or s64",
          .y = kTruth,
          .infer = infer_comparison<DType::F32, DType::S8, DType::S16, DType::S32, DType::S64>,
          .verify = verify_pair,
          .lower = [](const NodeRef& ref) { return lower_comparison(ref, yes); },
          .quant = &kPairQuant};
}

/// Truth values of inputs `a` and `b` by a truth table (device/mote/nn/binary/logical.h).
inline Result<std::vector<KernelCall>> lower_logical(const NodeRef& ref, int a, int b, std::int32_t truth) {
  MOTE_TRY(LogicalParams p, pair_params<LogicalParams>(ref, a, b));
  p.truth = truth;
  return one_call(call_of("logical", p, {in_arg(ref, a), in_arg(ref, b), out_arg(ref)}));
}

/// An op that asks whether both are the same: also of truth values, by `truth`.
template <const Outcomes& yes, std::int32_t truth>
constexpr Pair equality(std::string_view op, std::string_view foreign, std::string_view doc) {
  Pair pair = comparison<yes>(op, foreign, doc);
  pair.x1 = "any shape; f32, s8, s16, s32, s64 or bool";
  pair.infer = infer_comparison<DType::F32, DType::S8, DType::S16, DType::S32, DType::S64, DType::Bool>;
  pair.lower = [](const NodeRef& ref) {
    const bool logical = ref.in(0).type.dtype == DType::Bool;
    return logical ? lower_logical(ref, 0, 1, truth) : lower_comparison(ref, yes);
  };
  return pair;
}

/// logical_and, logical_or.
template <std::int32_t truth>
constexpr Pair logical(std::string_view op, std::string_view foreign, std::string_view doc) {
  return {.op = op,
          .foreign = foreign,
          .doc = doc,
          .x1 = "any shape; bool",
          .x2 = "bool, of a shape that broadcasts with x1's",
          .y = kTruth,
          .infer = infer_pair_of<DType::Bool>,
          .lower = [](const NodeRef& ref) { return lower_logical(ref, 0, 1, truth); }};
}

}  // namespace mote::nn
