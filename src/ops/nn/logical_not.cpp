// logical_not: true for false.  The kernel of two inputs gets the same one twice.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::Bool}));
  return std::vector<TensorType>{ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_logical(ref, 0, 0, 1); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, "logical_not", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "LOGICAL_NOT", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "LOGICAL_NOT", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_logical_not) {
  static const OpDef op = {
      .name = "logical_not",
      .schema = {.doc = "Element-wise: is it false?",
                 .inputs = {{"x", "any shape, bool"}},
                 .outputs = {{"y", "of x's shape, bool"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
