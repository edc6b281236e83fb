// floor_div: the quotient of each two elements, rounded down, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) { return infer_pair(ref, {DType::F32}); }

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  return pair_call(kernel_of("floor_div", ref), ref, pair_params<PlainPairParams>(ref));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pair(foreign, graph, "floor_div");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "FLOOR_DIV", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "FLOOR_DIV", read_tflite, write_tflite}};

}  // namespace

MOTE_OP(nn_floor_div) {
  static const OpDef op = {
      .name = "floor_div",
      .schema = {.doc = "Element-wise quotient rounded down to a whole number; x1 / 0 is infinite.",
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
