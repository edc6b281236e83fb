// shape: the extents of a tensor, known when the model is read.
#include "ops/nn/known.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_present(foreign));
  const Shape shape = graph.tensor(foreign.inputs[0]).type.shape;
  return set_known_integers(foreign, graph, {static_cast<std::int32_t>(shape.size())}, list_of(shape));
}

constexpr FormatRule kFormats[] = {{"tflite", "SHAPE", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_shape) {
  static const OpDef op = {
      .name = "shape",
      .schema = {.doc = "The extents of a tensor."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"x", "at least 1 dimension, any element type"}},
                 .outputs = {{"y", "s32 or s64, one number for each dimension"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
