// mean: the average along some axes.  The global average pool of many image networks.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_sum(ref, true); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "mean");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, "MEAN");
}

constexpr FormatRule kFormats[] = {{"tflite", "MEAN", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_mean) {
  static const OpDef op = {
      .name = "mean",
      .schema = reduce_schema("Mean along some axes.  In s8 and s16 between equal scales the plain sum is "
                              "divided and rounded towards 0.",
                              "any shape, f32, s8 or s16", "of x's element type"),
      .infer = infer_sum,
      .verify = verify_sum,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
