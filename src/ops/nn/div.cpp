// div: the element-wise quotient of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S32});
}

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

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const std::string kernel = kernel_of("div", ref);
  switch (ref.in(0).type.dtype) {
    case DType::F32:
      return pair_call(kernel, ref, float_pair(ref));
    case DType::S32:
      return pair_call(kernel, ref, integer_pair(ref));
    default:
      return pair_call(kernel, ref, scaled(ref));
  }
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_activated_pair(foreign, graph, "div");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_activated_pair(ref, "DIV"); }

constexpr FormatRule kFormats[] = {{"tflite", "DIV", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_div) {
  static const OpDef op = {
      .name = "div",
      .schema = {.doc = "Element-wise quotient: y = activation(x1 / x2).  In s32 towards 0, and x1 / 0 is 0; "
                        "in s8 x1 / 0 is the end of the range on x1's side.",
                 .inputs = {{"x1", "any shape; f32, s8 or s32"},
                            {"x2", "of x1's element type, of a shape that broadcasts with x1's"}},
                 .outputs = {{"y", "of the broadcast shape and x1's element type"}},
                 .attributes = {activation_attribute()}},
      .infer = infer,
      .verify = verify_pair,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
