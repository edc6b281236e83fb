// sub: the element-wise difference of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S16, DType::S32});
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_sum(ref, -1); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_activated_pair(foreign, graph, "sub");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_sum(ref, "SUB"); }

constexpr FormatRule kFormats[] = {{"tflite", "SUB", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_sub) {
  static const OpDef op = {
      .name = "sub",
      .schema = {.doc = "Element-wise difference: y = activation(x1 - x2).  In s8 and s16 each input is "
                        "rescaled to the output's scale.  In s32 it wraps around.",
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
