// minimum: the smaller of each two elements, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S16, DType::S32, DType::S64});
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_extremum(ref, 0); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pair(foreign, graph, "minimum");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "MINIMUM", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "MINIMUM", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.same_scale = true};
}  // namespace

MOTE_OP(nn_minimum) {
  static const OpDef op = {
      .name = "minimum",
      .schema = {.doc = "The smaller of each two elements.  Integers are compared as they are: inputs and "
                        "output share their scale.",
                 .inputs = {{"x1", "any shape; f32, s8, s16, s32 or s64"},
                            {"x2", "of x1's element type, of a shape that broadcasts with x1's"}},
                 .outputs = {{"y", "of the broadcast shape and x1's element type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
