// sum: the sum along some axes.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_sum(ref, false); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "sum");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) { return write_reduce(ref, graph, "SUM"); }

constexpr FormatRule kFormats[] = {{"tflite", "SUM", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_sum) {
  static const OpDef op = {
      .name = "sum",
      .schema = reduce_schema("Sum along some axes.", "any shape, f32, s8 or s16", "of x's element type"),
      .infer = infer_sum,
      .verify = verify_sum,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
