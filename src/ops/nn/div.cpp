// div: the element-wise quotient of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The kernel shifts right by what is left of 23 bits or more of headroom.
constexpr std::int32_t kMostShift = 23;

/// TFLM computes the ratio of scales in float32.
Result<ScaledPairParams> scaled(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair_quant(ref));
  const float ratio = ref.in(0).quant.scale[0] / (ref.in(1).quant.scale[0] * ref.out(0).quant.scale[0]);
  MOTE_TRY(const ScaledPairParams p, scaled_pair(ref, static_cast<double>(ratio)));
  if (p.shift <= kMostShift) return p;
  return error(text::cat("a quotient of 1 is ", text::shortest(ratio),
                         " steps of the output; at most 2^23 can be computed"),
               "quantize again: the output's scale is far too small for its inputs");
}

constexpr Pair kPair{
    .op = "div",
    .foreign = "DIV",
    .doc =
        "Element-wise quotient: y = activation(x1 / x2).  In s32 towards 0, and x1 / 0 is 0; "
        "in s8 x1 / 0 is the end of the range on x1's side.",
    .x1 = "any shape; f32, s8 or s32",
    .infer = infer_pair_of<DType::F32, DType::S8, DType::S32>,
    .verify = verify_pair,
    .lower = [](const NodeRef& ref) { return lower_arithmetic("div", ref, scaled); },
    .activated = true,
    .write = write_activated_pair,
    .quant = &kPairQuant};
}  // namespace

MOTE_OP(nn_div) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
