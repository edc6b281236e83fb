// mul: the element-wise product of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S16, DType::S32});
}

Result<ScaledPairParams> scaled(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair_quant(ref));
  MOTE_TRY_VOID(check_s16_symmetric(ref));
  return scaled_pair(ref, scale_of(ref.in(0)) * scale_of(ref.in(1)) / scale_of(ref.out(0)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const std::string kernel = kernel_of("mul", ref);
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
  return read_activated_pair(foreign, graph, "mul");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_activated_pair(ref, "MUL"); }

constexpr FormatRule kFormats[] = {{"tflite", "MUL", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_mul) {
  static const OpDef op = {
      .name = "mul",
      .schema = {.doc = "Element-wise product: y = activation(x1 * x2).  In s32 it wraps around.",
                 .inputs = {{"x1", "any shape; f32, s8, s16 or s32"},
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
