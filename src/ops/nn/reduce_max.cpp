// reduce_max: the largest element along some axes.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_extreme(ref, true); }
Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, "reduce_max");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, "REDUCE_MAX");
}

constexpr FormatRule kFormats[] = {{"tflite", "REDUCE_MAX", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.same_scale = true};
}  // namespace

MOTE_OP(nn_reduce_max) {
  static const OpDef op = {
      .name = "reduce_max",
      .schema = reduce_schema("Largest element along some axes.", "any shape, f32, s8, s16 or u8",
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
