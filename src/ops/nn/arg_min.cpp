// arg_min: where along an axis the smallest element is.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_arg(ref, false); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_arg(foreign, graph, "arg_min");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_arg(ref, graph, "ARG_MIN");
}

constexpr FormatRule kFormats[] = {{"tflite", "ARG_MIN", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_arg_min) {
  static const OpDef op = {
      .name = "arg_min",
      .schema = arg_schema("Where along an axis the smallest element is."),
      .infer = infer_arg,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
