// reduce_any: whether any element along some axes is true.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_extreme(ref, true); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "reduce_any");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, "REDUCE_ANY");
}

constexpr FormatRule kFormats[] = {{"tflite", "REDUCE_ANY", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_reduce_any) {
  static const OpDef op = {
      .name = "reduce_any",
      .schema = reduce_schema("Whether any element along some axes is true.", "any shape, bool", "bool"),
      .infer = infer_logical,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
