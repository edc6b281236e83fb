// reduce_all: whether all elements along some axes are true.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_extreme(ref, false); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "reduce_all");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, "REDUCE_ALL");
}

constexpr FormatRule kFormats[] = {{"tflite", "REDUCE_ALL", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_reduce_all) {
  static const OpDef op = {
      .name = "reduce_all",
      .schema = reduce_schema("Whether all elements along some axes are true.", "any shape, bool", "bool"),
      .infer = infer_logical,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
