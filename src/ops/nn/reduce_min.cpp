// reduce_min: the smallest element along some axes.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_extreme(ref, false); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "reduce_min");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, "REDUCE_MIN");
}

constexpr FormatRule kFormats[] = {{"tflite", "REDUCE_MIN", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.same_scale = true};
}  // namespace

MOTE_OP(nn_reduce_min) {
  static const OpDef op = {
      .name = "reduce_min",
      .schema = reduce_schema("Smallest element along some axes.", "any shape, f32, s8, s16 or u8",
                              "of x's element type and scale"),
      .infer = infer_extreme,
      .verify = verify_extreme,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
