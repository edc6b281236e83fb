// floor_mod: the remainder of each two elements that has the sign of the divisor, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) { return infer_pair(ref, {DType::F32}); }

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  return pair_call(kernel_of("floor_mod", ref), ref, pair_params<PlainPairParams>(ref));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pair(foreign, graph, "floor_mod");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "FLOOR_MOD", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "FLOOR_MOD", read_tflite, write_tflite}};

}  // namespace

MOTE_OP(nn_floor_mod) {
  static const OpDef op = {
      .name = "floor_mod",
      .schema = {.doc = "Element-wise remainder x1 - floor(x1 / x2) * x2, which has the sign of x2; for x2 = "
                        "0 it is NaN.",
                 .inputs = {{"x1", "any shape; f32"},
                            {"x2", "of x1's element type, of a shape that broadcasts with x1's"}},
                 .outputs = {{"y", "of the broadcast shape and x1's element type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
